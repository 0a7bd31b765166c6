import { z } from "zod";

import { DeadlineMs } from "./deadlines.ts";
import { defineEndpoint } from "./endpoint.ts";
import { IfMatchHeader } from "./if-match.ts";
import { MetadataPatch } from "./metadata.ts";
import { consistentOptions, TaskOptions } from "./task-options.ts";
import { Language, Stage, Task, TaskIdParams, TaskName } from "./tasks.ts";

/** The body of `POST /v1/tasks/{id}/retry`. */
export const RetryTask = z
  .strictObject({
    from: Stage.optional().meta({
      description:
        "Where to start again. Left out: at the prompts where there is a transcript, so that nothing is paid for twice",
    }),
    deadlineMs: DeadlineMs.optional(),
  })
  .meta({ id: "RetryTask", example: { from: "prompting" } });
export type RetryTask = z.infer<typeof RetryTask>;

const option = TaskOptions.shape;

/** The body of `PATCH /v1/tasks/{id}`: what is left out stays. Without the defaults of a new task. */
export const UpdateTask = z
  .strictObject({
    name: TaskName.nullable().optional(),
    metadata: MetadataPatch.optional(),
    language: Language.optional(),
    target: option.target.unwrap().optional(),
    targetVersion: option.targetVersion.unwrap().optional(),
    parameters: option.parameters.unwrap().optional().meta({ description: "In place of those before; null for none" }),
    contentType: option.contentType.unwrap().optional(),
    promptLanguage: option.promptLanguage.unwrap().optional(),
    count: option.count.unwrap().optional(),
    secondsPerScene: option.secondsPerScene.unwrap().optional().meta({
      description: "To go from `count` to this, send `count: null` in the same call; and the other way round",
    }),
    aspectRatio: option.aspectRatio.unwrap().optional(),
    seed: option.seed.unwrap().optional(),
    style: option.style.unwrap().optional(),
    styleId: option.styleId.unwrap().optional(),
    negative: option.negative.unwrap().optional(),
    formula: option.formula.unwrap().optional(),
    instruction: option.instruction.unwrap().optional(),
  })
  .superRefine(consistentOptions)
  .meta({ id: "UpdateTask", example: { name: "The storm, again", metadata: { project: "orchard" } } });
export type UpdateTask = z.infer<typeof UpdateTask>;

export const updateTask = defineEndpoint({
  method: "patch",
  path: "/v1/tasks/{id}",
  operationId: "updateTask",
  summary: "Change a task's name, metadata or options",
  description:
    "What is left out stays. Options and language take effect with the next run (`retry`), so they cannot be changed while " +
    "the task is processing; name and metadata always can.",
  tag: "Tasks",
  auth: "bearer",
  scope: "tasks:write",
  params: TaskIdParams,
  body: UpdateTask,
  headers: z.object({ "if-match": IfMatchHeader }),
  status: 200,
  response: Task,
  problems: ["request/malformed", "request/invalid", "task/not-found", "task/processing", "request/stale"],
});

export const cancelTask = defineEndpoint({
  method: "post",
  path: "/v1/tasks/{id}/cancel",
  operationId: "cancelTask",
  summary: "Stop a task that is not over",
  description:
    "Work under way stops within a second and its result is dropped. A canceled task stays canceled; `cancelReason` says why.",
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
    "Scenes and prompts are replaced, but for locked prompts: each stands for the scene that holds its place. What you wrote into " +
    "the bible stays. A transcript that exists is kept, unless `from` asks for `transcribing`: " +
    "then the recording is heard again, and the old transcript stays until there is a new one. " +
    "The task's deadline goes, unless the body has a new one.",
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
