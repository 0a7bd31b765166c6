import type { ExportLine } from "@phonoscene/contracts";
import type { WholeTaskRow } from "@phonoscene/db";

import { toPromptView } from "../prompts/index.ts";
import { toTaskView } from "../tasks/index.ts";

/** All of a task that is its owner's to have. */
export const toTaskLine = (row: WholeTaskRow): ExportLine => {
  const { transcript = null, scenes = [], ...task } = toTaskView(row);
  const prompts = row.prompts.map((prompt) => ({
    ...toPromptView(prompt),
    revisions: prompt.revisions.map(({ version, content, negative, createdAt }) => ({
      version,
      content,
      negative,
      createdAt: createdAt.toISOString(),
    })),
  }));
  return { ...task, text: row.text, transcript, scenes, prompts };
};
