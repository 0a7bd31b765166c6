import { z } from "zod";

import { defineEndpoint } from "./endpoint.ts";
import { Stage, Task, TaskIdParams } from "./tasks.ts";

/** The body of `POST /v1/tasks/{id}/retry`. */
export const RetryTask = z
  .strictObject({
    from: Stage.optional().meta({
      description:
        "Where to start again. Left out: at the prompts where there is a transcript, so that nothing is paid for twice",
    }),
  })
  .meta({ id: "RetryTask" });
export type RetryTask = z.infer<typeof RetryTask>;

export const cancelTask = defineEndpoint({
  method: "post",
  path: "/v1/tasks/{id}/cancel",
  operationId: "cancelTask",
  summary: "Stop a task that is not over",
  description: "Work under way stops within seconds and its result is dropped. A canceled task stays canceled.",
  tag: "Tasks",
  auth: "bearer",
  scope: "tasks:write",
  params: TaskIdParams,
  status: 200,
  response: Task,
  problems: ["request/invalid", "task/not-found", "task/not-cancelable"],
});

export const retryTask = defineEndpoint({
  method: "post",
  path: "/v1/tasks/{id}/retry",
  operationId: "retryTask",
  summary: "Run a task that is over again",
  description:
    "Scenes and prompts are replaced. A transcript that exists is kept, unless `from` asks for `transcribing`: " +
    "then the recording is heard again, and the old transcript stays until there is a new one.",
  tag: "Tasks",
  auth: "bearer",
  scope: "tasks:write",
  params: TaskIdParams,
  body: RetryTask,
  isBodyOptional: true,
  status: 202,
  response: Task,
  problems: ["request/malformed", "request/invalid", "task/not-found", "task/not-retryable"],
});
