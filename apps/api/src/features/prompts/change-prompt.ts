import { Prompt } from "@phonoscene/contracts";
import {
  changeTasks,
  type Database,
  findPrompt,
  type PromptChange,
  type PromptKey,
  type PromptRow,
} from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";

import { toPromptView } from "./prompt.view.ts";

export const promptNotFound = (): AppError =>
  new AppError("prompt/not-found", {
    detail: "The task has no such prompt: it was never there, or it was deleted.",
  });

export const taskNotFound = (): AppError =>
  new AppError("task/not-found", {
    detail: "There is no such task among yours: it was never there, or it was deleted.",
  });

/** The prompt as it is now. @throws AppError "task/not-found" or "prompt/not-found". */
export const readPrompt = async ({ db }: Database, key: PromptKey): Promise<PromptRow> => {
  const row = await findPrompt(db, key);
  if (row !== null) return row;
  const tasks = await db.task.count({ where: { id: key.taskId, userId: key.userId } });
  throw tasks === 0 ? taskNotFound() : promptNotFound();
};

const PROMPT_PATH = /^prompts\.0\.?/;

/**
 * Makes one change of one prompt; resolves to the id of the prompt.
 * @throws AppError with the code of what stands against it; "request/stale" carries the current prompt.
 */
export const changePrompt = async (
  database: Database,
  { taskId, userId }: { taskId: string; userId: string },
  change: PromptChange,
): Promise<string> => {
  const items = [{ item: { id: taskId, prompts: [change] } }];
  const [outcome] = await changeTasks(database.db, userId, { items, isAtomic: true });
  if (outcome === undefined) throw new Error("one item went in and no outcome came back");
  if ("done" in outcome) return outcome.done.addedPromptIds[0] ?? change.id ?? "";
  const { code, path, message } = outcome.fault;
  if (code === "request/stale" && change.id !== undefined) {
    const current = Prompt.parse(toPromptView(await readPrompt(database, { id: change.id, taskId, userId })));
    throw new AppError(code, { detail: message, current });
  }
  if (code !== "request/invalid") throw new AppError(code, { detail: message });
  const fault = { path: `body.${path.replace(PROMPT_PATH, "")}`, code, message };
  throw new AppError(code, { detail: `${fault.path}: ${message}`, errors: [fault] });
};
