import type { Cursor } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import type { Prisma } from "./generated/client.ts";
import type { TaskRow } from "./task-rows.ts";

const WHOLE = {
  audio: true,
  transcript: { include: { segments: { orderBy: { position: "asc" } } } },
  scenes: { orderBy: { index: "asc" } },
  prompts: { orderBy: { position: "asc" }, include: { scene: true, revisions: { orderBy: { version: "asc" } } } },
} as const satisfies Prisma.TaskInclude;

/** A task with its text and with all that belongs to it. */
type FullTask = Prisma.TaskGetPayload<{ include: typeof WHOLE }>;
export type WholeTaskRow = Omit<FullTask, "audio"> & Pick<TaskRow, "audio">;

/** A page of the owner's tasks in the order `(createdAt, id)`, one row more than the limit, in one statement. */
export const listWholeTasks = async (
  db: Db,
  userId: string,
  { limit, after }: { limit: number; after: Cursor | null },
): Promise<WholeTaskRow[]> => {
  const rows = await db.task.findMany({
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
  return rows.map(({ audio, ...row }) => ({
    ...row,
    audio: audio && { ...audio, sizeBytes: Number(audio.sizeBytes) },
  }));
};
