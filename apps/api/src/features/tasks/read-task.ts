import type { Include } from "@phonoscene/contracts";
import { type Database, findTask, type OwnedTask, type TaskRow } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";

export const taskNotFound = (): AppError =>
  new AppError("task/not-found", {
    detail: "There is no such task among yours: it was never there, or it was deleted.",
  });

/** @throws AppError "task/not-found", for other people's tasks too. */
export const readTask = async (
  db: Database["db"],
  task: OwnedTask,
  include: readonly Include[] = [],
): Promise<TaskRow> => {
  const row = await findTask(db, task, include);
  if (row === null) throw taskNotFound();
  return row;
};
