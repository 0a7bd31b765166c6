/*
 * The life of a task.
 *
 *   queued ──claim──▶ processing/transcribing ──commitTranscript──▶ processing/prompting ──commitStoryboard──▶ completed
 *     └──────────────claim (text)───────────────────────────────▶ processing/prompting
 *   processing ──failTask──▶ failed
 *   queued, processing ──cancelTask──▶ canceled (`cancel_reason` requested)
 *   queued, processing ──cancelOverdueTask(s)──▶ canceled (`cancel_reason` deadline)
 *   completed, failed, canceled ──retryTask──▶ queued (with `stage` set where it starts past the first)
 *
 * A job is only a hint `{taskId}`; the row decides. A worker claims a stage by setting a fresh `attemptToken` and a
 * short lease, which its heartbeat extends. Every later write carries the token in its WHERE: a worker that was
 * frozen, or whose task was deleted or taken over, changes no row and stops. All times are the database's.
 *
 * A claim is refused while somebody's lease is alive, and the job put back until that lease is over. Rejected: letting
 * the newest claim win at once. Two workers would then run the same long recognition, or pay a provider, twice, each
 * time a queue redelivers a job whose worker is merely slow.
 *
 * A deadline is a moment of the database's clock, set when the task is accepted or retried. Once it has passed, nobody
 * gets or keeps a lease: a claim and a heartbeat are refused, and whoever was refused cancels the task; the upkeep cancels
 * those that nobody asks for. A result that is stored before anybody noticed stands: it is there, and was paid for.
 * Rejected: a delayed job a deadline, which is lost with the queue; a terminal state of its own, for which clients that
 * know five states would wait for ever.
 *
 * `attempt` counts claims of the current stage. Past MAX_ATTEMPTS the task is poison (it kills its workers, or fails
 * each time), ends as failed, and is a dead letter (dead-letters.repo.ts) until somebody retries or redrives it. Rejected: the queue's own counter, which is lost with the queue, and which two
 * kills of a worker use up.
 */
import type { FailureCode, Stage, TaskOptions } from "@phonoscene/contracts";
import { newId, SECOND } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import { cancelOverdueTask } from "./deadlines.repo.ts";

export const MAX_ATTEMPTS = 5;
export const LEASE_MS = 10 * SECOND;

/** Proof of a claim; every write of a result asks for it. */
export type Claim = {
  taskId: string;
  token: string;
  /** How long the claim outlives its last renewal; LEASE_MS where it does not say. */
  leaseMs?: number;
};

export type ClaimedTask = Required<Claim> & {
  /** 1 for the first claim of this stage. */
  attempt: number;
  userId: string;
  text: string | null;
  storageKey: string | null;
  /** Where to download the recording from, while there is none in the storage. */
  audioUrl: string | null;
  language: string;
  options: TaskOptions;
  providerJobId: string | null;
  /** How long until its deadline; null without one. */
  deadlineInMs: number | null;
};

export type ClaimOutcome =
  | { outcome: "claimed"; task: ClaimedTask }
  /** Another worker holds the lease for this much longer. */
  | { outcome: "busy"; retryInMs: number }
  /** The task is gone, over, or past this stage: nothing to do. */
  | { outcome: "obsolete" };

/** Takes a stage of a task for this worker, unless somebody else is at it, or its deadline is over: then it is canceled. */
export const claimTask = (db: Db, taskId: string, stage: Stage): Promise<ClaimOutcome> =>
  claimTaskFor(db, { taskId, stage, leaseMs: LEASE_MS });

/** As `claimTask`, with a lease of another length. */
export const claimTaskFor = async (
  db: Db,
  { taskId, stage, leaseMs }: { taskId: string; stage: Stage; leaseMs: number },
): Promise<ClaimOutcome> => {
  const token = newId();
  const [claimed] = await db.$queryRaw<Omit<ClaimedTask, "taskId" | "token" | "leaseMs">[]>`
    UPDATE tasks SET
      status = 'processing', stage = ${stage}::"TaskStage", progress = 0,
      attempt = attempt + 1, attempt_token = ${token}::uuid, lease_until = now() + ${leaseMs} * interval '1 ms',
      started_at = coalesce(started_at, now()),
      prompting_at = CASE WHEN ${stage} = 'prompting' THEN coalesce(prompting_at, now()) END,
      updated_at = now()
    WHERE id = ${taskId}::uuid AND (lease_until IS NULL OR lease_until <= now())
      AND (deadline_at IS NULL OR deadline_at > now())
      AND ((status = 'queued' AND ${stage}::"TaskStage" =
          coalesce(stage, (CASE kind WHEN 'audio' THEN 'transcribing' ELSE 'prompting' END)::"TaskStage"))
        OR (status = 'processing' AND stage = ${stage}::"TaskStage"))
    RETURNING attempt, user_id AS "userId", text, language, options, provider_job_id AS "providerJobId",
      (extract(epoch FROM deadline_at - now()) * 1000)::float8 AS "deadlineInMs",
      audio_url AS "audioUrl",
      (SELECT storage_key FROM audio WHERE audio.id = tasks.audio_id) AS "storageKey"`;
  if (claimed !== undefined) return { outcome: "claimed", task: { taskId, token, leaseMs, ...claimed } };

  if (await cancelOverdueTask(db, taskId)) return { outcome: "obsolete" };
  const [held] = await db.$queryRaw<{ retryInMs: number }[]>`
    SELECT ceil(extract(epoch FROM lease_until - now()) * 1000)::int AS "retryInMs" FROM tasks
    WHERE id = ${taskId}::uuid AND status = 'processing' AND stage = ${stage}::"TaskStage" AND lease_until > now()`;
  return held === undefined ? { outcome: "obsolete" } : { outcome: "busy", retryInMs: held.retryInMs };
};

/** Extends the lease and shows progress (of the stage, 0..1). False: the claim is lost or overdue, stop working. */
export const renewLease = async (db: Db, claim: Claim, progress: number): Promise<boolean> => {
  const count = await db.$executeRaw`
    UPDATE tasks SET lease_until = now() + ${claim.leaseMs ?? LEASE_MS} * interval '1 ms', updated_at = now(),
      progress = greatest(progress, ${progress})
    WHERE id = ${claim.taskId}::uuid AND attempt_token = ${claim.token}::uuid
      AND (deadline_at IS NULL OR deadline_at > now())`;
  return count > 0;
};

/** Of these claims, the ones that are lost: their task was canceled, deleted or taken over. One statement for all. */
export const findLostClaims = async (db: Db, claims: readonly Claim[]): Promise<Claim[]> => {
  const tokens = claims.map(({ token }) => token);
  const held = await db.$queryRaw<{ token: string }[]>`
    SELECT attempt_token AS token FROM tasks
    WHERE id = ANY(${claims.map(({ taskId }) => taskId)}::uuid[]) AND attempt_token = ANY(${tokens}::uuid[])`;
  const kept = new Set(held.map(({ token }) => token));
  return claims.filter(({ token }) => !kept.has(token));
};

/** Keeps the provider's id of the paid work, before the first poll. False: the claim is lost. */
export const saveProviderJobId = async (db: Db, claim: Claim, providerJobId: string): Promise<boolean> => {
  // Not by Prisma's `updateMany`, which would set `updated_at` by this process's clock.
  const count = await db.$executeRaw`
    UPDATE tasks SET provider_job_id = ${providerJobId}, updated_at = now()
    WHERE id = ${claim.taskId}::uuid AND attempt_token = ${claim.token}::uuid`;
  return count > 0;
};

/** Gives the claim back for another try. `isCounted: false` when the worker stops and the task did nothing wrong. */
export const releaseTask = async (db: Db, claim: Claim, { isCounted }: { isCounted: boolean }): Promise<boolean> => {
  const count = await db.$executeRaw`
    UPDATE tasks SET attempt_token = NULL, lease_until = NULL, enqueued_at = now(), updated_at = now(),
      attempt = CASE WHEN ${isCounted} THEN attempt ELSE greatest(attempt - 1, 0) END
    WHERE id = ${claim.taskId}::uuid AND attempt_token = ${claim.token}::uuid`;
  return count > 0;
};

export type TaskFailure = {
  code: FailureCode;
  message: string;
  stage: Stage;
  retryable: boolean;
  /** It was given up though another try might have helped: a dead letter. */
  isDead?: boolean;
};

/** Ends the task as failed, with what the person should know. False: the claim is lost. */
export const failTask = async (db: Db, claim: Claim, failure: TaskFailure): Promise<boolean> => {
  const count = await db.$executeRaw`
    UPDATE tasks SET status = 'failed', stage = NULL, attempt_token = NULL, lease_until = NULL,
      error_code = ${failure.code}, error_message = ${failure.message}, error_stage = ${failure.stage}::"TaskStage",
      error_retryable = ${failure.retryable}, dead_at = CASE WHEN ${failure.isDead ?? false} THEN now() END, completed_at = now(), updated_at = now(), version = version + 1
    WHERE id = ${claim.taskId}::uuid AND attempt_token = ${claim.token}::uuid`;
  return count > 0;
};
