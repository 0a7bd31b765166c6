import type { Db } from "./client.ts";

/** How the service is doing, as its rows tell. */
export type Backlog = {
  outboxDepth: number;
  /** Age of the oldest row; null where there is none. */
  outboxAgeMs: number | null;
  oldestQueuedTask: { id: string; createdAt: Date; waitingMs: number } | null;
  deadLetters: number;
  workersAlive: number;
};

/** Leases with this prefix say that a worker lives. */
export const WORKER_LEASE_PREFIX = "worker/";

type Row = Omit<Backlog, "oldestQueuedTask"> & { id: string | null; createdAt: Date | null; waitingMs: number | null };

/** One statement. */
export const readBacklog = async (db: Db): Promise<Backlog> => {
  const [row] = await db.$queryRaw<Row[]>`
    SELECT outbox.depth AS "outboxDepth", outbox.age_ms AS "outboxAgeMs", oldest.id, oldest.created_at AS "createdAt",
      oldest.waiting_ms AS "waitingMs",
      (SELECT count(*)::int FROM tasks WHERE status = 'failed' AND dead_at IS NOT NULL) AS "deadLetters",
      (SELECT count(*)::int FROM leases WHERE name LIKE ${`${WORKER_LEASE_PREFIX}%`} AND until > now()) AS "workersAlive"
    FROM (
      SELECT count(*)::int AS depth, round(extract(epoch FROM now() - min(created_at)) * 1000)::float8 AS age_ms FROM outbox
    ) outbox LEFT JOIN (
      SELECT id, created_at, round(extract(epoch FROM now() - enqueued_at) * 1000)::float8 AS waiting_ms FROM tasks
      WHERE status = 'queued' ORDER BY enqueued_at LIMIT 1
    ) oldest ON true`;
  if (row === undefined) throw new Error("counting gave no row");
  const { id, createdAt, waitingMs, ...counts } = row;
  const isWaiting = id !== null && createdAt !== null && waitingMs !== null;
  return { ...counts, oldestQueuedTask: isWaiting ? { id, createdAt, waitingMs } : null };
};
