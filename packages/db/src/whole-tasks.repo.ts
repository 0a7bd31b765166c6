import type { Cursor } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import type { Prisma } from "./generated/client.ts";

const WHOLE = {
  audio: true,
  transcript: { include: { segments: { orderBy: { position: "asc" } } } },
  scenes: { orderBy: { index: "asc" } },
  prompts: { orderBy: { position: "asc" }, include: { scene: true, revisions: { orderBy: { version: "asc" } } } },
} as const satisfies Prisma.TaskInclude;

/** A task with its text and with all that belongs to it. */
export type WholeTaskRow = Prisma.TaskGetPayload<{ include: typeof WHOLE }>;

/** A page of the owner's tasks in the order `(createdAt, id)`, one row more than the limit, in one statement. */
export const listWholeTasks = (
  db: Db,
  userId: string,
  { limit, after }: { limit: number; after: Cursor | null },
): Promise<WholeTaskRow[]> =>
  db.task.findMany({
    where: {
      userId,
      ...(after !== null && {
        createdAt: { gte: after.createdAt },
        OR: [{ createdAt: { gt: after.createdAt } }, { id: { gt: after.id } }],
      }),
    },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    take: limit + 1,
    include: WHOLE,
  });
