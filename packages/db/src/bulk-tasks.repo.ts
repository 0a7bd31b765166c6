import type { TaskOptions, TaskStatus } from "@phonoscene/contracts";
import { newId } from "@phonoscene/kernel";

import { arrayLiteral } from "./array-literal.ts";
import type { Db } from "./client.ts";
import { Prisma, type PrismaClient } from "./generated/client.ts";
import { FORGET_GONE } from "./provider-work.repo.ts";
import { BULK_TIMEOUT_MS, type BulkItem, type ItemOutcome, repeated } from "./task-changes.repo.ts";
import { taskNotFound } from "./task-changes.ts";

export type NewTextTask = {
  name: string | null;
  language: string;
  metadata: Record<string, string>;
  options: TaskOptions;
  text: string;
};

type Call<Item> = { items: readonly BulkItem<Item>[]; isAtomic: boolean };

/** Writes tasks made of text and the jobs that start them in one statement: all of it, or nothing. */
const insertTextTasks = async (
  db: PrismaClient,
  userId: string,
  tasks: readonly (NewTextTask & { id: string })[],
): Promise<void> => {
  await db.$executeRaw`
    WITH made AS (
      INSERT INTO tasks (id, user_id, kind, name, language, text, metadata, options)
      SELECT id, ${userId}::uuid, 'text', name, language, text, metadata, options FROM unnest(
        ${arrayLiteral(tasks.map(({ id }) => id))}::uuid[],
        ${arrayLiteral(tasks.map(({ name }) => name))}::text[],
        ${arrayLiteral(tasks.map(({ language }) => language))}::text[],
        ${arrayLiteral(tasks.map(({ text }) => text))}::text[],
        ${arrayLiteral(tasks.map(({ metadata }) => JSON.stringify(metadata)))}::jsonb[],
        ${arrayLiteral(tasks.map(({ options }) => JSON.stringify(options)))}::jsonb[]
      ) AS row (id, name, language, text, metadata, options)
      RETURNING id
    )
    INSERT INTO outbox (job, payload) SELECT 'write-prompts', jsonb_build_object('taskId', id) FROM made`;
};

/** Makes tasks of texts, in one statement. `isAtomic`: where one item is at fault, none is made. */
export const createTextTasks = async (
  db: PrismaClient,
  userId: string,
  { items, isAtomic }: Call<NewTextTask>,
): Promise<ItemOutcome<{ id: string }>[]> => {
  const made = items.map((entry) => ("fault" in entry ? entry : { done: { id: newId() }, item: entry.item }));
  const tasks = made.flatMap((entry) => ("fault" in entry ? [] : [{ ...entry.item, ...entry.done }]));
  if (tasks.length > 0 && !(isAtomic && tasks.length < items.length)) await insertTextTasks(db, userId, tasks);
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
  if (audioIds.length === 0) return;
  await tx.$executeRaw`
    WITH orphans AS (
      DELETE FROM audio WHERE id = ANY(${arrayLiteral(audioIds)}::uuid[])
        AND NOT EXISTS (SELECT FROM tasks WHERE tasks.audio_id = audio.id)
      RETURNING storage_key
    )
    INSERT INTO outbox (job, payload)
    SELECT 'maintenance', jsonb_build_object('action', 'delete-audio', 'storageKey', storage_key) FROM orphans`;
};

/** Deletes the owner's tasks by id, in four statements at most. `isAtomic`: where one id is at fault, none goes. */
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
