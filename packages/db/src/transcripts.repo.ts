import { MAX_TRANSCRIPT_REVISIONS, type SegmentChange } from "@phonoscene/contracts";

import { arrayLiteral } from "./array-literal.ts";
import type { Db } from "./client.ts";
import type { PrismaClient } from "./generated/client.ts";
import { insertSegments, joined } from "./results.repo.ts";
import type { ItemFault } from "./task-changes.ts";
import type { OwnedTask } from "./task-control.repo.ts";
import { planTranscript, type StoredSegment, type TranscriptPlan } from "./transcript-changes.ts";
import { KEEP_TRANSCRIPT, TRANSCRIPT_SEGMENTS } from "./transcript-sql.ts";

export type TranscriptChange =
  | { kind: "edit"; language?: string | undefined; segments: readonly SegmentChange[] }
  | { kind: "restore"; version: number };

export type TranscriptOutcome =
  | { outcome: "changed" }
  | { outcome: "not-found" | "no-transcript" | "not-over" | "stale" }
  /** Of a restoration. */
  | { outcome: "no-revision"; current: number }
  | { outcome: "fault"; fault: ItemFault };

type Current = { version: number; language: string; durationMs: number | null; segments: StoredSegment[] };

const lock = async (
  tx: Db,
  { id, userId }: OwnedTask,
): Promise<{ isOver: boolean; current: Current | null } | null> => {
  const [task] = await tx.$queryRaw<{ isOver: boolean }[]>`
    SELECT status IN ('completed', 'failed', 'canceled') AS "isOver" FROM tasks
    WHERE id = ${id}::uuid AND user_id = ${userId}::uuid FOR UPDATE`;
  if (task === undefined) return null;
  const [current] = await tx.$queryRaw<Current[]>`
    SELECT version, language, duration_ms AS "durationMs", ${TRANSCRIPT_SEGMENTS} AS segments FROM transcripts
    WHERE task_id = ${id}::uuid`;
  return { isOver: task.isOver, current: current ?? null };
};

type Planned = TranscriptPlan & { language: string };

const samePlaces = (count: number): Map<number, number> =>
  new Map(Array.from({ length: count }, (_, place) => [place, place]));

const planRestore = async (
  tx: Db,
  taskId: string,
  { version, current }: { version: number; current: Current },
): Promise<Planned | { outcome: "no-revision"; current: number }> => {
  if (version === current.version) return { ...current, placeNow: samePlaces(current.segments.length) };
  const [found] = await tx.$queryRaw<{ language: string; segments: StoredSegment[] }[]>`
    SELECT language, segments FROM transcript_revisions WHERE task_id = ${taskId}::uuid AND version = ${version}::int`;
  if (found === undefined) return { outcome: "no-revision", current: current.version };
  return { ...found, placeNow: samePlaces(Math.min(found.segments.length, current.segments.length)) };
};

const planChange = async (
  tx: Db,
  taskId: string,
  { current, change }: { current: Current; change: TranscriptChange },
): Promise<Planned | Exclude<TranscriptOutcome, { outcome: "changed" }>> => {
  if (change.kind === "restore") return planRestore(tx, taskId, { version: change.version, current });
  const plan = planTranscript(current, change.segments);
  if ("fault" in plan) return { outcome: "fault", fault: plan.fault };
  return { ...plan, language: change.language ?? current.language };
};

/** Its parts see the rows as they were; segments are written over, and those past the end deleted. */
const store = async (tx: Db, taskId: string, { segments, language, placeNow }: Planned): Promise<void> => {
  const [before, now] = [[...placeNow.keys()], [...placeNow.values()]];
  await tx.$executeRaw`
    WITH mine AS (
      UPDATE tasks SET version = version + 1, updated_at = clock_timestamp() WHERE id = ${taskId}::uuid RETURNING id
    ), kept AS (${KEEP_TRANSCRIPT}),
    heard AS (
      UPDATE transcripts SET version = version + 1, language = ${language}, text = ${joined(segments)}
      FROM mine WHERE task_id = mine.id RETURNING task_id AS id
    ), spoken AS (${insertSegments(segments)}
      ON CONFLICT (task_id, position) DO UPDATE SET start_ms = excluded.start_ms, end_ms = excluded.end_ms,
        text = excluded.text, confidence = excluded.confidence, speaker = excluded.speaker, words = excluded.words
    ), unsaid AS (
      DELETE FROM transcript_segments USING mine WHERE task_id = mine.id AND position >= ${segments.length}::int
    ), places AS (
      SELECT * FROM unnest(${arrayLiteral(before)}::int[], ${arrayLiteral(now)}::int[]) AS place (was, is_now)
    )
    UPDATE scenes SET segment_ids = coalesce(
      (SELECT array_agg(is_now ORDER BY is_now) FROM places WHERE was = ANY(scenes.segment_ids)), '{}')
    FROM mine WHERE task_id = mine.id`;
  await tx.$executeRaw`
    DELETE FROM transcript_revisions WHERE task_id = ${taskId}::uuid AND version NOT IN (
      SELECT version FROM transcript_revisions WHERE task_id = ${taskId}::uuid ORDER BY version DESC
      LIMIT ${MAX_TRANSCRIPT_REVISIONS}::int)`;
};

/**
 * Changes the transcript of a task that is over, under the task's lock; what it was is kept as a revision. Scenes go on
 * naming the segments that they named. `version: undefined` takes any.
 */
export const changeTranscript = (
  db: PrismaClient,
  task: OwnedTask & { version: number | undefined },
  change: TranscriptChange,
): Promise<TranscriptOutcome> =>
  db.$transaction(async (tx) => {
    const found = await lock(tx, task);
    if (found === null) return { outcome: "not-found" };
    if (!found.isOver) return { outcome: "not-over" };
    const { current } = found;
    if (current === null) return { outcome: "no-transcript" };
    if (task.version !== undefined && task.version !== current.version) return { outcome: "stale" };
    const plan = await planChange(tx, task.id, { current, change });
    if ("outcome" in plan) return plan;
    await store(tx, task.id, plan);
    return { outcome: "changed" };
  });

export type TranscriptRevisionRow = {
  version: number;
  language: string;
  engine: string;
  segmentCount: number;
  createdAt: Date;
};

/** The earlier transcripts of a task, newest first; the caller has found the task under its owner. */
export const listTranscriptRevisions = (db: Db, { id, userId }: OwnedTask): Promise<TranscriptRevisionRow[]> =>
  db.$queryRaw<TranscriptRevisionRow[]>`
    SELECT r.version, r.language, r.engine, jsonb_array_length(r.segments) AS "segmentCount", r.created_at AS "createdAt"
    FROM transcript_revisions r JOIN tasks ON tasks.id = r.task_id
    WHERE r.task_id = ${id}::uuid AND tasks.user_id = ${userId}::uuid ORDER BY r.version DESC`;

export type TranscriptRevision = { language: string; engine: string; segments: StoredSegment[] };

export const findTranscriptRevision = async (
  db: Db,
  { id, userId }: OwnedTask,
  version: number,
): Promise<TranscriptRevision | null> => {
  const [row] = await db.$queryRaw<TranscriptRevision[]>`
    SELECT r.language, r.engine, r.segments FROM transcript_revisions r JOIN tasks ON tasks.id = r.task_id
    WHERE r.task_id = ${id}::uuid AND tasks.user_id = ${userId}::uuid AND r.version = ${version}::int`;
  return row ?? null;
};
