import type { ExportLine } from "@phonoscene/contracts";
import type { WholeTaskRow } from "@phonoscene/db";

import { toPromptView } from "../prompts/index.ts";
import { toTaskView, toTranscriptWithWords } from "../tasks/index.ts";

/** All of a task that is its owner's to have. */
export const toTaskLine = (row: WholeTaskRow): ExportLine => {
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
