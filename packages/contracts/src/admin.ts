import { z } from "zod";

import { Count, MAX_SENTENCE, MAX_WORD, NextCursor, shownList, shownText } from "./bounds.ts";
import { defineEndpoint } from "./endpoint.ts";
import { Moment } from "./metadata.ts";
import { FAILURE_CODES } from "./problems.ts";
import { PageQuery } from "./sessions.ts";
import { Stage } from "./tasks.ts";

const FailureCodeName = z.enum(FAILURE_CODES);

export const DeadLetter = z
  .object({
    object: z.literal("deadLetter"),
    taskId: z.uuid(),
    userId: z.uuid(),
    kind: z.enum(["text", "audio"]),
    stage: Stage,
    code: FailureCodeName,
    message: shownText(MAX_SENTENCE).meta({ description: "The last error, in the words that the task's owner sees" }),
    attempts: Count,
    createdAt: z.iso.datetime(),
    deadAt: z.iso.datetime().meta({ description: "When the task was given up" }),
  })
  .meta({ id: "DeadLetter" });
export type DeadLetter = z.infer<typeof DeadLetter>;

export const DeadLetterList = z
  .object({
    object: z.literal("list"),
    data: shownList(DeadLetter, 100),
    hasMore: z.boolean(),
    nextCursor: NextCursor,
  })
  .meta({ id: "DeadLetterList" });
export type DeadLetterList = z.infer<typeof DeadLetterList>;

const FILTER = {
  code: FailureCodeName.optional(),
  stage: Stage.optional(),
  userId: z.uuid().optional(),
  deadBefore: Moment.optional().meta({ description: "Given up earlier than this" }),
};

/** At most one call's worth; `hasMore` of the answer says whether to call again. */
const MAX_IDS = 10_000;

export const Redrive = z
  .strictObject({
    ids: z.array(z.uuid()).min(1).max(MAX_IDS).optional(),
    filter: z.strictObject(FILTER).optional().meta({ description: "`{}` is all of them, 10,000 a call" }),
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), "Send either ids or filter")
  .meta({ id: "Redrive", example: { filter: { code: "provider_unavailable" } } });

export const Redriven = z
  .object({
    redriven: shownList(z.uuid(), MAX_IDS).meta({ description: "The tasks that are queued again" }),
    hasMore: z.boolean().meta({ description: "The call was full: call again for the rest" }),
  })
  .meta({ id: "Redriven" });
export type Redriven = z.infer<typeof Redriven>;

const QUEUE_STATES = {
  waiting: Count,
  active: Count,
  delayed: Count,
  completed: Count,
  failed: Count,
};

export const Queues = z
  .object({
    object: z.literal("queues"),
    queues: shownList(z.object({ name: shownText(MAX_WORD), ...QUEUE_STATES }), 20),
    outbox: z.object({
      depth: Count,
      ageMs: z.number().min(0).nullable().meta({ description: "Of the oldest row; null where there is none" }),
    }),
    oldestQueuedTask: z
      .object({ id: z.uuid(), createdAt: z.iso.datetime(), waitingMs: z.number().min(0) })
      .nullable()
      .meta({ description: "Waiting since it was last asked for" }),
    deadLetters: Count,
    workersAlive: Count.meta({ description: "Worker processes that were heard of in the last 30 seconds" }),
  })
  .meta({ id: "Queues" });

export const listDeadLetters = defineEndpoint({
  method: "get",
  path: "/v1/admin/dead-letters",
  operationId: "listDeadLetters",
  summary: "Tasks that were given up, newest first",
  description:
    "A task that ended its workers too often, or failed at each of its attempts, though another try might help.",
  tag: "Operations",
  auth: "bearer",
  role: "admin",
  query: PageQuery.extend(FILTER),
  status: 200,
  response: DeadLetterList,
  problems: ["request/invalid", "request/cursor-invalid", "route/not-found"],
});

export const redriveDeadLetters = defineEndpoint({
  method: "post",
  path: "/v1/admin/dead-letters/redrive",
  operationId: "redriveDeadLetters",
  summary: "Queue dead letters again, at the stage where they were given up",
  description: "Ids that are no dead letters (any more) are passed over. At most 10,000 a call, the oldest first.",
  tag: "Operations",
  auth: "bearer",
  role: "admin",
  limit: "bulk",
  body: Redrive,
  maxBodyBytes: 1_000_000,
  status: 200,
  response: Redriven,
  problems: ["request/malformed", "request/invalid", "request/too-large", "route/not-found"],
});

export const getQueues = defineEndpoint({
  method: "get",
  path: "/v1/admin/queues",
  operationId: "getQueues",
  summary: "How much waits, where, and since when; and how many workers live",
  description:
    "The jobs of each queue by state, the outbox, the task that has waited longest, dead letters, and workers.",
  tag: "Operations",
  auth: "bearer",
  role: "admin",
  status: 200,
  response: Queues,
  problems: ["route/not-found", "queue/unavailable"],
});

export const ADMIN_ENDPOINTS = [listDeadLetters, redriveDeadLetters, getQueues] as const;
