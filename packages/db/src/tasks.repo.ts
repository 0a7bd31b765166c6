import type { Include, TaskOptions } from "@phonoscene/contracts";
import { type Cursor, newId } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import { insertFields } from "./columns.ts";
import { Prisma, type PrismaClient } from "./generated/client.ts";
import { addToOutbox } from "./outbox.repo.ts";
import { query, queryPrepared } from "./query.ts";
import { insertTranscript, type NewTranscript } from "./results.repo.ts";
import { type TaskFilter, whereTasks } from "./task-filter.ts";
import { NEW_TASK_COLUMNS, taskColumns, type TaskRow } from "./task-rows.ts";
import { isUniqueViolation } from "./unique.ts";

export type NewAudio = { filename: string; format: string; sizeBytes: number; storageKey: string };

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
    /** Words that have times already: a text to the state machine, and its transcript is there from the start. */
    | { kind: "transcript"; transcript: NewTranscript };
  metadata?: Record<string, string>;
};

const CREATE_TIMEOUT_MS = 30_000;

/** What each source adds to the task; a transcript is a text to the state machine. */
const sourceFields = ({ source }: NewTask) => ({
  kind: source.kind === "audio" ? ("audio" as const) : ("text" as const),
  audioId: source.kind === "audio" ? newId() : null,
  text: source.kind === "text" ? source.text : null,
});

/** The task, its audio, and the job that starts it, in one statement: all of it, or nothing. */
const insertTask = async (db: Db, id: string, task: NewTask): Promise<TaskRow> => {
  const { source, options, metadata, ...fields } = task;
  const { audioId, ...ofSource } = sourceFields(task);
  const audio = source.kind === "audio" ? { id: audioId, userId: task.userId, ...source.audio } : null;
  const job = source.kind === "audio" ? "transcribe-audio" : "write-prompts";
  const json = { options: JSON.stringify(options), metadata: metadata && JSON.stringify(metadata) };
  const [row] = await queryPrepared<Omit<TaskRow, "audio">>(
    db,
    Prisma.sql`
      WITH ${audio === null ? Prisma.empty : Prisma.sql`recording AS (INSERT INTO audio ${insertFields(audio)}),`}
      job AS (INSERT INTO outbox ${insertFields({ job, payload: JSON.stringify({ taskId: id }) })})
      INSERT INTO tasks AS t ${insertFields({ ...fields, ...ofSource, ...json, id, audioId })}
      RETURNING ${NEW_TASK_COLUMNS}`,
  );
  if (row === undefined) throw new Error("INSERT gave no row");
  return { ...row, audio: audio && audioId ? { ...audio, id: audioId, durationMs: null } : null };
};

/** Writes the task, its audio and the job that starts it in one transaction: all of it, or nothing. */
export const createTask = async (db: PrismaClient, task: NewTask): Promise<TaskRow> => {
  const { id = newId(), source } = task;
  try {
    if (source.kind !== "transcript") return await insertTask(db, id, task);
    return await db.$transaction(
      async (tx) => {
        const row = await insertTask(tx, id, task);
        await insertTranscript(tx, id, source.transcript);
        return row;
      },
      { timeout: CREATE_TIMEOUT_MS },
    );
  } catch (error) {
    if (task.id === undefined || !isUniqueViolation(error)) throw error;
    const made = await findTask(db, { id: task.id, userId: task.userId });
    if (made === null) throw error;
    return made;
  }
};

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

/** Deletes the task with all that belongs to it and asks for its recording to be deleted. False if there is none. */
export const deleteTask = (db: PrismaClient, where: { id: string; userId: string }): Promise<boolean> =>
  db.$transaction(async (tx) => {
    const task = await tx.task.findFirst({ where, select: { audio: { select: { id: true, storageKey: true } } } });
    if (task === null) return false;
    const { count } = await tx.task.deleteMany({ where });
    if (count === 0) return false;
    if (task.audio !== null) {
      const { count: orphans } = await tx.audio.deleteMany({ where: { id: task.audio.id, tasks: { none: {} } } });
      if (orphans > 0) {
        const payload = { action: "delete-audio", storageKey: task.audio.storageKey };
        await addToOutbox(tx, [{ job: "maintenance", payload }]);
      }
    }
    return true;
  });

/** Of these storage keys, the ones that an audio row still names. */
export const findKnownStorageKeys = async (db: Db, storageKeys: readonly string[]): Promise<Set<string>> => {
  const rows = await db.audio.findMany({
    where: { storageKey: { in: [...storageKeys] } },
    select: { storageKey: true },
  });
  return new Set(rows.map((row) => row.storageKey));
};
