import { z } from "zod";

import { shownList } from "./bounds.ts";
import { DeadlineMs } from "./deadlines.ts";
import { defineEndpoint } from "./endpoint.ts";
import { MAX_PROMPTS_OF_TASK, RowId } from "./prompts.ts";
import { storedText } from "./stored-text.ts";
import { Prompt } from "./storyboard.ts";
import { consistentOptions, TaskOptions } from "./task-options.ts";
import { Task } from "./tasks.ts";
import { Warning } from "./warnings.ts";

const option = TaskOptions.shape;

export const RegeneratePrompts = z
  .strictObject({
    promptIds: z.array(RowId).min(1).max(MAX_PROMPTS_OF_TASK).optional().meta({
      description: "Left out: all that are not locked and belong to a scene",
    }),
    seed: option.seed.unwrap().optional().meta({
      description: "Another one than the task's: each scene from another side. The look of the set stays",
    }),
    instruction: storedText(4000).optional().meta({
      description: "For this run, beside the task's own. The built-in engine cannot follow it, and warns",
    }),
    deadlineMs: DeadlineMs.optional(),
  })
  .meta({ id: "RegeneratePrompts", example: { seed: 7 } });

export const MAX_VARIATIONS = 8;

export const VaryPrompt = z
  .strictObject({ count: z.int().min(1).max(MAX_VARIATIONS), deadlineMs: DeadlineMs.optional() })
  .meta({ id: "VaryPrompt", example: { count: 3 } });

export const RetargetTask = z
  .strictObject({
    target: option.target.unwrap(),
    targetVersion: option.targetVersion.unwrap().optional().meta({ description: "Left out: the target's default" }),
    parameters: option.parameters.unwrap().optional().meta({ description: "In place of those before; null for none" }),
    aspectRatio: option.aspectRatio.unwrap().optional(),
    negative: option.negative.unwrap().optional(),
    overwrite: z.boolean().default(false).meta({
      description: "Prompts whose words a person changed, too; else they are passed over, with a warning",
    }),
  })
  .superRefine(consistentOptions)
  .meta({ id: "RetargetTask", example: { target: "flux", aspectRatio: "16:9" } });

export const Retargeted = z
  .object({
    task: Task,
    prompts: shownList(Prompt, MAX_PROMPTS_OF_TASK),
    warnings: shownList(Warning, 10_000).meta({ description: "Of this call alone" }),
  })
  .meta({ id: "Retargeted" });

const tag = "Storyboard";
const TaskParams = z.strictObject({ id: RowId });
const RUN =
  "A run of the worker like any other: the task is queued, shows its progress, can be canceled, and ends as completed. Where it " +
  "does not, the prompts are as they were. The task must be over.";

const PROBLEMS = ["request/malformed", "request/invalid", "task/not-found", "task/not-ready"] as const;

export const regeneratePrompts = defineEndpoint({
  method: "post",
  path: "/v1/tasks/{id}/prompts/regenerate",
  operationId: "regeneratePrompts",
  summary: "Write all or some prompts again",
  description: `From the same scenes, with the bible, the look and the options as they are now. What was said before is a revision; locked prompts are never touched. ${RUN}`,
  tag,
  auth: "bearer",
  scope: "tasks:write",
  params: TaskParams,
  body: RegeneratePrompts,
  isBodyOptional: true,
  status: 202,
  response: Task,
  problems: [...PROBLEMS, "prompt/not-found", "prompt/locked", "task/nothing-to-rewrite"],
});

export const varyPrompt = defineEndpoint({
  method: "post",
  path: "/v1/tasks/{id}/prompts/{promptId}/variations",
  operationId: "varyPrompt",
  summary: "More prompts of the same scene",
  description: `They come right behind the prompt and differ in framing and light. ${RUN}`,
  tag,
  auth: "bearer",
  scope: "tasks:write",
  params: z.strictObject({ id: RowId, promptId: RowId }),
  body: VaryPrompt,
  status: 202,
  response: Task,
  problems: [...PROBLEMS, "prompt/not-found"],
});

export const retargetTask = defineEndpoint({
  method: "post",
  path: "/v1/tasks/{id}/retarget",
  operationId: "retargetTask",
  summary: "Write a storyboard for another image generator",
  description:
    "From the slots that are stored, at once and without a model: what is said stays, how it is written changes. The " +
    "task's options follow. Locked prompts are never touched; what was said before is a revision. The task must be over.",
  tag,
  auth: "bearer",
  scope: "tasks:write",
  params: TaskParams,
  body: RetargetTask,
  status: 200,
  response: Retargeted,
  problems: PROBLEMS,
});

export const REWRITE_SCHEMAS = [RegeneratePrompts, VaryPrompt, RetargetTask, Retargeted] as const;
export const REWRITE_ENDPOINTS = [regeneratePrompts, varyPrompt, retargetTask] as const;
