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

/** A strong ETag of what a write is based on: it names the version of the row, not its progress or its relations. */
export const etagOf = ({ version }: Pick<TaskRow, "version">): string => `"${version}"`;

/** The versions that an `If-Match` accepts; null accepts any. A weak tag matches nothing (RFC 9110, 13.1.1). */
export const versionsOf = (ifMatch: string | undefined): number[] | null => {
  if (ifMatch === undefined || ifMatch.trim() === "*") return null;
  return [...ifMatch.matchAll(/(?<!W\/)"(\d{1,9})"/g)].map(([, version]) => Number(version));
};
