import type { Scene, Segment, Slot, Warning } from "@phonoscene/contracts";
import { newId } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import type { PrismaClient } from "./generated/client.ts";
import { addToOutbox } from "./outbox.repo.ts";
import { FORGET_GONE } from "./provider-work.repo.ts";
import type { Claim } from "./task-state.ts";

const COMMIT_TIMEOUT_MS = 30_000;

/*
 * `updated_at` is `clock_timestamp()` here and not `now()`, which is when the transaction began: a heartbeat that came
 * between that and the UPDATE has written a later time, and the row's time would go back.
 */

export type TranscriptResult = {
  language: string;
  engine: string;
  durationMs: number;
  segments: NewSegment[];
  warnings: Warning[];
};

/** A word with its times in milliseconds. */
export type StoredWord = { startMs: number; endMs: number; text: string; confidence: number | null };

/** `words` is absent or null where the engine gives no times of words. */
export type NewSegment = Omit<Segment, "id"> & { words?: StoredWord[] | null };

export type StoryboardResult = {
  language: string;
  engine: string;
  segments: Segment[];
  scenes: Scene[];
  prompts: { position: number; sceneIndex: number; content: string; negative: string | null; slots: Slot[] }[];
  usage: { model: string; inputTokens: number; outputTokens: number } | null;
  warnings: Warning[];
};

export type NewTranscript = {
  language: string;
  engine: string;
  durationMs: number | null;
  segments: NewSegment[];
};

// jsonb refuses half of a surrogate pair, which a text of a recogniser may hold.
const wellFormed = (text: string): string => text.replaceAll(/\p{Cs}/gu, "\uFFFD");

/** In two statements, whatever its length. */
export const insertTranscript = async (tx: Db, taskId: string, transcript: NewTranscript): Promise<void> => {
  const { segments, ...fields } = transcript;
  const text = segments.map((segment) => segment.text).join(" ");
  await tx.transcript.create({ data: { taskId, text, ...fields } });
  const rows = segments.map((segment, position) => ({
    position,
    start_ms: segment.startMs,
    end_ms: segment.endMs,
    text: wellFormed(segment.text),
    confidence: segment.confidence,
    speaker: segment.speaker ?? null,
    words: segment.words?.map((word) => ({ ...word, text: wellFormed(word.text) })) ?? null,
  }));
  await tx.$executeRaw`
    INSERT INTO transcript_segments (task_id, position, start_ms, end_ms, text, confidence, speaker, words)
    SELECT ${taskId}::uuid, position, start_ms, end_ms, text, confidence, speaker, nullif(words, 'null'::jsonb)
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS row(position int, start_ms int, end_ms int, text text, confidence float8, speaker text, words jsonb)`;
};

/** Of a locked task: what its provider has must go. */
const forgetCopyOf = async (tx: Db, taskId: string): Promise<void> => {
  await tx.$executeRaw`
    WITH gone AS (SELECT provider, provider_job_id FROM tasks WHERE id = ${taskId}::uuid), ${FORGET_GONE}`;
  await tx.$executeRaw`UPDATE tasks SET provider_job_id = NULL, updated_at = clock_timestamp() WHERE id = ${taskId}::uuid`;
};

/**
 * Stores what was heard and asks for the prompts, in one transaction, fenced by the claim. `forgetsProviderCopy`: and
 * for the provider's copy to be deleted.
 * False: the claim is lost and nothing was written.
 */
export const commitTranscript = (
  db: PrismaClient,
  claim: Claim,
  { forgetsProviderCopy = false, ...result }: TranscriptResult & { forgetsProviderCopy?: boolean },
): Promise<boolean> =>
  db.$transaction(
    async (tx) => {
      const isMine = await tx.$executeRaw`
        UPDATE tasks SET stage = 'prompting', progress = 0, attempt = 0, attempt_token = NULL, lease_until = NULL,
          transcribed_at = now(), enqueued_at = now(), updated_at = clock_timestamp(), speech_engine = ${result.engine},
          warnings = warnings || ${JSON.stringify(result.warnings)}::jsonb
        WHERE id = ${claim.taskId}::uuid AND attempt_token = ${claim.token}::uuid`;
      if (isMine === 0) return false;
      if (forgetsProviderCopy) await forgetCopyOf(tx, claim.taskId);
      const { language, engine, durationMs, segments } = result;
      // The one of an earlier run, kept until now so that a failed second hearing loses nothing.
      await tx.transcript.deleteMany({ where: { taskId: claim.taskId } });
      await tx.transcriptPart.deleteMany({ where: { taskId: claim.taskId } });
      await insertTranscript(tx, claim.taskId, { language, engine, durationMs, segments });
      await tx.audio.updateMany({ where: { tasks: { some: { id: claim.taskId } } }, data: { durationMs } });
      await addToOutbox(tx, [{ job: "write-prompts", payload: { taskId: claim.taskId } }]);
      return true;
    },
    { timeout: COMMIT_TIMEOUT_MS },
  );

const insertScenes = async (tx: Db, taskId: string, scenes: Scene[]): Promise<Map<number, string>> => {
  const ids = new Map(scenes.map((scene) => [scene.index, newId()]));
  await tx.scene.createMany({
    data: scenes.map(({ index, startMs, endMs, segmentIds, excerpt, place, timeOfDay, mood }) => {
      const id = ids.get(index) ?? newId();
      return { id, taskId, index, startMs, endMs, segmentIds, excerpt, place, timeOfDay, mood };
    }),
  });
  return ids;
};

/**
 * Stores scenes and prompts and completes the task, in one transaction, fenced by the claim. A task made from text
 * gets its transcript here: its own sentences, without times; one that came with a transcript gets the language found. False: the claim is lost and nothing was written.
 */
export const commitStoryboard = (db: PrismaClient, claim: Claim, result: StoryboardResult): Promise<boolean> =>
  db.$transaction(
    async (tx) => {
      const isMine = await tx.$executeRaw`
        UPDATE tasks SET status = 'completed', stage = NULL, progress = 1, attempt_token = NULL, lease_until = NULL,
          completed_at = now(), updated_at = clock_timestamp(), version = version + 1, prompt_engine = ${result.engine},
          usage = ${result.usage === null ? null : JSON.stringify(result.usage)}::jsonb,
          warnings = warnings || ${JSON.stringify(result.warnings)}::jsonb
        WHERE id = ${claim.taskId}::uuid AND attempt_token = ${claim.token}::uuid`;
      if (isMine === 0) return false;
      const { taskId } = claim;
      if ((await tx.transcript.count({ where: { taskId } })) === 0) {
        const { language, segments } = result;
        await insertTranscript(tx, taskId, { language, engine: "text", durationMs: null, segments });
      }
      await tx.transcript.updateMany({ where: { taskId, language: "auto" }, data: { language: result.language } });
      const sceneIds = await insertScenes(tx, taskId, result.scenes);
      await tx.prompt.createMany({
        data: result.prompts.map(({ sceneIndex, position, content, negative, slots }) => {
          const sceneId = sceneIds.get(sceneIndex);
          if (sceneId === undefined)
            throw new Error(`prompt ${position} names scene ${sceneIndex}, which is not there`);
          return { id: newId(), taskId, sceneId, position, content, negative, slots };
        }),
      });
      return true;
    },
    { timeout: COMMIT_TIMEOUT_MS },
  );

/** The segments that the prompting stage starts from, or null where the task is still a text. */
export const findSegments = async (
  db: Db,
  taskId: string,
): Promise<{ language: string; segments: Segment[] } | null> => {
  const row = await db.transcript.findUnique({
    where: { taskId },
    include: { segments: { orderBy: { position: "asc" }, omit: { words: true } } },
  });
  if (row === null) return null;
  const segments = row.segments.map(({ position, startMs, endMs, text, confidence }) => ({
    id: position,
    startMs,
    endMs,
    text,
    confidence,
  }));
  return { language: row.language, segments };
};
