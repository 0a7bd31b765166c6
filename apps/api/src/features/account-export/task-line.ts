import type { ExportLine } from "@phonoscene/contracts";
import type { WholeTaskRow } from "@phonoscene/db";
import type { z } from "zod";

import { toPromptView } from "../prompts/index.ts";
import { toTaskView, toTranscriptWithWords } from "../tasks/index.ts";

/** All of a task that is its owner's to have; not parsed yet. */
export const toTaskLine = (row: WholeTaskRow): z.input<typeof ExportLine> => {
  const { transcript: _withoutWords, scenes = [], ...task } = toTaskView(row);
  const prompts = row.prompts.map((prompt) => ({
    ...toPromptView(prompt),
    revisions: prompt.revisions.map(({ version, content, negative, createdAt }) => ({
      version,
      content,
      negative,
      createdAt: createdAt.toISOString(),
    })),
  }));
  return { ...task, text: row.text, transcript: toTranscriptWithWords(row), scenes, prompts };
};
