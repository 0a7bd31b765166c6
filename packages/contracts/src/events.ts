import { z } from "zod";

import { MAX_FILE, shownList, Version } from "./bounds.ts";
import { CancelReason } from "./deadlines.ts";
import { defineEndpoint } from "./endpoint.ts";
import { Prompt } from "./storyboard.ts";
import { StreamedText } from "./streamed.ts";
import { Stage, TaskError, TaskIdParams, TaskStatus } from "./tasks.ts";

/** Where a task stands: the data of `task` events. */
export const TaskState = z
  .object({
    object: z.literal("task.state"),
    id: z.uuid(),
    status: TaskStatus,
    stage: Stage.nullable(),
    progress: z.number().min(0).max(1),
    error: TaskError.nullable(),
    cancelReason: CancelReason.nullable(),
    version: Version,
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: "TaskState", description: "The data of a `task` event" });
export type TaskState = z.infer<typeof TaskState>;

/** The data of `prompts` events. */
export const TaskPrompts = z
  .object({ object: z.literal("task.prompts"), id: z.uuid(), prompts: shownList(Prompt, 500) })
  .meta({ id: "TaskPrompts", description: "The data of a `prompts` event" });
export type TaskPrompts = z.infer<typeof TaskPrompts>;

const TASK_STATE = { $ref: "#/components/schemas/TaskState" } as const;

/** What the `data` of each event is, by the event's name. */
export const EVENT_DATA = {
  task: TASK_STATE,
  tasks: {
    type: "object",
    properties: {
      object: { type: "string", const: "list" },
      data: { type: "array", maxItems: 100, items: TASK_STATE },
    },
    required: ["object", "data"],
  },
  prompts: { $ref: "#/components/schemas/TaskPrompts" },
  deleted: { type: "object", properties: { id: { type: "string", format: "uuid" } }, required: ["id"] },
  end: { type: "object", maxProperties: 0 },
} as const;

const streams = {
  "text/event-stream": z.string().meta({
    maxLength: MAX_FILE,
    description: "Server-sent events; `x-event-data` has the schema of each event's data, by the event's name",
    "x-event-data": EVENT_DATA,
  }),
};

const COMMON =
  "A comment comes every 15 s. The stream ends when the access token does: connect again with `Last-Event-ID`. At most 10 streams a user are open at once.";

export const taskEvents = defineEndpoint({
  method: "get",
  path: "/v1/tasks/{id}/events",
  operationId: "taskEvents",
  summary: "Follow one task as server-sent events",
  description:
    "First `task` with the current state (unless `Last-Event-ID` names it), then `task` whenever status, stage or progress change, `prompts` when they " +
    `are written, \`deleted\` when the task is gone, and \`end\` once nothing more will come. ${COMMON}`,
  tag: "Events",
  auth: "bearer",
  scope: "tasks:read",
  params: TaskIdParams,
  status: 200,
  response: StreamedText,
  streams,
  problems: ["request/invalid", "task/not-found", "events/too-many-streams"],
});

export const userEvents = defineEndpoint({
  method: "get",
  path: "/v1/events",
  operationId: "userEvents",
  summary: "Follow all tasks of the caller as server-sent events",
  description:
    "First `tasks` with the newest 100 that are queued or processing, then `task` for each that is made or changes. With `Last-Event-ID`, what changed " +
    `since that event comes instead; a state may then come twice. Deleted tasks are not told. ${COMMON}`,
  tag: "Events",
  auth: "bearer",
  scope: "tasks:read",
  status: 200,
  response: StreamedText,
  streams,
  problems: ["events/too-many-streams"],
});
