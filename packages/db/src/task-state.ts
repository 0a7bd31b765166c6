/*
 * The life of a task.
 *
 *   queued ──claim──▶ processing/transcribing ──commitTranscript──▶ processing/prompting ──commitStoryboard──▶ completed
 *     └──────────────claim (text)───────────────────────────────▶ processing/prompting
 *   processing ──failTask──▶ failed
 *   queued, processing ──cancelTask──▶ canceled (`cancel_reason` requested)
 *   queued, processing ──cancelOverdueTask(s)──▶ canceled (`cancel_reason` deadline)
 *   completed, failed, canceled ──retryTask──▶ queued (with `stage` set where it starts past the first)
 *   completed, failed, canceled ──askForRewrite──▶ queued, `scope` says what to write ──commitRewrite──▶ completed
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
 * While a provider works and will call when it is done, nobody holds the task and no worker's slot is taken: `parkTask`
 * gives the claim back, uncounted, with `wait_until` set. The reconciler asks for the job again once that is past (the
 * call may be lost); the call (`noteProviderReady`) asks for it at once. Either way a worker claims the stage anew and
 * asks the provider: the call is a hint too. A call that comes while the task is claimed leaves `provider_ready_at`,
 * which parking finds. Rejected: waiting in the queue as a delayed job. Its key would swallow the ask of the call.
 *
 * `attempt` counts claims of the current stage. Past MAX_ATTEMPTS the task is poison (it kills its workers, or fails
 * each time), ends as failed, and is a dead letter (dead-letters.repo.ts) until somebody retries or redrives it. What is not
 * the task's fault gives the claim back uncounted: a worker that stops, a provider that cannot be called now, a database
 * that cannot be asked. Rejected: the queue's own counter, which is lost with the queue, and which two kills of a worker
 * use up; counting failures in place of claims, since a worker that dies reports none.
 *
 * A task that wants work has a row in the outbox, written with the state that wants it, and the reconciler asks again for
 * what nobody has held or asked for in a while. Rejected: the row and then `queue.add`, which loses the job when the
 * process dies in between; the job and then the row, which works on what may never be committed.
 *
 * A result and the state it leads to are one statement, fenced by the claim: there is no stage whose result is stored and
 * which is still to be done, or the other way round. Rejected: trusting the queue's lock, which a frozen worker
 * outlives, and a transaction of several statements, for which a task paid three times as much.
 */
import type { FailureCode, Segment, Stage, TaskOptions } from "@phonoscene/contracts";
import { newId, SECOND } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import { cancelOverdueTask } from "./deadlines.repo.ts";
import { Prisma } from "./generated/client.ts";
import { queryPrepared } from "./query.ts";
import { STORYBOARD_STATE, type StoryboardState } from "./storyboard-state.ts";

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
  /** What is said in the recording; null where it is to be heard, and in the stage after. */
  givenSegments: { text: string }[] | null;
  language: string;
  options: TaskOptions;
  /** Work that a provider has taken, the engine it belongs to, and how long ago it took it. */
  providerJobId: string | null;
  /** How long until its deadline; null without one. */
  deadlineInMs: number | null;
  provider: string | null;
  providerJobAgeMs: number | null;
  /** What the prompting stage starts from; null in the stage before, and where the task is still a text. */
  transcript: { language: string; segments: Segment[] } | null;
  /** What is there already when prompts are to be written; null in the stage before. */
  storyboard: StoryboardState | null;
};

export type ClaimOutcome =
  | { outcome: "claimed"; task: ClaimedTask }
  /** Another worker holds the lease for this much longer, or the stage began this moment (0). */
  | { outcome: "busy"; retryInMs: number }
  /** The task is gone, over, or past this stage: nothing to do. */
  | { outcome: "obsolete" };

/** Of the task at hand: its transcript, without the times of words. */
const TRANSCRIPT = Prisma.sql`(
  SELECT json_build_object('language', language, 'segments', coalesce((
    SELECT json_agg(json_build_object('id', position, 'startMs', start_ms, 'endMs', end_ms, 'text', text,
      'confidence', confidence) ORDER BY position)
    FROM transcript_segments WHERE task_id = tasks.id), '[]'))
  FROM transcripts WHERE task_id = tasks.id)`;

/**
 * One statement takes the stage and brings what it needs. It may have waited for the row while a transcript was committed,
 * which its snapshot cannot see: `seen` is the row of the snapshot, and where it is an older one the claim is refused.
 */
const takeStage = async (
  db: Db,
  { taskId, token, leaseMs }: Required<Claim>,
  stage: Stage,
): Promise<ClaimedTask | null> => {
  const [claimed] = await queryPrepared<Omit<ClaimedTask, keyof Claim>>(
    db,
    Prisma.sql`
      UPDATE tasks SET
        status = 'processing', stage = ${stage}::"TaskStage",
        progress = CASE WHEN stage = ${stage}::"TaskStage" AND provider_job_id IS NOT NULL THEN progress ELSE 0 END,
        wait_until = NULL, provider_ready_at = NULL,
        attempt = attempt + 1, attempt_token = ${token}::uuid, lease_until = now() + ${leaseMs}::float8 * interval '1 ms',
        started_at = coalesce(started_at, now()),
        prompting_at = CASE WHEN ${stage} = 'prompting' THEN coalesce(prompting_at, now()) END,
        updated_at = clock_timestamp()
      FROM (SELECT id AS seen_id, transcribed_at AS seen_transcribed_at FROM tasks WHERE id = ${taskId}::uuid) AS seen
      WHERE id = seen_id AND (lease_until IS NULL OR lease_until <= now())
        AND (deadline_at IS NULL OR deadline_at > now())
        AND ((status = 'queued' AND ${stage}::"TaskStage" =
            coalesce(stage, (CASE kind WHEN 'audio' THEN 'transcribing' ELSE 'prompting' END)::"TaskStage"))
          OR (status = 'processing' AND stage = ${stage}::"TaskStage"))
        AND transcribed_at IS NOT DISTINCT FROM seen_transcribed_at
      RETURNING attempt, user_id AS "userId", text, language, options, provider, provider_job_id AS "providerJobId",
        extract(epoch FROM now() - provider_job_at)::float8 * 1000 AS "providerJobAgeMs",
        (extract(epoch FROM deadline_at - now()) * 1000)::float8 AS "deadlineInMs",
        audio_url AS "audioUrl",
        CASE WHEN ${stage} = 'transcribing' THEN given_segments END AS "givenSegments",
        (SELECT storage_key FROM audio WHERE audio.id = tasks.audio_id) AS "storageKey",
        CASE WHEN ${stage} = 'prompting' THEN ${TRANSCRIPT} END AS transcript,
        CASE WHEN ${stage} = 'prompting' THEN ${STORYBOARD_STATE} END AS storyboard`,
  );
  return claimed === undefined ? null : { taskId, token, leaseMs, ...claimed };
};

/** Takes a stage of a task for this worker, unless somebody else is at it, or its deadline is over: then it is canceled. */
export const claimTask = (db: Db, taskId: string, stage: Stage): Promise<ClaimOutcome> =>
  claimTaskFor(db, { taskId, stage, leaseMs: LEASE_MS });

/** As `claimTask`, with a lease of another length. */
export const claimTaskFor = async (
  db: Db,
  { taskId, stage, leaseMs }: { taskId: string; stage: Stage; leaseMs: number },
): Promise<ClaimOutcome> => {
  const task = await takeStage(db, { taskId, token: newId(), leaseMs }, stage);
  if (task !== null) return { outcome: "claimed", task };

  if (await cancelOverdueTask(db, taskId)) return { outcome: "obsolete" };
  const [held] = await db.$queryRaw<{ retryInMs: number }[]>`
    SELECT greatest(0, ceil(extract(epoch FROM coalesce(lease_until, now()) - now()) * 1000))::int AS "retryInMs" FROM tasks
    WHERE id = ${taskId}::uuid AND status = 'processing' AND stage = ${stage}::"TaskStage"`;
  return held === undefined ? { outcome: "obsolete" } : { outcome: "busy", retryInMs: held.retryInMs };
};

/** Extends the lease and shows progress (of the stage, 0..1). False: the claim is lost or overdue, stop working. */
export const renewLease = async (db: Db, claim: Claim, progress: number): Promise<boolean> => {
  const count = await db.$executeRaw`
    UPDATE tasks SET lease_until = now() + ${claim.leaseMs ?? LEASE_MS} * interval '1 ms', updated_at = clock_timestamp(),
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

/** Gives the claim back for another try. `isCounted: false` when the worker stops and the task did nothing wrong. */
export const releaseTask = async (db: Db, claim: Claim, { isCounted }: { isCounted: boolean }): Promise<boolean> => {
  const count = await db.$executeRaw`
    UPDATE tasks SET attempt_token = NULL, lease_until = NULL, enqueued_at = now(), updated_at = clock_timestamp(),
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
      error_retryable = ${failure.retryable}, dead_at = CASE WHEN ${failure.isDead ?? false} THEN now() END, completed_at = now(), updated_at = clock_timestamp(), version = version + 1
    WHERE id = ${claim.taskId}::uuid AND attempt_token = ${claim.token}::uuid`;
  return count > 0;
};
