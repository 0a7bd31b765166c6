import type { Db } from "./client.ts";
import type { PromptRow } from "./task-rows.ts";

export type PromptKey = { id: string; taskId: string; userId: string };

/** The prompts of the owner's task in order, or null where there is no such task. */
export const listPrompts = async (db: Db, where: { id: string; userId: string }): Promise<PromptRow[] | null> => {
  const task = await db.task.findFirst({
    where,
    select: { prompts: { orderBy: { position: "asc" }, include: { scene: true } } },
  });
  return task === null ? null : task.prompts;
};

/** The prompt of the owner's task, or null. */
export const findPrompt = (db: Db, { id, taskId, userId }: PromptKey): Promise<PromptRow | null> =>
  db.prompt.findFirst({ where: { id, taskId, task: { userId } }, include: { scene: true } });

export type RevisionRow = { version: number; content: string; negative: string | null; createdAt: Date };

/** Earlier words of a prompt, newest first: one row more than `limit`. The caller has found the prompt under its owner. */
export const listRevisions = (
  db: Db,
  prompt: PromptKey,
  { limit, before }: { limit: number; before: number | null },
): Promise<RevisionRow[]> =>
  db.promptRevision.findMany({
    where: {
      promptId: prompt.id,
      prompt: { taskId: prompt.taskId, task: { userId: prompt.userId } },
      ...(before !== null && { version: { lt: before } }),
    },
    orderBy: { version: "desc" },
    take: limit + 1,
    omit: { promptId: true },
  });

/** The words that the prompt had at `version`, or null where they are its current ones. */
export const findRevision = (db: Db, prompt: PromptKey, version: number): Promise<RevisionRow | null> =>
  db.promptRevision.findFirst({
    where: {
      promptId: prompt.id,
      prompt: { taskId: prompt.taskId, task: { userId: prompt.userId } },
      version: { gte: version },
    },
    orderBy: { version: "asc" },
    omit: { promptId: true },
  });
