import type { TaskOptions, TaskStatus } from "@phonoscene/contracts";
import { newId } from "@phonoscene/kernel";

import { arrayLiteral } from "./array-literal.ts";
import { claimAudio, deleteUnusedAudio } from "./audio.repo.ts";
import type { Db } from "./client.ts";
import { Prisma, type PrismaClient } from "./generated/client.ts";
import { FORGET_GONE } from "./provider-work.repo.ts";
import { query } from "./query.ts";
import { BULK_TIMEOUT_MS, type BulkItem, type ItemOutcome, repeated } from "./task-changes.repo.ts";
import { type ItemFault, taskNotFound } from "./task-changes.ts";

export type NewBulkTask = {
  name: string | null;
  language: string;
  metadata: Record<string, string>;
  options: TaskOptions;
  /** Exactly one of the three. */
  text?: string | undefined;
  audioUrl?: string | undefined;
  audioId?: string | undefined;
  /** As in `NewTask`. */
  deadlineMs?: number | undefined;
};

type Call<Item> = { items: readonly BulkItem<Item>[]; isAtomic: boolean };

type CreateCall = Call<NewBulkTask> & {
  /** A UUIDv7 that names this call. Tasks that an earlier one with it has made are the answer in place of more. */
  callId?: string;
};

/**
 * The id of an item: the same whenever the call is made again, and in the order of the items, as RFC 9562 has it for
 * ids made in a batch (6.2, method 1: 14 bits of counter after the time; 60 bits stay random).
 */
const numberedId = (callId: string, index: number): string => {
  const hex = callId.replaceAll("-", "");
  const counter = (index >> 2).toString(16).padStart(3, "0");
  const variant = (8 | (index & 3)).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${counter}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
};

/** Each value once, and for each item which it is: the options of 10,000 tasks are mostly the same few. */
const distinct = (values: readonly unknown[]): { texts: string[]; places: number[] } => {
  const placeOf = new Map<string, number>();
  const places = values.map((value) => {
    const text = JSON.stringify(value);
    const place = placeOf.get(text) ?? placeOf.size + 1;
    placeOf.set(text, place);
    return place;
  });
  return { texts: [...placeOf.keys()], places };
};

/** Writes tasks and the jobs that start them in one statement: all of it, or nothing. */
const insertTasks = async (db: Db, userId: string, tasks: readonly (NewBulkTask & { id: string })[]): Promise<void> => {
  const metadata = distinct(tasks.map((task) => task.metadata));
  const options = distinct(tasks.map((task) => task.options));
  await query(
    db,
    Prisma.sql`
      WITH given AS (
        SELECT ${arrayLiteral(metadata.texts)}::jsonb[] AS metadata, ${arrayLiteral(options.texts)}::jsonb[] AS options
      ), made AS (
        INSERT INTO tasks (id, user_id, kind, name, language, text, audio_url, audio_id, metadata, options, deadline_at)
        SELECT id, ${userId}::uuid, (CASE WHEN text IS NULL THEN 'audio' ELSE 'text' END)::"TaskKind", name, language, text,
          audio_url, audio_id, given.metadata[metadata_place], given.options[options_place],
          now() + deadline_ms * interval '1 ms'
        FROM given, unnest(
          ${arrayLiteral(tasks.map(({ id }) => id))}::uuid[],
          ${arrayLiteral(tasks.map(({ name }) => name))}::text[],
          ${arrayLiteral(tasks.map(({ language }) => language))}::text[],
          ${arrayLiteral(tasks.map(({ text = null }) => text))}::text[],
          ${arrayLiteral(tasks.map(({ audioUrl = null }) => audioUrl))}::text[],
          ${arrayLiteral(tasks.map(({ audioId = null }) => audioId))}::uuid[],
          ${arrayLiteral(metadata.places)}::int[],
          ${arrayLiteral(options.places)}::int[],
          ${arrayLiteral(tasks.map(({ deadlineMs = null }) => deadlineMs))}::float8[]
        ) AS row (id, name, language, text, audio_url, audio_id, metadata_place, options_place, deadline_ms)
        ON CONFLICT (id) DO NOTHING RETURNING id, kind
      )
      INSERT INTO outbox (job, payload)
      SELECT CASE kind WHEN 'audio' THEN 'transcribe-audio' ELSE 'write-prompts' END, jsonb_build_object('taskId', id)
      FROM made`,
  );
};

/** What an audio id meets that is not there, is somebody else's, or has expired. */
export const audioNotFound: ItemFault = {
  code: "audio/not-found",
  path: "audioId",
  message: "There is no such audio among yours: it was never there, it was deleted, or nothing used it for 24 hours.",
};

/** Ends the transaction of an atomic call, so that audio that it claimed expires as before. */
class NothingDone extends Error {
  override readonly name = "NothingDone";
}

type Made = { done: { id: string }; item: NewBulkTask } | { fault: ItemFault };

const checkAudio = (entry: Made, found: ReadonlySet<string>): Made =>
  "fault" in entry || entry.item.audioId === undefined || found.has(entry.item.audioId)
    ? entry
    : { fault: audioNotFound };

const tasksOf = (made: readonly Made[]) =>
  made.flatMap((entry) => ("fault" in entry ? [] : [{ ...entry.item, ...entry.done }]));

/** Makes tasks in one statement, or in four where audio is used. `isAtomic`: where one item is at fault, none is made. */
export const createTasks = async (
  db: PrismaClient,
  userId: string,
  { items, isAtomic, callId = newId() }: CreateCall,
): Promise<ItemOutcome<{ id: string }>[]> => {
  let made = items.map((entry, index): Made =>
    "fault" in entry ? entry : { done: { id: numberedId(callId, index) }, item: entry.item },
  );
  const isRefused = (): boolean => isAtomic && made.some((entry) => "fault" in entry);
  const audioIds = [...new Set(tasksOf(made).flatMap(({ audioId }) => audioId ?? []))];
  const insert = async (tx: Db): Promise<void> => {
    const tasks = tasksOf(made);
    if (tasks.length > 0) await insertTasks(tx, userId, tasks);
  };
  if (audioIds.length === 0) {
    if (!isRefused()) await insert(db);
  } else {
    await db
      .$transaction(
        async (tx) => {
          const found = new Set(await claimAudio(tx, userId, audioIds));
          made = made.map((entry) => checkAudio(entry, found));
          if (isRefused()) throw new NothingDone();
          await insert(tx);
        },
        { timeout: BULK_TIMEOUT_MS },
      )
      .catch((error: unknown) => {
        if (!(error instanceof NothingDone)) throw error;
      });
  }
  return made.map((entry) => ("fault" in entry ? entry : { done: entry.done }));
};

type DoomedTask = { id: string; audioId: string | null };

/** Deletes locked tasks with all that belongs to them, and asks for recordings that no task names any more, and providers' copies, to go too. */
const deleteLocked = async (tx: Db, doomed: readonly DoomedTask[]): Promise<void> => {
  if (doomed.length === 0) return;
  await tx.$executeRaw`
    WITH gone AS (
      DELETE FROM tasks WHERE id = ANY(${arrayLiteral(doomed.map(({ id }) => id))}::uuid[])
      RETURNING provider, provider_job_id
    ), ${FORGET_GONE}`;
  const audioIds = [...new Set(doomed.flatMap(({ audioId }) => (audioId === null ? [] : [audioId])))];
  if (audioIds.length > 0) await deleteUnusedAudio(tx, audioIds);
};

/** Deletes the owner's tasks by id, in six statements at most. `isAtomic`: where one id is at fault, none goes. */
export const deleteTasks = (
  db: PrismaClient,
  userId: string,
  { items, isAtomic }: Call<string>,
): Promise<ItemOutcome<{ id: string }>[]> =>
  db.$transaction(
    async (tx) => {
      const ids = items.flatMap((entry) => ("fault" in entry ? [] : [entry.item]));
      const found = await tx.$queryRaw<DoomedTask[]>`
        SELECT id, audio_id AS "audioId" FROM tasks
        WHERE id = ANY(${arrayLiteral(ids)}::uuid[]) AND user_id = ${userId}::uuid ORDER BY id FOR UPDATE`;
      const owned = new Set(found.map(({ id }) => id));
      const seen = new Set<string>();
      const outcomes = items.map((entry): ItemOutcome<{ id: string }> => {
        if ("fault" in entry) return entry;
        const id = entry.item;
        if (seen.has(id)) return { fault: { ...repeated, path: "" } };
        seen.add(id);
        return owned.has(id) ? { done: { id } } : { fault: { ...taskNotFound, path: "" } };
      });
      if (!isAtomic || outcomes.every((outcome) => "done" in outcome)) await deleteLocked(tx, found);
      return outcomes;
    },
    { timeout: BULK_TIMEOUT_MS },
  );

export type DoomedFilter = {
  status?: TaskStatus | undefined;
  kind?: "text" | "audio" | undefined;
  createdAfter?: Date | undefined;
  createdBefore?: Date | undefined;
};

const conditionsOf = (userId: string, { status, kind, createdAfter, createdBefore }: DoomedFilter): Prisma.Sql =>
  Prisma.join(
    [
      Prisma.sql`user_id = ${userId}::uuid`,
      ...(status === undefined ? [] : [Prisma.sql`status = ${status}::"TaskStatus"`]),
      ...(kind === undefined ? [] : [Prisma.sql`kind = ${kind}::"TaskKind"`]),
      ...(createdAfter === undefined ? [] : [Prisma.sql`created_at > ${createdAfter}`]),
      ...(createdBefore === undefined ? [] : [Prisma.sql`created_at < ${createdBefore}`]),
    ],
    " AND ",
  );

/** Deletes the owner's oldest tasks that the filter takes, `limit` at most, and says whether there are more. */
export const deleteMatchingTasks = (
  db: PrismaClient,
  userId: string,
  { filter, limit }: { filter: DoomedFilter; limit: number },
): Promise<{ deleted: number; hasMore: boolean }> =>
  db.$transaction(
    async (tx) => {
      const conditions = conditionsOf(userId, filter);
      // The conditions again outside: a row that changed while this waited for its lock is looked at anew.
      const found = await tx.$queryRaw<DoomedTask[]>`
        WITH picked AS MATERIALIZED (
          SELECT id FROM tasks WHERE ${conditions} ORDER BY created_at, id LIMIT ${limit + 1}
        )
        SELECT tasks.id, audio_id AS "audioId" FROM tasks JOIN picked USING (id)
        WHERE ${conditions} ORDER BY tasks.id FOR UPDATE OF tasks`;
      const doomed = found.slice(0, limit);
      await deleteLocked(tx, doomed);
      return { deleted: doomed.length, hasMore: found.length > limit };
    },
    { timeout: BULK_TIMEOUT_MS },
  );
