import type { BibleEntity, BibleStyle, Scene, Segment, Slot, Warning, WordTiming } from "@phonoscene/contracts";
import { newId } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import { Prisma, type PrismaClient } from "./generated/client.ts";
import { toJsonb, toStorable } from "./jsonb.ts";
import { ASK_FOR_DOOMED, DOOM_GONE } from "./provider-work.repo.ts";
import { queryPrepared } from "./query.ts";
import type { Claim } from "./task-state.ts";
import { KEEP_TRANSCRIPT } from "./transcript-sql.ts";

/*
 * Each result is one statement, whatever its length: the parts of a WITH hang on `mine`, the update that the claim
 * fences, so either all of them happen or none. Parts of one statement do not see each other's rows: what an earlier run
 * left is written over, never deleted and written again. With a transaction
 * of several statements for each, a task took 14 ms of the worker's processor time; a third of it was Prisma's.
 *
 * `updated_at` is `clock_timestamp()` here and not `now()`, which is when the statement began: a heartbeat that held the row
 * meanwhile has written a later time, and the row's time would go back.
 */

export type TranscriptResult = {
  language: string;
  engine: string;
  durationMs: number;
  /** Absent or null where words have no times. */
  wordTiming?: WordTiming | null;
  segments: NewSegment[];
  warnings: Warning[];
};

/** A word with its times in milliseconds. */
export type StoredWord = { startMs: number; endMs: number; text: string; confidence: number | null };

/** `words` is absent or null where the engine gives no times of words. */
export type NewSegment = Omit<Segment, "id"> & { words?: StoredWord[] | null };

/** `fullSlots`: before the target's formatter shortened them; absent where it did not. */
export type WrittenPrompt = { content: string; negative: string | null; slots: Slot[]; fullSlots?: Slot[] };

export type WrittenBible = { entities: BibleEntity[]; style: BibleStyle; engine: string };

export type StoryboardResult = {
  language: string;
  engine: string;
  segments: Segment[];
  scenes: Scene[];
  prompts: (WrittenPrompt & { position: number; sceneIndex: number })[];
  /** Locked prompts of an earlier run, in their new places. */
  kept?: { id: string; sceneIndex: number | null; position: number }[];
  /** Absent: the one that is stored stays. */
  bible?: WrittenBible;
  warnings: Warning[];
};

export type NewTranscript = {
  language: string;
  engine: string;
  durationMs: number | null;
  wordTiming?: WordTiming | null;
  segments: NewSegment[];
};

export const joined = (segments: readonly { text: string }[]): string =>
  toStorable(segments.map(({ text }) => text).join(" "));

/** Part of a statement in which `heard` names, as `id`, the tasks whose transcript gets these segments. */
export const insertSegments = (segments: readonly Omit<NewSegment, "id">[]): Prisma.Sql => {
  const rows = segments.map((segment, position) => ({
    position,
    start_ms: segment.startMs,
    end_ms: segment.endMs,
    text: segment.text,
    confidence: segment.confidence,
    speaker: segment.speaker ?? null,
    words: segment.words ?? null,
  }));
  return Prisma.sql`
    INSERT INTO transcript_segments (task_id, position, start_ms, end_ms, text, confidence, speaker, words)
    SELECT heard.id, row.position, row.start_ms, row.end_ms, row.text, row.confidence, row.speaker,
      nullif(row.words, 'null'::jsonb)
    FROM heard, jsonb_to_recordset(${toJsonb(rows)}::jsonb) AS row(position int, start_ms int, end_ms int, text text,
      confidence float8, speaker text, words jsonb)`;
};

/** In one statement, whatever its length. The task has none. */
export const insertTranscript = async (tx: Db, taskId: string, transcript: NewTranscript): Promise<void> => {
  const { segments, language, engine, durationMs } = transcript;
  await queryPrepared(
    tx,
    Prisma.sql`
      WITH heard AS (
        INSERT INTO transcripts (task_id, language, engine, duration_ms, text)
        VALUES (${taskId}::uuid, ${language}, ${engine}, ${durationMs}::int, ${joined(segments)}) RETURNING task_id AS id
      ) ${insertSegments(segments)}`,
  );
};

/** Parts of a statement: the transcript of the task `mine`, in place of the one of an earlier run. */
const replaceTranscript = ({
  language,
  engine,
  durationMs,
  wordTiming,
  segments,
}: NewTranscript): Prisma.Sql => Prisma.sql`
  heard AS (
    INSERT INTO transcripts (task_id, language, engine, duration_ms, word_timing, text)
    SELECT id, ${language}, ${engine}, ${durationMs}::int, ${wordTiming ?? null}, ${joined(segments)} FROM mine
    ON CONFLICT (task_id) DO UPDATE SET language = excluded.language, engine = excluded.engine,
      duration_ms = excluded.duration_ms, word_timing = excluded.word_timing, text = excluded.text,
      created_at = excluded.created_at,
      version = transcripts.version + 1
    RETURNING task_id AS id
  ), spoken AS (
    ${insertSegments(segments)}
    ON CONFLICT (task_id, position) DO UPDATE SET start_ms = excluded.start_ms, end_ms = excluded.end_ms,
      text = excluded.text, confidence = excluded.confidence, speaker = excluded.speaker, words = excluded.words
  ), unsaid AS (
    DELETE FROM transcript_segments USING mine WHERE task_id = mine.id AND position >= ${segments.length}::int
  )`;

/**
 * Stores what was heard and asks for the prompts, in one statement, fenced by the claim. `forgetsProviderCopy`: and
 * for the provider's copy to be deleted. An earlier run's transcript is kept until now, so that a failed second hearing loses
 * nothing, and as a revision from now on. False: the claim is lost and nothing was written.
 */
export const commitTranscript = async (
  db: PrismaClient,
  claim: Claim,
  { forgetsProviderCopy = false, ...result }: TranscriptResult & { forgetsProviderCopy?: boolean },
): Promise<boolean> => {
  const [stored] = await queryPrepared<{ count: number }>(
    db,
    Prisma.sql`
      WITH before AS (
        SELECT id, provider, provider_job_id FROM tasks
        WHERE id = ${claim.taskId}::uuid AND attempt_token = ${claim.token}::uuid FOR UPDATE
      ), mine AS (
        UPDATE tasks SET stage = 'prompting', progress = 0, attempt = 0, attempt_token = NULL, lease_until = NULL,
          transcribed_at = now(), enqueued_at = now(), updated_at = clock_timestamp(), speech_engine = ${result.engine},
          warnings = warnings || ${toJsonb(result.warnings)}::jsonb,
          provider_job_id = CASE WHEN NOT ${forgetsProviderCopy}::boolean THEN tasks.provider_job_id END
        FROM before WHERE tasks.id = before.id RETURNING tasks.id, tasks.audio_id
      ), gone AS (
        SELECT provider, provider_job_id FROM before WHERE ${forgetsProviderCopy}::boolean
      ), ${DOOM_GONE}, forgotten AS (${ASK_FOR_DOOMED}),
      kept AS (${KEEP_TRANSCRIPT}), ${replaceTranscript(result)},
      merged AS (DELETE FROM transcript_parts USING mine WHERE task_id = mine.id),
      measured AS (UPDATE audio SET duration_ms = ${result.durationMs}::int FROM mine WHERE audio.id = mine.audio_id),
      asked AS (
        INSERT INTO outbox (job, payload) SELECT 'write-prompts', jsonb_build_object('taskId', id) FROM mine
      )
      SELECT count(*)::int AS count FROM mine`,
  );
  return (stored?.count ?? 0) > 0;
};

const sceneRows = (scenes: readonly Scene[]): object[] =>
  scenes.map(({ index, startMs, endMs, segmentIds, excerpt, place, timeOfDay, mood }) => ({
    id: newId(),
    index,
    start_ms: startMs,
    end_ms: endMs,
    segment_ids: segmentIds,
    excerpt,
    place,
    time_of_day: timeOfDay,
    mood,
  }));

/** The words of a prompt, as columns; the full slots only where they are others. */
export const wordColumns = ({ content, negative, slots, fullSlots = slots }: WrittenPrompt): object => ({
  content,
  negative,
  slots,
  full_slots: JSON.stringify(slots) === JSON.stringify(fullSlots) ? null : fullSlots,
});

const promptRows = ({ scenes, prompts }: StoryboardResult): object[] => {
  const indexes = new Set(scenes.map(({ index }) => index));
  return prompts.map(({ sceneIndex, position, ...words }) => {
    if (!indexes.has(sceneIndex)) throw new Error(`prompt ${position} names scene ${sceneIndex}, which is not there`);
    return { id: newId(), scene_index: sceneIndex, position, ...wordColumns(words) };
  });
};

const keptRows = ({ kept = [] }: StoryboardResult): object[] =>
  kept.map(({ id, sceneIndex, position }) => ({ id, scene_index: sceneIndex, position }));

/** Part of a statement: the bible of the task `mine`, in place of an earlier one; what was removed stays noted. */
export const insertBible = ({ entities, style, engine }: WrittenBible): Prisma.Sql => Prisma.sql`, told_of AS (
  INSERT INTO bibles (task_id, entities, style, removed_ids, engine)
  SELECT id, ${toJsonb(entities)}::jsonb, ${toJsonb(style)}::jsonb, '{}', ${engine} FROM mine
  ON CONFLICT (task_id) DO UPDATE SET entities = excluded.entities, style = excluded.style, engine = excluded.engine,
    version = bibles.version + 1, updated_at = clock_timestamp())`;

/** Parts of a statement: scenes and prompts of the task `mine`. Scenes of locked prompts of an earlier run are there already. */
const insertStoryboard = (result: StoryboardResult): Prisma.Sql => Prisma.sql`
    staged AS (
      INSERT INTO scenes (id, task_id, index, start_ms, end_ms, segment_ids, excerpt, place, time_of_day, mood)
      SELECT row.id, mine.id, row.index, row.start_ms, row.end_ms, row.segment_ids, row.excerpt, row.place,
        row.time_of_day, row.mood
      FROM mine, jsonb_to_recordset(${toJsonb(sceneRows(result.scenes))}::jsonb) AS row(id uuid, index int, start_ms int,
        end_ms int, segment_ids int[], excerpt text, place text, time_of_day text, mood text)
      ON CONFLICT (task_id, index) DO UPDATE SET start_ms = excluded.start_ms, end_ms = excluded.end_ms,
        segment_ids = excluded.segment_ids, excerpt = excluded.excerpt, place = excluded.place,
        time_of_day = excluded.time_of_day, mood = excluded.mood
      RETURNING id, index
    ), unstaged AS (
      DELETE FROM scenes USING mine WHERE task_id = mine.id AND index >= ${result.scenes.length}::int
    ), stayed AS (
      UPDATE prompts SET position = row.position, scene_id = staged.id
      FROM mine, jsonb_to_recordset(${toJsonb(keptRows(result))}::jsonb) AS row(id uuid, scene_index int, position int)
        LEFT JOIN staged ON staged.index = row.scene_index
      WHERE prompts.id = row.id AND prompts.task_id = mine.id
    ), written AS (
      INSERT INTO prompts (id, task_id, scene_id, position, content, negative, slots, full_slots)
      SELECT row.id, mine.id, staged.id, row.position, row.content, row.negative, row.slots, nullif(row.full_slots, 'null'::jsonb)
      FROM mine, jsonb_to_recordset(${toJsonb(promptRows(result))}::jsonb) AS row(id uuid, scene_index int,
        position int, content text, negative text, slots jsonb, full_slots jsonb)
        JOIN staged ON staged.index = row.scene_index
    )${result.bible === undefined ? Prisma.empty : insertBible(result.bible)}`;

/**
 * Stores scenes, prompts and bible and completes the task, in one statement, fenced by the claim. A task made from text
 * gets its transcript here: its own sentences, without times; one that came with a transcript gets the language found. False: the claim is lost and nothing was written.
 */
export const commitStoryboard = async (db: PrismaClient, claim: Claim, result: StoryboardResult): Promise<boolean> => {
  const { language, segments } = result;
  const [stored] = await queryPrepared<{ count: number }>(
    db,
    Prisma.sql`
      WITH mine AS (
        UPDATE tasks SET status = 'completed', stage = NULL, progress = 1, attempt_token = NULL, lease_until = NULL,
          completed_at = now(), updated_at = clock_timestamp(), version = version + 1, prompt_engine = ${result.engine},
          warnings = warnings || ${toJsonb(result.warnings)}::jsonb
        WHERE id = ${claim.taskId}::uuid AND attempt_token = ${claim.token}::uuid RETURNING id
      ), heard AS (
        INSERT INTO transcripts (task_id, language, engine, text) SELECT id, ${language}, 'text', ${joined(segments)} FROM mine
        ON CONFLICT DO NOTHING RETURNING task_id AS id
      ), spoken AS (${insertSegments(segments)}),
      told AS (
        UPDATE transcripts SET language = ${language} FROM mine WHERE task_id = mine.id AND language = 'auto'
      ), ${insertStoryboard(result)}
      SELECT count(*)::int AS count FROM mine`,
  );
  return (stored?.count ?? 0) > 0;
};
