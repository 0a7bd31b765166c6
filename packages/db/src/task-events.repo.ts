import type { Db } from "./client.ts";
import type { Prisma, Task } from "./generated/client.ts";

const STATE = {
  id: true,
  status: true,
  stage: true,
  progress: true,
  errorCode: true,
  errorMessage: true,
  errorStage: true,
  errorRetryable: true,
  cancelReason: true,
  version: true,
  updatedAt: true,
} as const satisfies Prisma.TaskSelect;

/** Where a task stands; small enough to be read every second. */
export type TaskStateRow = Pick<Task, keyof typeof STATE>;

/** The owner's task, or null: other people's tasks do not exist. */
export const findTaskState = (db: Db, where: { id: string; userId: string }): Promise<TaskStateRow | null> =>
  db.task.findFirst({ where, select: STATE });

/** The newest tasks that are not over yet. */
export const findUnfinishedTaskStates = (db: Db, userId: string, limit: number): Promise<TaskStateRow[]> =>
  db.task.findMany({
    where: { userId, status: { in: ["queued", "processing"] } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit,
    select: STATE,
  });

/** A place in the order of changes `(updatedAt, id)`; a null id is before every task of that time. */
export type ChangePlace = { updatedAt: Date; id: string | null };

/** Tasks that changed after a place, in the order of their changes. */
export const findChangedTaskStates = (
  db: Db,
  userId: string,
  { after, limit }: { after: ChangePlace; limit: number },
): Promise<TaskStateRow[]> =>
  db.task.findMany({
    where: {
      userId,
      updatedAt: { gte: after.updatedAt },
      ...(after.id !== null && { OR: [{ updatedAt: { gt: after.updatedAt } }, { id: { gt: after.id } }] }),
    },
    orderBy: [{ updatedAt: "asc" }, { id: "asc" }],
    take: limit,
    select: STATE,
  });

/** The database's clock, by which changes are ordered. */
export const readDatabaseTime = async (db: Db): Promise<Date> => {
  const [row] = await db.$queryRaw<{ now: Date }[]>`SELECT now() AS now`;
  if (row === undefined) throw new Error("SELECT now() gave no row");
  return row.now;
};
