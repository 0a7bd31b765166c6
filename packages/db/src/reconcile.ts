import { crashPoint } from "@phonoscene/kernel";

import type { Db } from "./client.ts";

const BATCH = 1000;

/**
 * Asks again for the job of every unfinished task that nobody holds and that was last asked for more than
 * `staleAfterMs` ago, by the database's clock; while a provider works, only once `wait_until` is past. This is what brings work back when a queue lost its data. A job that is
 * still waiting makes the new ask a no-op. Resolves to the number of tasks asked for.
 */
export const requeueStaleTasks = async (db: Db, staleAfterMs: number): Promise<number> => {
  const requeued = await db.$executeRaw`
    WITH stale AS (
      SELECT id, kind, stage FROM tasks
      WHERE status IN ('queued', 'processing')
        AND enqueued_at < now() - ${staleAfterMs} * interval '1 ms'
        AND (lease_until IS NULL OR lease_until < now())
        AND (wait_until IS NULL OR wait_until < now())
      ORDER BY enqueued_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
    ), asked AS (
      UPDATE tasks SET enqueued_at = now() FROM stale WHERE tasks.id = stale.id
      RETURNING tasks.id, tasks.kind, tasks.stage
    )
    INSERT INTO outbox (job, payload)
    SELECT CASE WHEN stage = 'prompting' OR kind = 'text' THEN 'write-prompts' ELSE 'transcribe-audio' END,
      jsonb_build_object('taskId', id)
    FROM asked`;
  crashPoint("reconcile/asked");
  return requeued;
};
