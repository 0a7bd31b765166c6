/*
 * A dead letter is a failed task with `dead_at`: it ended its workers too often, or failed at each of its attempts
 * though another try might have helped. A failure that no try can mend (a recording that cannot be read) is not one.
 * Redriving puts it back to the stage at which it was given up, with all attempts to come; what earlier stages stored
 * is used, work that a provider has begun is resumed, and the deadline goes.
 */
import type { FailureCode, Stage } from "@phonoscene/contracts";
import { type Cursor, crashPoint } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import { Prisma } from "./generated/client.ts";
import { MAX_ATTEMPTS } from "./task-state.ts";

export type DeadLetterRow = {
  id: string;
  userId: string;
  kind: "text" | "audio";
  stage: Stage;
  code: FailureCode;
  message: string;
  attempts: number;
  createdAt: Date;
  deadAt: Date;
};

export type DeadLetterFilter = {
  code?: string | undefined;
  stage?: Stage | undefined;
  userId?: string | undefined;
  /** Given up before. */
  deadBefore?: Date | undefined;
};

const matching = ({ code, stage, userId, deadBefore }: DeadLetterFilter): Prisma.Sql => {
  const conditions = [Prisma.sql`status = 'failed' AND dead_at IS NOT NULL`];
  if (code !== undefined) conditions.push(Prisma.sql`error_code = ${code}`);
  if (stage !== undefined) conditions.push(Prisma.sql`error_stage = ${stage}::"TaskStage"`);
  if (userId !== undefined) conditions.push(Prisma.sql`user_id = ${userId}::uuid`);
  if (deadBefore !== undefined) conditions.push(Prisma.sql`dead_at < ${deadBefore}`);
  return Prisma.join(conditions, " AND ");
};

/** Newest first by `(deadAt, id)`, one row more than the limit. `after` holds the last row's `deadAt` as its time. */
export const listDeadLetters = (
  db: Db,
  { after, limit, ...filter }: DeadLetterFilter & { after: Cursor | null; limit: number },
): Promise<DeadLetterRow[]> => {
  const beyond =
    after === null ? Prisma.empty : Prisma.sql`AND (dead_at, id) < (${after.createdAt}, ${after.id}::uuid)`;
  return db.$queryRaw<DeadLetterRow[]>`
    SELECT id, user_id AS "userId", kind, error_stage AS stage, error_code AS code, error_message AS message,
      least(attempt, ${MAX_ATTEMPTS}) AS attempts, created_at AS "createdAt", dead_at AS "deadAt"
    FROM tasks WHERE ${matching(filter)} ${beyond}
    ORDER BY dead_at DESC, id DESC LIMIT ${limit + 1}`;
};

export const MAX_REDRIVE = 10_000;

/**
 * Puts dead letters back into the queue, the oldest first, at most MAX_REDRIVE a call: tasks and outbox rows in one
 * statement, however many. Ids that are no dead letters (any more) are passed over. Resolves to the ids redriven.
 */
export const redriveDeadLetters = async (
  db: Db,
  which: { ids: readonly string[] } | { filter: DeadLetterFilter },
): Promise<string[]> => {
  const chosen =
    "ids" in which ? Prisma.sql`${matching({})} AND id = ANY(${which.ids}::uuid[])` : matching(which.filter);
  const rows = await db.$queryRaw<{ id: string }[]>`
    WITH dead AS (
      SELECT id FROM tasks WHERE ${chosen} ORDER BY dead_at, id LIMIT ${MAX_REDRIVE} FOR UPDATE SKIP LOCKED
    ), redriven AS (
      UPDATE tasks SET status = 'queued', progress = 0, attempt = 0, attempt_token = NULL, lease_until = NULL,
        stage = CASE WHEN kind = 'audio' AND error_stage = 'prompting' THEN 'prompting'::"TaskStage" END,
        completed_at = NULL, error_code = NULL, error_message = NULL, error_stage = NULL, error_retryable = NULL,
        dead_at = NULL, cancel_reason = NULL, deadline_at = NULL, enqueued_at = now(), updated_at = clock_timestamp(), version = version + 1
      FROM dead WHERE tasks.id = dead.id
      RETURNING tasks.id, tasks.kind, tasks.stage
    ), asked AS (
      INSERT INTO outbox (job, payload)
      SELECT CASE WHEN kind = 'audio' AND stage IS NULL THEN 'transcribe-audio' ELSE 'write-prompts' END,
        jsonb_build_object('taskId', id)
      FROM redriven
    )
    SELECT id FROM redriven`;
  crashPoint("dead-letters/redriven");
  return rows.map(({ id }) => id);
};
