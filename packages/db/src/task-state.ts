/*
 * The life of a task.
 *
 *   queued ──claim──▶ processing/transcribing ──commitTranscript──▶ processing/prompting ──commitStoryboard──▶ completed
 *     └──────────────claim (text)───────────────────────────────▶ processing/prompting
 *   processing ──failTask──▶ failed
 *   queued, processing ──cancelTask──▶ canceled
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
 * While a provider works and will call when it is done, nobody holds the task and no worker's slot is taken: `parkTask`
 * gives the claim back, uncounted, with `wait_until` set. The reconciler asks for the job again once that is past (the
 * call may be lost); the call (`noteProviderReady`) asks for it at once. Either way a worker claims the stage anew and
 * asks the provider: the call is a hint too. A call that comes while the task is claimed leaves `provider_ready_at`,
 * which parking finds. Rejected: waiting in the queue as a delayed job. Its key would swallow the ask of the call.
 *
 * `attempt` counts claims of the current stage. Past MAX_ATTEMPTS the task is poison (it kills its workers, or fails
 * each time) and ends as failed. Rejected: the queue's own counter, which is lost with the queue, and which two
 * kills of a worker use up.
 */
import type { FailureCode, Stage, TaskOptions } from "@phonoscene/contracts";
import { newId, SECOND } from "@phonoscene/kernel";

import type { Db } from "./client.ts";

export const MAX_ATTEMPTS = 5;
export const LEASE_MS = 10 * SECOND;

/** Proof of a claim; every write of a result asks for it. */
export type Claim = { taskId: string; token: string };

export type ClaimedTask = Claim & {
  /** 1 for the first claim of this stage. */
  attempt: number;
  userId: string;
  text: string | null;
  storageKey: string | null;
  language: string;
  options: TaskOptions;
  /** Work that a provider has taken, the engine it belongs to, and how long ago it took it. */
  providerJobId: string | null;
  provider: string | null;
  providerJobAgeMs: number | null;
};

export type ClaimOutcome =
  | { outcome: "claimed"; task: ClaimedTask }
  /** Another worker holds the lease for this much longer. */
  | { outcome: "busy"; retryInMs: number }
  /** The task is gone, over, or past this stage: nothing to do. */
  | { outcome: "obsolete" };

/** Takes a stage of a task for this worker, unless somebody else is at it. */
export const claimTask = async (db: Db, taskId: string, stage: Stage): Promise<ClaimOutcome> => {
  const token = newId();
  const [claimed] = await db.$queryRaw<Omit<ClaimedTask, "taskId" | "token">[]>`
    UPDATE tasks SET
      status = 'processing', stage = ${stage}::"TaskStage",
      progress = CASE WHEN stage = ${stage}::"TaskStage" AND provider_job_id IS NOT NULL THEN progress ELSE 0 END,
      wait_until = NULL, provider_ready_at = NULL,
      attempt = attempt + 1, attempt_token = ${token}::uuid, lease_until = now() + ${LEASE_MS} * interval '1 ms',
      started_at = coalesce(started_at, now()),
      prompting_at = CASE WHEN ${stage} = 'prompting' THEN coalesce(prompting_at, now()) END,
      updated_at = now()
    WHERE id = ${taskId}::uuid AND (lease_until IS NULL OR lease_until <= now())
      AND ((status = 'queued' AND ${stage}::"TaskStage" =
          coalesce(stage, (CASE kind WHEN 'audio' THEN 'transcribing' ELSE 'prompting' END)::"TaskStage"))
        OR (status = 'processing' AND stage = ${stage}::"TaskStage"))
    RETURNING attempt, user_id AS "userId", text, language, options, provider, provider_job_id AS "providerJobId",
      extract(epoch FROM now() - provider_job_at)::float8 * 1000 AS "providerJobAgeMs",
      (SELECT storage_key FROM audio WHERE audio.id = tasks.audio_id) AS "storageKey"`;
  if (claimed !== undefined) return { outcome: "claimed", task: { taskId, token, ...claimed } };

  const [held] = await db.$queryRaw<{ retryInMs: number }[]>`
    SELECT ceil(extract(epoch FROM lease_until - now()) * 1000)::int AS "retryInMs" FROM tasks
    WHERE id = ${taskId}::uuid AND status = 'processing' AND stage = ${stage}::"TaskStage" AND lease_until > now()`;
  return held === undefined ? { outcome: "obsolete" } : { outcome: "busy", retryInMs: held.retryInMs };
};

/** Extends the lease and shows progress (of the stage, 0..1). False: the claim is lost, stop working. */
export const renewLease = async (db: Db, claim: Claim, progress: number): Promise<boolean> => {
  const count = await db.$executeRaw`
    UPDATE tasks SET lease_until = now() + ${LEASE_MS} * interval '1 ms', updated_at = now(),
      progress = greatest(progress, ${progress})
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

export type TaskFailure = { code: FailureCode; message: string; stage: Stage; retryable: boolean };

/** Ends the task as failed, with what the person should know. False: the claim is lost. */
export const failTask = async (db: Db, claim: Claim, failure: TaskFailure): Promise<boolean> => {
  const count = await db.$executeRaw`
    UPDATE tasks SET status = 'failed', stage = NULL, attempt_token = NULL, lease_until = NULL,
      error_code = ${failure.code}, error_message = ${failure.message}, error_stage = ${failure.stage}::"TaskStage",
      error_retryable = ${failure.retryable}, completed_at = now(), updated_at = now(), version = version + 1
    WHERE id = ${claim.taskId}::uuid AND attempt_token = ${claim.token}::uuid`;
  return count > 0;
};
