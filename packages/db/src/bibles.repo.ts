import type { BibleEntity, BibleStyle, TaskStatus } from "@phonoscene/contracts";

import type { Db } from "./client.ts";
import { Prisma, type PrismaClient } from "./generated/client.ts";
import { toJsonb } from "./jsonb.ts";
import type { OwnedTask } from "./task-control.repo.ts";

export type BibleRow = {
  version: number;
  entities: BibleEntity[];
  style: BibleStyle;
  removedIds: string[];
  engine: string;
};

const COLUMNS = Prisma.sql`bibles.version, entities, style, removed_ids AS "removedIds", bibles.engine`;

/** The bible of the owner's task; null where there is none. */
export const findBible = async (db: Db, { id, userId }: OwnedTask): Promise<BibleRow | null> => {
  const [row] = await db.$queryRaw<BibleRow[]>`
    SELECT ${COLUMNS} FROM bibles JOIN tasks ON tasks.id = task_id
    WHERE task_id = ${id}::uuid AND tasks.user_id = ${userId}::uuid`;
  return row ?? null;
};

/** What a change makes of a bible, or why it cannot be made. */
export type BiblePlan<Fault> = { bible: Pick<BibleRow, "entities" | "style" | "removedIds"> } | { fault: Fault };

export type BibleOutcome<Fault> =
  | { outcome: "changed"; row: BibleRow }
  | { outcome: "fault"; fault: Fault }
  /** No bible: the task is none of the owner's, or none of its runs has read one. */
  | { outcome: "not-found" }
  /** Its version is not the one that the caller expects. */
  | { outcome: "stale"; row: BibleRow }
  /** A run is about to use it, and to write it anew. */
  | { outcome: "not-over" };

/** Changes the bible under the task's row lock, which every run of the task needs too. `version` undefined takes any. */
export const changeBible = <Fault>(
  db: PrismaClient,
  { id, userId, version }: OwnedTask & { version: number | undefined },
  plan: (row: BibleRow) => BiblePlan<Fault>,
): Promise<BibleOutcome<Fault>> =>
  db.$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<(BibleRow & { status: TaskStatus })[]>`
      SELECT ${COLUMNS}, status FROM tasks JOIN bibles ON task_id = tasks.id
      WHERE tasks.id = ${id}::uuid AND tasks.user_id = ${userId}::uuid FOR UPDATE OF tasks`;
    if (row === undefined) return { outcome: "not-found" };
    const { status, ...current } = row;
    if (status === "queued" || status === "processing") return { outcome: "not-over" };
    if (version !== undefined && version !== current.version) return { outcome: "stale", row: current };
    const planned = plan(current);
    if ("fault" in planned) return { outcome: "fault", fault: planned.fault };
    const { entities, style, removedIds } = planned.bible;
    const [changed] = await tx.$queryRaw<BibleRow[]>`
      UPDATE bibles SET entities = ${toJsonb(entities)}::jsonb, style = ${toJsonb(style)}::jsonb,
        removed_ids = ${removedIds}::text[], version = version + 1, updated_at = clock_timestamp()
      WHERE task_id = ${id}::uuid RETURNING ${COLUMNS}`;
    if (changed === undefined) throw new Error("the row that was read under the lock is gone");
    return { outcome: "changed", row: changed };
  });
