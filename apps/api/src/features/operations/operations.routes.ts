import {
  getQueues,
  listDeadLetters as listDeadLettersContract,
  redriveDeadLetters as redriveContract,
} from "@phonoscene/contracts";
import {
  type Database,
  type DeadLetterRow,
  listDeadLetters,
  MAX_REDRIVE,
  readBacklog,
  redriveDeadLetters,
} from "@phonoscene/db";
import { decodeCursor, encodeCursor } from "@phonoscene/kernel";
import type { Producer, Relay } from "@phonoscene/queue";

import { endpoint, type Route } from "../../http/endpoint.ts";

type Dependencies = {
  database: Database;
  relay: Pick<Relay, "wake">;
  producer: Pick<Producer, "counts">;
};

const toView = ({ id, createdAt, deadAt, ...row }: DeadLetterRow) => ({
  object: "deadLetter" as const,
  taskId: id,
  ...row,
  createdAt: createdAt.toISOString(),
  deadAt: deadAt.toISOString(),
});

/** What those who run the service look at and do; every change leaves a line in the log that says who made it. */
export const operationRoutes = ({ database: { db }, relay, producer }: Dependencies): Route[] => [
  endpoint(listDeadLettersContract, async ({ query: { cursor, limit, ...filter } }) => {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const rows = await listDeadLetters(db, { ...filter, after, limit });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const hasMore = rows.length > limit;
    const nextCursor = hasMore && last !== undefined ? encodeCursor({ createdAt: last.deadAt, id: last.id }) : null;
    return { object: "list" as const, data: page.map(toView), hasMore, nextCursor };
  }),

  endpoint(redriveContract, async ({ body: { ids, filter = {} }, user, logger }) => {
    const redriven = await redriveDeadLetters(db, ids === undefined ? { filter } : { ids });
    logger.info({ audit: "dead-letters.redrive", by: user.id, taskIds: redriven }, "dead letters were redriven");
    relay.wake();
    return { redriven, hasMore: redriven.length === MAX_REDRIVE };
  }),

  endpoint(getQueues, async () => {
    const [queues, backlog] = await Promise.all([producer.counts(), readBacklog(db)]);
    const { outboxDepth, outboxAgeMs, oldestQueuedTask, deadLetters, workersAlive } = backlog;
    return {
      object: "queues" as const,
      queues,
      outbox: { depth: outboxDepth, ageMs: outboxAgeMs },
      oldestQueuedTask: oldestQueuedTask && {
        ...oldestQueuedTask,
        createdAt: oldestQueuedTask.createdAt.toISOString(),
      },
      deadLetters,
      workersAlive,
    };
  }),
];
