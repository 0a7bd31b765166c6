import type { Slot, TaskOptions, TaskStatus } from "@phonoscene/contracts";

import type { Db } from "./client.ts";
import { Prisma, type PrismaClient } from "./generated/client.ts";
import { toJsonb } from "./jsonb.ts";
import { type RewriteResult, updatePrompts } from "./rewrites.repo.ts";
import { SAVED_STYLE, type StyleFields } from "./storyboard-state.ts";
import type { OwnedTask } from "./task-control.repo.ts";

export type StoredWords = {
  id: string;
  position: number;
  locked: boolean;
  /** Its words are a person's, not what its slots say. */
  edited: boolean;
  /** In full; empty where a person added the prompt. */
  slots: Slot[];
};

export type Retargetable = { options: TaskOptions; savedStyle: StyleFields | null; prompts: StoredWords[] };
export type RetargetPlan = { options: TaskOptions; updates: RewriteResult["updates"] };

type Found = Pick<Retargetable, "options" | "savedStyle"> & { status: TaskStatus };

const lockTask = async (tx: Db, { id, userId }: OwnedTask): Promise<Found | undefined> => {
  const [found] = await tx.$queryRaw<Found[]>`
    SELECT status, options, ${SAVED_STYLE} AS "savedStyle" FROM tasks
    WHERE id = ${id}::uuid AND user_id = ${userId}::uuid FOR UPDATE`;
  return found;
};

/**
 * Writes other words for the prompts of a task that is over, and the options that they follow, in one transaction and four
 * statements at most. `plan` sees the prompts under the lock.
 */
export const retargetTask = (
  db: PrismaClient,
  task: OwnedTask,
  plan: (state: Retargetable) => RetargetPlan,
): Promise<"done" | "not-found" | "not-over"> =>
  db.$transaction(async (tx) => {
    const found = await lockTask(tx, task);
    if (found === undefined) return "not-found";
    if (found.status === "queued" || found.status === "processing") return "not-over";
    const prompts = await tx.$queryRaw<StoredWords[]>`
      SELECT id, position, locked, edited, coalesce(full_slots, slots) AS slots FROM prompts
      WHERE task_id = ${task.id}::uuid ORDER BY position`;
    const { options, updates } = plan({ options: found.options, savedStyle: found.savedStyle, prompts });
    await tx.$queryRaw(Prisma.sql`
      WITH mine AS (
        UPDATE tasks SET options = ${toJsonb(options)}::jsonb, version = version + 1, updated_at = clock_timestamp()
        WHERE id = ${task.id}::uuid RETURNING id
      ), ${updatePrompts(updates)}
      SELECT id FROM mine`);
    return "done";
  });
