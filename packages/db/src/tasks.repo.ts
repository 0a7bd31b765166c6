import type { Include, TaskOptions, TaskStatus } from "@phonoscene/contracts";
import { type Cursor, newId } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import type { Prisma, PrismaClient } from "./generated/client.ts";
import { addToOutbox } from "./outbox.repo.ts";
import { FORGET_GONE } from "./provider-work.repo.ts";
import { insertTranscript, type NewTranscript } from "./results.repo.ts";
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

const segmentsOf = (withWords: boolean) =>
  ({ segments: { orderBy: { position: "asc" }, omit: { words: !withWords } } }) satisfies Prisma.TranscriptInclude;

const includeRelations = (include: readonly Include[], withWords = false) =>
  ({
    audio: true,
    transcript: include.includes("transcript") && { include: segmentsOf(withWords) },
    scenes: include.includes("scenes") && { orderBy: { index: "asc" } },
    prompts: include.includes("prompts") && { orderBy: { position: "asc" }, include: { scene: true } },
  }) satisfies Prisma.TaskInclude;

type FullTask = Prisma.TaskGetPayload<{
  include: {
    audio: true;
    transcript: { include: { segments: true } };
    scenes: true;
    prompts: { include: { scene: true } };
  };
  omit: { text: true };
}>;

/** A task with its audio, and with the relations that were asked for (absent otherwise). The text stays behind. */
export type TaskRow = Omit<FullTask, Include> & Partial<Pick<FullTask, Include>>;

const CREATE_TIMEOUT_MS = 30_000;

const insertTask = (db: PrismaClient, task: NewTask): Promise<TaskRow> =>
  db.$transaction(
    async (tx) => {
      const { source, id = newId(), ...fields } = task;
      const audioId = source.kind === "audio" ? newId() : null;
      const kind = source.kind === "audio" ? "audio" : "text";
      if (source.kind === "audio" && audioId !== null) {
        await tx.audio.create({ data: { id: audioId, userId: task.userId, ...source.audio } });
      }
      const row = await tx.task.create({
        data: { id, ...fields, kind, audioId, text: source.kind === "text" ? source.text : null },
        include: { audio: true },
        omit: { text: true },
      });
      if (source.kind === "transcript") await insertTranscript(tx, id, source.transcript);
      await addToOutbox(tx, [
        { job: source.kind === "audio" ? "transcribe-audio" : "write-prompts", payload: { taskId: id } },
      ]);
      return row;
    },
    { timeout: CREATE_TIMEOUT_MS },
  );

/** Writes the task, its audio and the job that starts it in one transaction: all of it, or nothing. */
export const createTask = async (db: PrismaClient, task: NewTask): Promise<TaskRow> => {
  try {
    return await insertTask(db, task);
  } catch (error) {
    if (task.id === undefined || !isUniqueViolation(error)) throw error;
    const made = await findTask(db, { id: task.id, userId: task.userId });
    if (made === null) throw error;
    return made;
  }
};

/** The owner's task, or null: other people's tasks do not exist. */
export const findTask = (
  db: Db,
  where: { id: string; userId: string },
  include: readonly Include[] = [],
): Promise<TaskRow | null> =>
  // What is included is only known at run time; TaskRow says "absent or whole", which is what comes back.
  db.task.findFirst({ where, include: includeRelations(include), omit: { text: true } }) as Promise<TaskRow | null>;

/** As `findTask`, with the transcript and the times of its words, which may be as large as the rest many times over. */
export const findTaskWithWords = (db: Db, where: { id: string; userId: string }): Promise<TaskRow | null> =>
  // As in `findTask`.
  db.task.findFirst({
    where,
    include: includeRelations(["transcript"], true),
    omit: { text: true },
  }) as Promise<TaskRow | null>;

export type TaskFilter = {
  status?: TaskStatus | undefined;
  kind?: "text" | "audio" | undefined;
  /** Later than this, earlier than that: neither itself. */
  createdAfter?: Date | undefined;
  createdBefore?: Date | undefined;
  /** Found in the name, the text or the transcript; case does not matter. */
  q?: string | undefined;
  /** All of these. */
  metadata?: Record<string, string> | undefined;
};

/** Prisma passes the pattern characters of LIKE through. */
const literally = (text: string) => ({ contains: text.replaceAll(/[\\%_]/g, "\\$&"), mode: "insensitive" as const });

/** The conditions that make a filter; all must hold. */
const conditionsOf = (filter: TaskFilter): Prisma.TaskWhereInput[] => {
  const { status, kind, createdAfter, createdBefore, q, metadata = {} } = filter;
  const conditions = Object.entries(metadata).map(([key, value]): Prisma.TaskWhereInput => ({
    metadata: { path: [key], equals: value },
  }));
  if (status !== undefined) conditions.push({ status });
  if (kind !== undefined) conditions.push({ kind });
  if (createdAfter !== undefined) conditions.push({ createdAt: { gt: createdAfter } });
  if (createdBefore !== undefined) conditions.push({ createdAt: { lt: createdBefore } });
  if (q !== undefined) {
    const text = literally(q);
    conditions.push({ OR: [{ name: text }, { text }, { transcript: { is: { text } } }] });
  }
  return conditions;
};

export type TaskPage = {
  limit: number;
  order: "asc" | "desc";
  after: Cursor | null;
  include: readonly Include[];
} & TaskFilter;

/** One row more than the limit, so that the caller knows whether there is another page. Total order `(createdAt, id)`. */
export const listTasks = (db: Db, userId: string, page: TaskPage): Promise<TaskRow[]> => {
  const { after, order } = page;
  const beyond = order === "desc" ? "lt" : "gt";
  const where: Prisma.TaskWhereInput = { userId, AND: conditionsOf(page) };
  if (after !== null) {
    where.OR = [
      { createdAt: { [beyond]: after.createdAt } },
      { createdAt: after.createdAt, id: { [beyond]: after.id } },
    ];
  }
  return db.task.findMany({
    where,
    orderBy: [{ createdAt: order }, { id: order }],
    take: page.limit + 1,
    include: includeRelations(page.include),
    omit: { text: true },
    // As in `findTask`.
  }) as Promise<TaskRow[]>;
};

/** Deletes the task with all that belongs to it and asks for its recording, and a provider's copy, to be deleted. False if there is none. */
export const deleteTask = (db: PrismaClient, where: { id: string; userId: string }): Promise<boolean> =>
  db.$transaction(async (tx) => {
    const task = await tx.task.findFirst({ where, select: { audio: { select: { id: true, storageKey: true } } } });
    if (task === null) return false;
    await tx.$executeRaw`
      WITH gone AS (SELECT provider, provider_job_id FROM tasks WHERE id = ${where.id}::uuid FOR UPDATE), ${FORGET_GONE}`;
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
