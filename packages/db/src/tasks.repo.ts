import type { Include, TaskOptions } from "@phonoscene/contracts";
import { crashPoint, type Cursor, newId } from "@phonoscene/kernel";

import { claimAudio, deleteUnusedAudio, type NewAudio } from "./audio.repo.ts";
import type { Db } from "./client.ts";
import { insertFields } from "./columns.ts";
import { Prisma, type PrismaClient } from "./generated/client.ts";
import { toJsonb } from "./jsonb.ts";
import { ASK_FOR_DOOMED, DOOM_GONE } from "./provider-work.repo.ts";
import { query, queryPrepared } from "./query.ts";
import { insertTranscript, type NewTranscript } from "./results.repo.ts";
import { type TaskFilter, whereTasks } from "./task-filter.ts";
import { NEW_TASK_COLUMNS, TASK_WITH_WORDS, taskColumns, type TaskRow } from "./task-rows.ts";
import { isUniqueViolation } from "./unique.ts";

export type NewTask = {
  /** A task that is there already under this id, its owner's own, is the answer in place of a second one. */
  id?: string;
  userId: string;
  name: string | null;
  language: string;
  options: TaskOptions;
  source:
    | { kind: "text"; text: string }
    | { kind: "audio"; audio: NewAudio }
    /** A recording that the worker downloads. */
    | { kind: "url"; audioUrl: string }
    /** Words that have times already: a text to the state machine, and its transcript is there from the start. */
    | { kind: "transcript"; transcript: NewTranscript };
  /** What is said in the recording: it is not recognised but found there. */
  givenSegments?: readonly { text: string }[] | undefined;
  metadata?: Record<string, string>;
  /** Canceled if it is not over so long after now. */
  deadlineMs?: number | undefined;
};

const CREATE_TIMEOUT_MS = 30_000;

type TaskFields = Omit<NewTask, "source">;
type Source = NewTask["source"] | { kind: "stored-audio"; audioId: string };

const audioIdOf = (source: Source): string | null => {
  if (source.kind === "stored-audio") return source.audioId;
  return source.kind === "audio" ? newId() : null;
};

/** What each source adds to the task; a transcript is a text to the state machine. */
const sourceFields = (source: Source) => ({
  kind: source.kind === "text" || source.kind === "transcript" ? "text" : "audio",
  audioId: audioIdOf(source),
  audioUrl: source.kind === "url" ? source.audioUrl : null,
  text: source.kind === "text" ? source.text : null,
});

/** The task, its audio, and the job that starts it, in one statement: all of it, or nothing. */
const insertTask = async (
  db: Db,
  id: string,
  { source, ...task }: TaskFields & { source: Source },
): Promise<TaskRow> => {
  const { options, metadata, givenSegments, deadlineMs, ...fields } = task;
  const { audioId, kind, ...ofSource } = sourceFields(source);
  const audio = source.kind === "audio" ? { id: audioId, userId: task.userId, ...source.audio } : null;
  const job = kind === "audio" ? "transcribe-audio" : "write-prompts";
  const json = {
    options: JSON.stringify(options),
    metadata: metadata && JSON.stringify(metadata),
    givenSegments: givenSegments && toJsonb(givenSegments),
  };
  const deadlineAt = deadlineMs === undefined ? undefined : Prisma.sql`now() + ${deadlineMs}::float8 * interval '1 ms'`;
  const [row] = await queryPrepared<Omit<TaskRow, "audio">>(
    db,
    Prisma.sql`
      WITH ${audio === null ? Prisma.empty : Prisma.sql`recording AS (INSERT INTO audio ${insertFields(audio)}),`}
      job AS (INSERT INTO outbox ${insertFields({ job, payload: JSON.stringify({ taskId: id }) })})
      INSERT INTO tasks AS t ${insertFields({ ...fields, ...ofSource, ...json, id, kind, audioId, deadlineAt })}
      RETURNING ${NEW_TASK_COLUMNS}`,
  );
  if (row === undefined) throw new Error("INSERT gave no row");
  return { ...row, audio: audio && audioId ? { ...audio, id: audioId, durationMs: null } : null };
};

/** A source that takes more than one statement. Null: there is no such stored audio. */
const insertInSteps = (
  db: PrismaClient,
  id: string,
  task: TaskFields & { source: Extract<Source, { kind: "transcript" | "stored-audio" }> },
): Promise<TaskRow | null> =>
  db.$transaction(
    async (tx) => {
      const { source, userId } = task;
      if (source.kind === "stored-audio" && (await claimAudio(tx, userId, [source.audioId])).length === 0) return null;
      await insertTask(tx, id, task);
      if (source.kind === "transcript") await insertTranscript(tx, id, source.transcript);
      return findTask(tx, { id, userId });
    },
    { timeout: CREATE_TIMEOUT_MS },
  );

const insertOrFind = async (db: PrismaClient, task: TaskFields, source: Source): Promise<TaskRow | null> => {
  const id = task.id ?? newId();
  try {
    const row = await (source.kind === "transcript" || source.kind === "stored-audio"
      ? insertInSteps(db, id, { ...task, source })
      : insertTask(db, id, { ...task, source }));
    crashPoint("create/committed");
    return row;
  } catch (error) {
    if (task.id === undefined || !isUniqueViolation(error)) throw error;
    const made = await findTask(db, { id: task.id, userId: task.userId });
    if (made === null) throw error;
    return made;
  }
};

/** Writes the task, its audio and the job that starts it in one transaction: all of it, or nothing. */
export const createTask = async (db: PrismaClient, { source, ...task }: NewTask): Promise<TaskRow> => {
  const row = await insertOrFind(db, task, source);
  if (row === null) throw new Error("only a task of stored audio can miss its source");
  return row;
};

/** As `createTask`, of audio that was stored earlier. Null: the owner has no such audio, or it has expired. */
export const createTaskOfAudio = (
  db: PrismaClient,
  { audioId, ...task }: TaskFields & { audioId: string },
): Promise<TaskRow | null> => insertOrFind(db, task, { kind: "stored-audio", audioId });

/** The owner's task, or null: other people's tasks do not exist. */
export const findTask = async (
  db: Db,
  { id, userId }: { id: string; userId: string },
  include: readonly Include[] = [],
): Promise<TaskRow | null> => {
  const [row] = await queryPrepared<TaskRow>(
    db,
    Prisma.sql`SELECT ${taskColumns(include)} FROM tasks AS t WHERE t.id = ${id}::uuid AND t.user_id = ${userId}::uuid`,
  );
  return row ?? null;
};

/** As `findTask`, with the transcript and the times of its words, which may be as large as the rest many times over. */
export const findTaskWithWords = async (
  db: Db,
  { id, userId }: { id: string; userId: string },
): Promise<TaskRow | null> => {
  const [row] = await queryPrepared<TaskRow>(
    db,
    Prisma.sql`SELECT ${TASK_WITH_WORDS} FROM tasks AS t WHERE t.id = ${id}::uuid AND t.user_id = ${userId}::uuid`,
  );
  return row ?? null;
};

export type TaskPage = {
  limit: number;
  order: "asc" | "desc";
  after: Cursor | null;
  include: readonly Include[];
} & TaskFilter;

/** One row more than the limit, so that the caller knows whether there is another page. Total order `(createdAt, id)`. */
export const listTasks = (db: Db, userId: string, page: TaskPage): Promise<TaskRow[]> => {
  const { after, order, include, limit, ...filter } = page;
  const [beyond, direction] = order === "desc" ? ["<", "DESC"] : [">", "ASC"];
  const conditions = whereTasks(userId, filter);
  if (after !== null) {
    const place = Prisma.sql`(${after.createdAt.toISOString()}::timestamptz, ${after.id}::uuid)`;
    conditions.push(Prisma.sql`(t.created_at, t.id) ${Prisma.raw(beyond)} ${place}`);
  }
  const isPlain = conditions.length === (after === null ? 1 : 2);
  return (isPlain ? queryPrepared : query)<TaskRow>(
    db,
    Prisma.sql`
      SELECT ${taskColumns(include)} FROM tasks AS t WHERE ${Prisma.join(conditions, " AND ")}
      ORDER BY t.created_at ${Prisma.raw(direction)}, t.id ${Prisma.raw(direction)} LIMIT ${Prisma.raw(String(Math.trunc(limit) + 1))}`,
  );
};

/** Deletes the task with all that belongs to it and asks for its recording, and a provider's copy, to be deleted. False if there is none. */
export const deleteTask = async (db: PrismaClient, where: { id: string; userId: string }): Promise<boolean> => {
  const isGone = await db.$transaction(async (tx) => {
    const [deleted] = await tx.$queryRaw<{ audioId: string | null }[]>`
      WITH gone AS (
        DELETE FROM tasks WHERE id = ${where.id}::uuid AND user_id = ${where.userId}::uuid
        RETURNING audio_id, provider, provider_job_id
      ), ${DOOM_GONE}, asked AS (${ASK_FOR_DOOMED})
      SELECT audio_id AS "audioId" FROM gone`;
    if (deleted === undefined) return false;
    if (deleted.audioId !== null) await deleteUnusedAudio(tx, [deleted.audioId]);
    return true;
  });
  crashPoint("erase/rows-gone");
  return isGone;
};
