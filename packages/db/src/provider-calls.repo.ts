/*
 * The ledger of what providers may charge for.
 *
 *   reserved ──answered──▶ settled          reserved ──refused by the provider──▶ released
 *   reserved ──no answer: killed, timed out, aborted──▶ unknown ──(stays, with what was reserved as its cost)
 *
 * A reservation raises the counters of its UTC day (of all, and of the user) in the same transaction, each by one
 * statement that refuses where the cap is reached: so of any number at once, those that find the counter below the cap
 * get through, one at a time, and the cap is passed by less than one call. Settling corrects the counters by the
 * difference. Rejected: summing the ledger for each call, whose cost grows with the day.
 *
 * A job that a provider goes on with stays reserved, with the provider's id, until it is settled.
 */
import type { ProviderUsage } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import { Prisma, type PrismaClient } from "./generated/client.ts";

/** Millionths of a dollar a UTC day; null: no cap. */
export type SpendCaps = { userMicroUsd: number | null; totalMicroUsd: number | null };

export type Reservation = {
  taskId: string;
  userId: string;
  model: string;
  operation: string;
  microUsd: number;
};

const ALL = "all";

/** Calls wait for each other here, on a busy machine for longer than Prisma's two seconds. */
export const LEDGER_TRANSACTION = { maxWait: 15_000, timeout: 15_000 };

type Raise = { scope: string; microUsd: number; cap: number | null };

/** False: the counter has reached its cap, and stays. */
const raise = async (tx: Db, { scope, microUsd, cap }: Raise): Promise<boolean> => {
  const limit = cap ?? Number.MAX_SAFE_INTEGER;
  const raised = await tx.$executeRaw`
    INSERT INTO provider_spend AS s (day, scope, micro_usd)
    VALUES ((now() AT TIME ZONE 'UTC')::date, ${scope}, ${microUsd}::bigint)
    ON CONFLICT (day, scope) DO UPDATE SET micro_usd = s.micro_usd + excluded.micro_usd
    WHERE s.micro_usd < ${limit}::bigint`;
  return raised > 0;
};

const findReset = async (tx: Db): Promise<Date> => {
  const [row] = await tx.$queryRaw<{ resetsAt: Date }[]>`
    SELECT ((now() AT TIME ZONE 'UTC')::date + 1)::timestamp AT TIME ZONE 'UTC' AS "resetsAt"`;
  if (row === undefined) throw new Error("SELECT gave no row");
  return row.resetsAt;
};

/** Writes the call down as begun. Otherwise the cap that is reached, and nothing is written. Inside a transaction. */
export const reserveCall = async (
  tx: Db,
  call: Reservation & { id: string; provider: string },
  caps: SpendCaps,
): Promise<{ cap: "user" | "total"; resetsAt: Date } | null> => {
  const { id, provider, taskId, userId, model, operation, microUsd } = call;
  if (!(await raise(tx, { scope: ALL, microUsd, cap: caps.totalMicroUsd }))) {
    return { cap: "total", resetsAt: await findReset(tx) };
  }
  if (!(await raise(tx, { scope: userId, microUsd, cap: caps.userMicroUsd }))) {
    await raise(tx, { scope: ALL, microUsd: -microUsd, cap: null });
    return { cap: "user", resetsAt: await findReset(tx) };
  }
  await tx.$executeRaw`
    INSERT INTO provider_calls (id, task_id, user_id, provider, model, operation, reserved_micro_usd, day)
    VALUES (${id}::uuid, ${taskId}::uuid, ${userId}::uuid, ${provider}, ${model}, ${operation}, ${microUsd}::bigint,
      (now() AT TIME ZONE 'UTC')::date)`;
  return null;
};

export type CallEnd =
  | FinalEnd
  /** The provider goes on with it. */
  | { state: "reserved"; jobId: string };

export type FinalEnd =
  /** `microUsd` is null where no price is known; `model` where it is the one that was asked for. */
  | { state: "settled"; usage: ProviderUsage; microUsd: number | null; model: string | null }
  | { state: "released" }
  | { state: "unknown" };

type Ended = { taskId: string; userId: string | null; day: Date; changeMicroUsd: number };

const NO_USAGE: ProviderUsage = { audioMs: null, inputTokens: null, outputTokens: null };

/** Ends those of the calls that are still reserved, and corrects the counters. Inside a transaction. */
const endCalls = async (tx: Db, which: Prisma.Sql, end: FinalEnd): Promise<void> => {
  const { audioMs, inputTokens, outputTokens } = end.state === "settled" ? end.usage : NO_USAGE;
  // What nobody knows counts as what was reserved.
  const isUnknown = end.state === "unknown";
  const { microUsd, model } = end.state === "settled" ? end : { microUsd: 0, model: null };
  const ended = await tx.$queryRaw<Ended[]>`
    UPDATE provider_calls SET state = ${end.state}::"ProviderCallState", ended_at = now(), model = coalesce(${model}, model),
      audio_ms = ${audioMs}::int, input_tokens = ${inputTokens}::int, output_tokens = ${outputTokens}::int,
      cost_micro_usd = CASE WHEN ${isUnknown} THEN reserved_micro_usd ELSE ${microUsd}::bigint END
    WHERE state = 'reserved' AND ${which}
    RETURNING task_id AS "taskId", user_id AS "userId", day,
      (coalesce(cost_micro_usd, 0) - reserved_micro_usd)::float8 AS "changeMicroUsd"`;
  for (const { userId, day, changeMicroUsd } of ended) {
    if (changeMicroUsd === 0) continue;
    for (const scope of [ALL, ...(userId === null ? [] : [userId])]) {
      await tx.$executeRaw`
        UPDATE provider_spend SET micro_usd = greatest(0, micro_usd + ${changeMicroUsd}::bigint)
        WHERE day = ${day}::date AND scope = ${scope}`;
    }
  }
  await showUsage(tx, [...new Set(ended.map(({ taskId }) => taskId))]);
};

const endInTransaction = (db: PrismaClient, which: Prisma.Sql, end: FinalEnd): Promise<void> =>
  db.$transaction((tx) => endCalls(tx, which, end), LEDGER_TRANSACTION);

/** Sums the ledger up on the tasks, where it is read; over all their runs. Nothing else writes it there. */
const showUsage = async (tx: Db, taskIds: readonly string[]): Promise<void> => {
  if (taskIds.length === 0) return;
  await tx.$executeRaw`
    UPDATE tasks SET updated_at = clock_timestamp(), usage = usages.usage
    FROM (${usageOf(taskIds)}) AS usages WHERE tasks.id = usages.task_id`;
};

const usageOf = (taskIds: readonly string[]): Prisma.Sql => Prisma.sql`
  SELECT task_id, jsonb_build_object('costUsd', sum(usd), 'calls', jsonb_agg(jsonb_build_object(
    'provider', provider, 'model', model, 'operation', operation, 'count', count, 'unknownCount', unknown_count,
    'audioMs', audio_ms, 'inputTokens', input_tokens, 'outputTokens', output_tokens, 'costUsd', usd)
    ORDER BY first_at)) AS usage
  FROM (
    SELECT task_id, provider, model, operation, count(*) AS count, min(started_at) AS first_at,
      count(*) FILTER (WHERE state = 'unknown') AS unknown_count, sum(audio_ms) AS audio_ms,
      sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
      sum(cost_micro_usd) / 1000000.0 AS usd
    FROM provider_calls
    WHERE task_id = ANY(${taskIds}::uuid[]) AND state IN ('settled', 'unknown')
    GROUP BY task_id, provider, model, operation
  ) AS groups GROUP BY task_id`;

/** Writes down how a call ended. Inside a transaction. */
export const endReservation = async (tx: Db, id: string, end: CallEnd): Promise<void> => {
  if (end.state !== "reserved") return endCalls(tx, Prisma.sql`id = ${id}::uuid`, end);
  await tx.$executeRaw`UPDATE provider_calls SET provider_job_id = ${end.jobId} WHERE id = ${id}::uuid`;
};

export type JobOfTask = { taskId: string; provider: string; jobId: string };

/** The model of a job that is not settled, or null. */
export const findReservedJob = async (
  db: Db,
  { taskId, provider, jobId }: JobOfTask,
): Promise<{ model: string } | null> => {
  const where = { taskId, provider, providerJobId: jobId, state: "reserved" as const };
  return db.providerCall.findFirst({ where, select: { model: true } });
};

/** As `endProviderCall`, for a job that the provider went on with; nothing where it has ended already. */
export const endProviderJob = (
  db: PrismaClient,
  { taskId, provider, jobId }: JobOfTask,
  end: FinalEnd,
): Promise<void> =>
  endInTransaction(
    db,
    Prisma.sql`task_id = ${taskId}::uuid AND provider = ${provider} AND provider_job_id = ${jobId}`,
    end,
  );

/** Of a task that was just claimed: whoever made calls for it before is gone, and with it their answers. */
export const loseCallsOfTask = (db: PrismaClient, taskId: string): Promise<void> =>
  endInTransaction(db, Prisma.sql`task_id = ${taskId}::uuid AND provider_job_id IS NULL`, { state: "unknown" });

const BATCH = 1000;

/**
 * Calls without a process: their slot ended a while ago. And jobs that nobody asked about for a day: their task was
 * canceled or deleted.
 */
export const loseAbandonedCalls = (db: PrismaClient): Promise<void> =>
  endInTransaction(
    db,
    Prisma.sql`id IN (
      SELECT c.id FROM provider_calls c WHERE c.state = 'reserved' AND (
        (c.provider_job_id IS NOT NULL AND c.started_at < now() - interval '1 day')
        OR (c.provider_job_id IS NULL AND c.started_at < now() - interval '1 minute'
          AND NOT EXISTS (SELECT FROM provider_slots s WHERE s.id = c.id AND s.until > now())))
      ORDER BY c.started_at LIMIT ${BATCH})`,
    { state: "unknown" },
  );
