import {
  MAX_METADATA_KEYS,
  type MetadataPatch,
  optionConflict,
  type OptionConflict,
  type Stage,
  type TaskOptions,
  type TaskStatus,
} from "@phonoscene/contracts";

import type { Db } from "./client.ts";
import type { PrismaClient } from "./generated/client.ts";
import { addToOutbox } from "./outbox.repo.ts";
import { FORGET_GONE } from "./provider-work.repo.ts";

export type OwnedTask = { id: string; userId: string };

/**
 * Ends a task that is not over, in one statement. Its worker loses the claim with the token, and stops at its next
 * heartbeat. Resolves to the status that the task had before, or null where the owner has no such task.
 */
export const cancelTask = async (db: Db, { id, userId }: OwnedTask): Promise<TaskStatus | null> => {
  const [before] = await db.$queryRaw<{ status: TaskStatus }[]>`
    WITH before AS (
      SELECT id, status FROM tasks WHERE id = ${id}::uuid AND user_id = ${userId}::uuid FOR UPDATE
    ), canceled AS (
      UPDATE tasks SET status = 'canceled', cancel_reason = 'requested', stage = NULL, attempt_token = NULL, lease_until = NULL,
        completed_at = now(), updated_at = clock_timestamp(), version = version + 1
      FROM before WHERE tasks.id = before.id AND before.status IN ('queued', 'processing')
    )
    SELECT status FROM before`;
  return before?.status ?? null;
};

/** The least that tells whether a task is over: what waiting asks for, again and again. */
export const findTaskStatus = async (db: Db, { id, userId }: OwnedTask): Promise<TaskStatus | null> => {
  const [row] = await db.$queryRaw<{ status: TaskStatus }[]>`
    SELECT status FROM tasks WHERE id = ${id}::uuid AND user_id = ${userId}::uuid`;
  return row?.status ?? null;
};

export type RetryOutcome =
  | { outcome: "queued" }
  | { outcome: "not-found" }
  /** Still queued or processing. */
  | { outcome: "not-over" }
  /** There is no recording to transcribe. */
  | { outcome: "nothing-to-hear" }
  /** There is no transcript to write prompts from. */
  | { outcome: "no-transcript" };

type Ended = { status: TaskStatus; kind: "text" | "audio"; hasTranscript: boolean; failedForGood: boolean };

const chooseStage = (task: Ended, from: Stage | undefined): Stage | Exclude<RetryOutcome, { outcome: "queued" }> => {
  if (task.status === "queued" || task.status === "processing") return { outcome: "not-over" };
  if (task.kind === "text") return from === "transcribing" ? { outcome: "nothing-to-hear" } : "prompting";
  if (from === "prompting" && !task.hasTranscript) return { outcome: "no-transcript" };
  return from ?? (task.hasTranscript ? "prompting" : "transcribing");
};

/** The warnings that come from hearing; they stay true where the transcript stays. */
const HEARING_WARNINGS = ["audio_truncated", "language_low_confidence"];

/**
 * Puts a task that is over back into the queue, with its job, in one transaction. A transcript that exists is used
 * again unless `from` is "transcribing". A transcription that the provider has begun is resumed, not paid for again,
 * unless it had ended, well or badly. Prompts of the earlier run go, but for locked ones, and so does its deadline;
 * `deadlineMs` sets one for this run. What the owner wrote into the bible stays.
 */
export const retryTask = (
  db: PrismaClient,
  task: OwnedTask,
  { from, deadlineMs }: { from?: Stage | undefined; deadlineMs?: number | undefined } = {},
): Promise<RetryOutcome> =>
  db.$transaction(async (tx) => {
    const [ended] = await tx.$queryRaw<Ended[]>`
      SELECT status, kind, EXISTS (SELECT FROM transcripts WHERE task_id = tasks.id) AS "hasTranscript",
        (error_stage = 'transcribing' AND NOT error_retryable) IS TRUE AS "failedForGood"
      FROM tasks WHERE id = ${task.id}::uuid AND user_id = ${task.userId}::uuid FOR UPDATE`;
    if (ended === undefined) return { outcome: "not-found" };
    const stage = chooseStage(ended, from);
    if (typeof stage !== "string") return stage;

    const hears = stage === "transcribing";
    const dropsJob = hears && (ended.hasTranscript || ended.failedForGood);
    if (dropsJob) {
      await tx.$executeRaw`
        WITH gone AS (SELECT provider, provider_job_id FROM tasks WHERE id = ${task.id}::uuid), ${FORGET_GONE}`;
      await tx.transcriptPart.deleteMany({ where: { taskId: task.id } });
    }
    await tx.$executeRaw`
      UPDATE tasks SET status = 'queued', progress = 0, wait_until = NULL, provider_ready_at = NULL, attempt = 0, attempt_token = NULL, lease_until = NULL,
        stage = (CASE WHEN kind = 'audio' AND NOT ${hears} THEN 'prompting' END)::"TaskStage",
        started_at = CASE WHEN ${hears} OR kind = 'text' THEN NULL ELSE started_at END,
        transcribed_at = CASE WHEN ${hears} THEN NULL ELSE transcribed_at END,
        provider_job_id = CASE WHEN NOT ${dropsJob} THEN provider_job_id END,
        warnings = CASE WHEN ${hears} THEN '[]' ELSE coalesce(
          (SELECT jsonb_agg(w) FROM jsonb_array_elements(warnings) w WHERE w ->> 'code' = ANY(${HEARING_WARNINGS})),
          '[]') END,
        prompting_at = NULL, completed_at = NULL, prompt_engine = NULL,
        error_code = NULL, error_message = NULL, error_stage = NULL, error_retryable = NULL, cancel_reason = NULL,
        dead_at = NULL, scope = NULL,
        deadline_at = now() + ${deadlineMs ?? null}::double precision * interval '1 ms',
        enqueued_at = now(), updated_at = clock_timestamp(), version = version + 1
      WHERE id = ${task.id}::uuid`;
    await tx.prompt.deleteMany({ where: { taskId: task.id, locked: false } });
    // Those of locked prompts tell where these belong, until there are new ones.
    await tx.scene.deleteMany({ where: { taskId: task.id, prompts: { none: {} } } });
    await tx.$executeRaw`
      UPDATE prompts SET position = places.place
      FROM (SELECT id, row_number() OVER (ORDER BY position) - 1 AS place FROM prompts WHERE task_id = ${task.id}::uuid) AS places
      WHERE prompts.id = places.id AND position <> place`;
    // A text's transcript is its own sentences: made again, in case the language was changed, unless somebody corrected it.
    await tx.transcript.deleteMany({
      where: { taskId: task.id, engine: "text", version: 1, task: { text: { not: null } } },
    });
    await addToOutbox(tx, [{ job: hears ? "transcribe-audio" : "write-prompts", payload: { taskId: task.id } }]);
    return { outcome: "queued" };
  });

export type TaskChanges = {
  name?: string | null | undefined;
  metadata?: MetadataPatch | undefined;
  language?: string | undefined;
  options: { [K in keyof TaskOptions]?: TaskOptions[K] | undefined };
};

export type UpdateOutcome =
  | {
      outcome:
        | "updated"
        | "not-found"
        /** Its version is none of those that the caller expects. */
        | "stale"
        /** Options and language are in use right now. */
        | "processing"
        | "too-much-metadata";
    }
  /** Two of the options would exclude each other: one that the task has, and one of the change. */
  | { outcome: "conflicting-options"; conflict: OptionConflict };

type Current = { status: TaskStatus; version: number; metadata: Record<string, string>; options: TaskOptions };

const mergeMetadata = (current: Record<string, string>, patch: MetadataPatch | undefined): Record<string, string> => {
  if (patch === undefined) return current;
  if (patch === null) return {};
  const merged = { ...current, ...patch };
  return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== null));
};

/** Changes what is named, under the row's lock. `versions: null` takes any. */
export const updateTask = (
  db: PrismaClient,
  task: OwnedTask & { versions: readonly number[] | null },
  { name, metadata, language, options }: TaskChanges,
): Promise<UpdateOutcome> =>
  db.$transaction(async (tx) => {
    const [current] = await tx.$queryRaw<Current[]>`
      SELECT status, version, metadata, options FROM tasks
      WHERE id = ${task.id}::uuid AND user_id = ${task.userId}::uuid FOR UPDATE`;
    if (current === undefined) return { outcome: "not-found" };
    if (task.versions !== null && !task.versions.includes(current.version)) return { outcome: "stale" };
    // Undefined entries vanish.
    const changed = JSON.stringify(options);
    if (current.status === "processing" && (language !== undefined || changed !== "{}")) {
      return { outcome: "processing" };
    }
    const conflict = optionConflict({ ...current.options, ...JSON.parse(changed) });
    if (conflict !== null) return { outcome: "conflicting-options", conflict };
    const merged = mergeMetadata(current.metadata, metadata);
    if (Object.keys(merged).length > MAX_METADATA_KEYS) return { outcome: "too-much-metadata" };
    await tx.$executeRaw`
      UPDATE tasks SET name = CASE WHEN ${name !== undefined} THEN ${name ?? null} ELSE name END,
        language = coalesce(${language ?? null}, language), options = options || ${changed}::jsonb,
        metadata = ${JSON.stringify(merged)}::jsonb, version = version + 1, updated_at = clock_timestamp()
      WHERE id = ${task.id}::uuid`;
    return { outcome: "updated" };
  });
