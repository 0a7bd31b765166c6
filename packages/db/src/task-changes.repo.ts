import { arrayLiteral } from "./array-literal.ts";
import type { Db } from "./client.ts";
import type { PrismaClient } from "./generated/client.ts";
import {
  type ItemFault,
  planTask,
  type StoredPrompt,
  type StoredTask,
  type TaskChange,
  type TaskPlan,
} from "./task-changes.ts";

/** What became of one item. */
export type ItemOutcome<Done> = { done: Done } | { fault: ItemFault };

/** An item as it came in: usable, or found at fault before the database was asked. */
export type BulkItem<Item> = { item: Item } | { fault: ItemFault };

export const BULK_TIMEOUT_MS = 60_000;

type LockedTask = { id: string; version: number; isOver: boolean };

/** One string of JSON: a row for each of 10,000 tasks costs more to read than the statement itself. */
const parseRows = <Row>([found]: readonly { rows: string | null }[]): Row[] =>
  // Each statement that is read so builds its rows itself.
  JSON.parse(found?.rows ?? "[]") as Row[];

/** In the order of their ids, so that two calls over the same tasks wait for each other instead of deadlocking. */
const lockTasks = async (tx: Db, userId: string, ids: readonly string[]): Promise<LockedTask[]> => {
  const found = await tx.$queryRaw<{ rows: string | null }[]>`
    WITH locked AS MATERIALIZED (
      SELECT id, version, status FROM tasks
      WHERE id = ANY(${arrayLiteral(ids)}::uuid[]) AND user_id = ${userId}::uuid ORDER BY id FOR UPDATE
    )
    SELECT json_agg(json_build_array(id, version, status IN ('completed', 'failed', 'canceled')))::text AS rows FROM locked`;
  return parseRows<[string, number, boolean]>(found).map(([id, version, isOver]) => ({ id, version, isOver }));
};

/** The prompts of each task, in order. */
const readPrompts = async (tx: Db, taskIds: readonly string[]): Promise<Map<string, StoredPrompt[]>> => {
  if (taskIds.length === 0) return new Map();
  const found = await tx.$queryRaw<{ rows: string | null }[]>`
    SELECT json_agg(json_build_array(task_id, id, version, locked) ORDER BY task_id, position)::text AS rows
    FROM prompts WHERE task_id = ANY(${arrayLiteral(taskIds)}::uuid[])`;
  const prompts = new Map<string, StoredPrompt[]>(taskIds.map((taskId) => [taskId, []]));
  for (const [taskId, id, version, locked] of parseRows<[string, string, number, boolean]>(found)) {
    prompts.get(taskId)?.push({ id, version, locked });
  }
  return prompts;
};

const readScenes = async (tx: Db, taskIds: readonly string[]): Promise<Map<string, Map<number, string>>> => {
  if (taskIds.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ taskId: string; index: number; id: string }[]>`
    SELECT task_id AS "taskId", index, id FROM scenes WHERE task_id = ANY(${arrayLiteral(taskIds)}::uuid[])`;
  const scenes = new Map<string, Map<number, string>>();
  for (const { taskId, index, id } of rows) scenes.set(taskId, (scenes.get(taskId) ?? new Map()).set(index, id));
  return scenes;
};

const readTasks = async (
  tx: Db,
  userId: string,
  changes: readonly TaskChange[],
): Promise<ReadonlyMap<string, StoredTask>> => {
  const locked = await lockTasks(
    tx,
    userId,
    changes.map(({ id }) => id),
  );
  const owned = new Set(locked.map(({ id }) => id));
  const withPrompts = changes.filter(({ id, prompts = [] }) => owned.has(id) && prompts.length > 0);
  const prompts = await readPrompts(
    tx,
    withPrompts.map(({ id }) => id),
  );
  const withScenes = withPrompts.filter((change) =>
    change.prompts?.some(({ sceneIndex }) => typeof sceneIndex === "number"),
  );
  const scenes = await readScenes(
    tx,
    withScenes.map(({ id }) => id),
  );
  return new Map(
    locked.map(({ id, version, isOver }) => [
      id,
      { version, isOver, prompts: prompts.get(id) ?? [], sceneIds: scenes.get(id) ?? new Map<number, string>() },
    ]),
  );
};

const updateTasks = async (tx: Db, plans: readonly TaskPlan[]): Promise<void> => {
  await tx.$executeRaw`
    UPDATE tasks SET version = tasks.version + 1, updated_at = clock_timestamp(),
      name = CASE WHEN change.sets_name THEN change.name ELSE tasks.name END
    FROM unnest(${arrayLiteral(plans.map(({ id }) => id))}::uuid[], ${arrayLiteral(plans.map(({ change }) => change.name !== undefined))}::bool[],
      ${arrayLiteral(plans.map(({ change }) => change.name ?? null))}::text[]) AS change (id, sets_name, name)
    WHERE tasks.id = change.id`;
};

const deletePrompts = async (tx: Db, plans: readonly TaskPlan[]): Promise<void> => {
  const ids = plans.flatMap(({ deletes }) => deletes);
  if (ids.length > 0) await tx.$executeRaw`DELETE FROM prompts WHERE id = ANY(${arrayLiteral(ids)}::uuid[])`;
};

/** Changes, moves, and keeps the words that are replaced, in one statement: its parts see the rows as they were. */
const updatePrompts = async (tx: Db, plans: readonly TaskPlan[]): Promise<void> => {
  const updates = plans.flatMap((plan) => plan.updates);
  if (updates.length === 0) return;
  await tx.$executeRaw`
    WITH change AS MATERIALIZED (
      SELECT * FROM unnest(
        ${arrayLiteral(updates.map(({ id }) => id))}::uuid[],
        ${arrayLiteral(updates.map(({ position }) => position))}::int[],
        ${arrayLiteral(updates.map(({ change }) => change !== null))}::bool[],
        ${arrayLiteral(updates.map(({ change }) => change?.content ?? null))}::text[],
        ${arrayLiteral(updates.map(({ change }) => change?.negative !== undefined))}::bool[],
        ${arrayLiteral(updates.map(({ change }) => change?.negative ?? null))}::text[],
        ${arrayLiteral(updates.map(({ change }) => change?.locked ?? null))}::bool[]
      ) AS row (id, position, is_touched, content, sets_negative, negative, locked)
    ), kept AS (
      INSERT INTO prompt_revisions (prompt_id, version, content, negative, created_at)
      SELECT prompts.id, prompts.version, prompts.content, prompts.negative, prompts.updated_at
      FROM prompts JOIN change USING (id)
      WHERE prompts.content <> change.content
        OR (change.sets_negative AND prompts.negative IS DISTINCT FROM change.negative)
    )
    UPDATE prompts SET
      position = change.position,
      content = coalesce(change.content, prompts.content),
      negative = CASE WHEN change.sets_negative THEN change.negative ELSE prompts.negative END,
      locked = coalesce(change.locked, prompts.locked),
      edited = prompts.edited OR prompts.content <> coalesce(change.content, prompts.content)
        OR (change.sets_negative AND prompts.negative IS DISTINCT FROM change.negative),
      version = CASE WHEN change.is_touched THEN prompts.version + 1 ELSE prompts.version END,
      updated_at = CASE WHEN change.is_touched THEN now() ELSE prompts.updated_at END
    FROM change WHERE prompts.id = change.id`;
};

const insertPrompts = async (tx: Db, plans: readonly TaskPlan[]): Promise<void> => {
  const inserts = plans.flatMap((plan) => plan.inserts);
  if (inserts.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO prompts (id, task_id, scene_id, position, content, negative, slots, edited)
    SELECT *, '[]'::jsonb, true FROM unnest(
      ${arrayLiteral(inserts.map(({ id }) => id))}::uuid[],
      ${arrayLiteral(inserts.map(({ taskId }) => taskId))}::uuid[],
      ${arrayLiteral(inserts.map(({ sceneId }) => sceneId))}::uuid[],
      ${arrayLiteral(inserts.map(({ position }) => position))}::int[],
      ${arrayLiteral(inserts.map(({ change }) => change.content ?? ""))}::text[],
      ${arrayLiteral(inserts.map(({ change }) => change.negative ?? null))}::text[])`;
};

const planItems = async (
  tx: Db,
  userId: string,
  items: readonly BulkItem<TaskChange>[],
): Promise<(TaskPlan | { fault: ItemFault })[]> => {
  const changes = items.flatMap((entry) => ("fault" in entry ? [] : [entry.item]));
  const stored = await readTasks(tx, userId, changes);
  const seen = new Set<string>();
  return items.map((entry) => {
    if ("fault" in entry) return entry;
    const { item } = entry;
    if (seen.has(item.id)) return { fault: repeated };
    seen.add(item.id);
    return planTask(stored.get(item.id), item);
  });
};

/** The fault of an item whose id an earlier item of the same call has. */
export const repeated: ItemFault = {
  code: "request/invalid",
  path: "id",
  message: "An earlier item of this call has the same id: name each task once.",
};

export type ChangedTask = { id: string; version: number; addedPromptIds: string[] };

/**
 * Changes tasks and their prompts in one transaction and at most seven statements, whatever their number. `isAtomic`: where
 * one item is at fault, nothing is written (the outcomes of the others then say what would have been).
 */
export const changeTasks = (
  db: PrismaClient,
  userId: string,
  { items, isAtomic }: { items: readonly BulkItem<TaskChange>[]; isAtomic: boolean },
): Promise<ItemOutcome<ChangedTask>[]> =>
  db.$transaction(
    async (tx) => {
      const planned = await planItems(tx, userId, items);
      const plans = planned.flatMap((plan) => ("fault" in plan ? [] : [plan]));
      if (plans.length > 0 && !(isAtomic && plans.length < planned.length)) {
        await updateTasks(tx, plans);
        await deletePrompts(tx, plans);
        await updatePrompts(tx, plans);
        await insertPrompts(tx, plans);
      }
      return planned.map((plan) =>
        "fault" in plan
          ? plan
          : { done: { id: plan.id, version: plan.version, addedPromptIds: plan.inserts.map(({ id }) => id) } },
      );
    },
    { timeout: BULK_TIMEOUT_MS },
  );
