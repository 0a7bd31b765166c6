/*
 * Prompts of a storyboard that is finished are written again by a run of the prompting stage with a `scope` on the task:
 * claimed, fenced, reconciled and canceled like any other run. Prompts cannot be changed while a task is at work, so
 * those of the scope are as they were when the run is stored. Where it fails or is canceled, they are all still there.
 */
import { MAX_PROMPTS_OF_TASK, type ProblemCode, type TaskStatus, type Warning } from "@phonoscene/contracts";
import { newId } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import { Prisma, type PrismaClient } from "./generated/client.ts";
import { toJsonb } from "./jsonb.ts";
import { addToOutbox } from "./outbox.repo.ts";
import { queryPrepared } from "./query.ts";
import { insertBible, wordColumns, type WrittenBible, type WrittenPrompt } from "./results.repo.ts";
import type { RewriteScope } from "./storyboard-state.ts";
import type { OwnedTask } from "./task-control.repo.ts";
import type { Claim } from "./task-state.ts";

export type RewriteAsked = Omit<RewriteScope, "promptIds"> & {
  /** Null: all that are not locked and belong to a scene. */
  promptIds: readonly string[] | null;
  deadlineMs?: number | undefined;
};

/** `at`: the place in `promptIds` of the one that stands against it; null where it is the task. */
export type RewriteRefusal = { code: ProblemCode; at: number | null; message: string };
export type RewriteOutcome = { outcome: "queued" } | { outcome: "refused"; refusal: RewriteRefusal };

type Found = { id: string; locked: boolean; hasScene: boolean };
type Ended = { status: TaskStatus; scopeId: string | null };

const refused = (code: ProblemCode, at: number | null, message: string): { refusal: RewriteRefusal } => ({
  refusal: { code, at, message },
});

const checkNamed = (found: readonly Found[], ids: readonly string[], isTouched: boolean) => {
  const byId = new Map(found.map((prompt) => [prompt.id, prompt]));
  for (const [at, id] of ids.entries()) {
    const prompt = byId.get(id);
    if (prompt === undefined) {
      return refused("prompt/not-found", at, "The task has no such prompt: it was never there, or it was deleted.");
    }
    if (isTouched && prompt.locked) return refused("prompt/locked", at, "The prompt is locked: unlock it first.");
    if (!prompt.hasScene) {
      const message = "The prompt was added to no scene, so there are no words of the text to write it from.";
      return refused("request/invalid", at, message);
    }
  }
  return null;
};

const choosePrompts = (
  found: readonly Found[],
  { promptIds, variationCount }: RewriteAsked,
): { ids: string[] } | { refusal: RewriteRefusal } => {
  if (promptIds !== null) {
    const ids = [...new Set(promptIds)];
    const isFull = found.length + (variationCount ?? 0) > MAX_PROMPTS_OF_TASK;
    if (isFull) return refused("request/invalid", null, `A task has at most ${MAX_PROMPTS_OF_TASK} prompts.`);
    return checkNamed(found, ids, variationCount === null) ?? { ids };
  }
  const ids = found.filter(({ locked, hasScene }) => !locked && hasScene).map(({ id }) => id);
  const message = "No prompt of the task can be written again: each is locked or belongs to no scene.";
  return ids.length === 0 ? refused("task/nothing-to-rewrite", null, message) : { ids };
};

const queue = async (tx: Db, task: OwnedTask, { deadlineMs, ...scope }: RewriteAsked & RewriteScope): Promise<void> => {
  await tx.$executeRaw`
    UPDATE tasks SET status = 'queued', stage = 'prompting', progress = 0, scope = ${JSON.stringify(scope)}::jsonb,
      attempt = 0, attempt_token = NULL, lease_until = NULL, wait_until = NULL, provider_ready_at = NULL,
      prompting_at = NULL, completed_at = NULL, error_code = NULL, error_message = NULL, error_stage = NULL,
      error_retryable = NULL, cancel_reason = NULL, dead_at = NULL,
      deadline_at = now() + ${deadlineMs ?? null}::double precision * interval '1 ms',
      enqueued_at = now(), updated_at = clock_timestamp(), version = version + 1
    WHERE id = ${task.id}::uuid`;
  await addToOutbox(tx, [{ job: "write-prompts", payload: { taskId: task.id } }]);
};

const refuse = (refusal: RewriteRefusal): RewriteOutcome => ({ outcome: "refused", refusal });

/**
 * Puts a task that is over back into the queue to write some of its prompts again, or more of them. The same request
 * made again finds its scope on the task, and asks for nothing.
 */
export const askForRewrite = (db: PrismaClient, task: OwnedTask, asked: RewriteAsked): Promise<RewriteOutcome> =>
  db.$transaction(async (tx) => {
    const [ended] = await tx.$queryRaw<Ended[]>`
      SELECT status, scope ->> 'id' AS "scopeId" FROM tasks
      WHERE id = ${task.id}::uuid AND user_id = ${task.userId}::uuid FOR UPDATE`;
    if (ended === undefined) {
      const message = "There is no such task among yours: it was never there, or it was deleted.";
      return refuse({ code: "task/not-found", at: null, message });
    }
    if (ended.scopeId === asked.id) return { outcome: "queued" };
    if (ended.status === "queued" || ended.status === "processing") {
      const message = "The task is still at work: wait until it is over, or cancel it first.";
      return refuse({ code: "task/not-ready", at: null, message });
    }
    const found = await tx.$queryRaw<Found[]>`
      SELECT id, locked, scene_id IS NOT NULL AS "hasScene" FROM prompts WHERE task_id = ${task.id}::uuid ORDER BY position`;
    const chosen = choosePrompts(found, asked);
    if ("refusal" in chosen) return refuse(chosen.refusal);
    await queue(tx, task, { ...asked, promptIds: chosen.ids });
    return { outcome: "queued" };
  });

export type RewriteResult = {
  /** Prompts that get new words. */
  updates: (WrittenPrompt & { id: string })[];
  /** New ones, right behind that prompt and of its scene. */
  variations: { ofId: string; prompts: WrittenPrompt[] } | null;
  /** Null where the one that is stored stays. */
  bible: WrittenBible | null;
  engine: string;
  warnings: Warning[];
};

/** Parts of a statement: what was said before becomes a revision; a locked prompt is left alone. */
export const updatePrompts = (updates: RewriteResult["updates"]): Prisma.Sql => Prisma.sql`
  change AS MATERIALIZED (
    SELECT row.*, mine.id AS task_id FROM mine, jsonb_to_recordset(${toJsonb(
      updates.map(({ id, ...words }) => ({ id, ...wordColumns(words) })),
    )}::jsonb) AS row(id uuid, content text, negative text, slots jsonb, full_slots jsonb)
  ), said AS (
    INSERT INTO prompt_revisions (prompt_id, version, content, negative, created_at)
    SELECT prompts.id, prompts.version, prompts.content, prompts.negative, prompts.updated_at
    FROM prompts JOIN change USING (id, task_id)
    WHERE NOT prompts.locked AND (prompts.content <> change.content OR prompts.negative IS DISTINCT FROM change.negative)
  ), rewritten AS (
    UPDATE prompts SET content = change.content, negative = change.negative, slots = change.slots,
      full_slots = nullif(change.full_slots, 'null'::jsonb), edited = false, version = prompts.version + 1,
      updated_at = clock_timestamp()
    FROM change WHERE prompts.id = change.id AND prompts.task_id = change.task_id AND NOT prompts.locked
  )`;

const insertVariations = (variations: RewriteResult["variations"]): Prisma.Sql => {
  const rows = (variations?.prompts ?? []).map((words, at) => ({ id: newId(), at, ...wordColumns(words) }));
  return Prisma.sql`
    original AS (
      SELECT prompts.* FROM prompts, mine WHERE prompts.id = ${variations?.ofId ?? null}::uuid AND prompts.task_id = mine.id
    ), moved AS (
      UPDATE prompts SET position = prompts.position + ${rows.length}::int FROM original
      WHERE prompts.task_id = original.task_id AND prompts.position > original.position
    ), added AS (
      INSERT INTO prompts (id, task_id, scene_id, position, content, negative, slots, full_slots)
      SELECT row.id, original.task_id, original.scene_id, original.position + 1 + row.at, row.content, row.negative, row.slots,
        nullif(row.full_slots, 'null'::jsonb)
      FROM original, jsonb_to_recordset(${toJsonb(rows)}::jsonb) AS row(id uuid, at int, content text, negative text,
        slots jsonb, full_slots jsonb)
    )`;
};

/** Stores what a run with a scope wrote and completes the task, in one statement, fenced by the claim. False: it is lost. */
export const commitRewrite = async (db: PrismaClient, claim: Claim, result: RewriteResult): Promise<boolean> => {
  const { warnings, bible } = result;
  const [stored] = await queryPrepared<{ count: number }>(
    db,
    Prisma.sql`
      WITH mine AS (
        UPDATE tasks SET status = 'completed', stage = NULL, progress = 1, attempt_token = NULL, lease_until = NULL,
          completed_at = now(), updated_at = clock_timestamp(), version = version + 1, prompt_engine = ${result.engine},
          warnings = warnings || coalesce((SELECT jsonb_agg(w) FROM jsonb_array_elements(${toJsonb(warnings)}::jsonb) w
            WHERE NOT warnings @> jsonb_build_array(w)), '[]')
        WHERE id = ${claim.taskId}::uuid AND attempt_token = ${claim.token}::uuid RETURNING id
      ), ${updatePrompts(result.updates)}, ${insertVariations(result.variations)}
      ${bible === null ? Prisma.empty : insertBible(bible)}
      SELECT count(*)::int AS count FROM mine`,
  );
  return (stored?.count ?? 0) > 0;
};
