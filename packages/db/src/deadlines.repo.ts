import type { Db } from "./client.ts";
import { Prisma } from "./generated/client.ts";

const BATCH = 1000;

/** Tasks that should have been over by now. */
const OVERDUE = Prisma.sql`status IN ('queued', 'processing') AND deadline_at <= now()`;

const CANCELED = Prisma.sql`status = 'canceled', cancel_reason = 'deadline', stage = NULL, attempt_token = NULL,
  lease_until = NULL, completed_at = now(), updated_at = clock_timestamp(), version = version + 1`;

/** Ends the task as canceled where its deadline is over, whoever holds it. False: it is not, or the task is over. */
export const cancelOverdueTask = async (db: Db, id: string): Promise<boolean> => {
  const count = await db.$executeRaw`UPDATE tasks SET ${CANCELED} WHERE id = ${id}::uuid AND ${OVERDUE}`;
  return count > 0;
};

/** Ends tasks as canceled whose deadline is over, a batch at most; resolves to how many. Those that hold them stop. */
export const cancelOverdueTasks = (db: Db): Promise<number> =>
  db.$executeRaw`
    WITH overdue AS (
      SELECT id FROM tasks WHERE ${OVERDUE} ORDER BY deadline_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
    )
    UPDATE tasks SET ${CANCELED} FROM overdue WHERE tasks.id = overdue.id`;
