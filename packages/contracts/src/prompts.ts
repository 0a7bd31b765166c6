import { z } from "zod";

import { NextCursor, shownList, shownText, Version } from "./bounds.ts";
import { defineEndpoint } from "./endpoint.ts";
import { storedText } from "./stored-text.ts";
import { Prompt } from "./storyboard.ts";

export const MAX_PROMPTS_OF_TASK = 500;

/** In lower case, as the database writes ids. */
export const RowId = z.uuid().toLowerCase();

export const PromptContent = storedText(32_000);
export const PromptNegative = storedText(4000).nullable();
export const PromptPosition = z.int().min(0).max(MAX_PROMPTS_OF_TASK).meta({
  description: "The place wanted among the task's prompts, from 0; the others keep their order around it",
});
export const SceneIndex = z.int().min(0).max(100_000).nullable();

export const AddPrompt = z
  .strictObject({
    content: PromptContent,
    negative: PromptNegative.default(null),
    sceneIndex: SceneIndex.default(null).meta({ description: "The scene it belongs to; null for none" }),
    position: PromptPosition.optional(),
  })
  .meta({ id: "AddPrompt", example: { content: "A lighthouse at dawn, long exposure, soft light" } });

export const EditPrompt = z
  .strictObject({
    content: PromptContent.optional(),
    negative: PromptNegative.optional(),
    locked: z.boolean().optional().meta({
      description:
        "A locked prompt refuses every other change until it is unlocked; unlocking and changing may be one call",
    }),
    position: PromptPosition.optional(),
  })
  .refine((edit) => Object.keys(edit).length > 0, "Name at least one field to change")
  .meta({ id: "EditPrompt", example: { content: "A lighthouse in a storm, long exposure, hard light" } });

export const RestorePrompt = z
  .strictObject({ version: Version })
  .meta({ id: "RestorePrompt", example: { version: 1 } });

export const PromptList = z
  .object({
    object: z.literal("list"),
    data: shownList(Prompt, MAX_PROMPTS_OF_TASK),
    hasMore: z.boolean(),
    nextCursor: NextCursor,
  })
  .meta({ id: "PromptList" });

export const PromptRevision = z
  .object({
    version: Version.meta({ description: "The last version of the prompt that had these words" }),
    content: shownText(32_000),
    negative: shownText(4000).nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "PromptRevision", description: "Words that a prompt had before they were changed" });
export type PromptRevision = z.infer<typeof PromptRevision>;

export const PromptRevisionList = z
  .object({
    object: z.literal("list"),
    data: shownList(PromptRevision, 100),
    hasMore: z.boolean(),
    nextCursor: NextCursor,
  })
  .meta({ id: "PromptRevisionList" });

const TaskParams = z.strictObject({ id: RowId });
const PromptParams = z.strictObject({ id: RowId, promptId: RowId });

const OPTIMISTIC =
  "With `If-Match` and the prompt's `ETag`, a prompt that has changed since answers 412 with the current row. " +
  "`version` counts changes of the prompt itself; it stays when other prompts move around it.";

const READ = ["request/invalid", "task/not-found"] as const;
const WRITE = [...READ, "request/malformed", "request/unsupported-media-type", "task/not-ready"] as const;
const ONE = ["prompt/not-found", "prompt/locked", "request/stale"] as const;

export const listPrompts = defineEndpoint({
  method: "get",
  path: "/v1/tasks/{id}/prompts",
  operationId: "listPrompts",
  summary: "The prompts of a task, in order",
  description: `All of them in one page: a task has at most ${MAX_PROMPTS_OF_TASK}.`,
  tag: "Prompts",
  auth: "bearer",
  scope: "tasks:read",
  params: TaskParams,
  status: 200,
  response: PromptList,
  problems: READ,
});

export const addPrompt = defineEndpoint({
  method: "post",
  path: "/v1/tasks/{id}/prompts",
  operationId: "addPrompt",
  summary: "Add a prompt of your own",
  description:
    "At the end, or at `position`. The task must be over: while it is at work, its prompts are not there yet.",
  tag: "Prompts",
  auth: "bearer",
  scope: "tasks:write",
  params: TaskParams,
  body: AddPrompt,
  status: 201,
  response: Prompt,
  problems: WRITE,
});

export const getPrompt = defineEndpoint({
  method: "get",
  path: "/v1/tasks/{id}/prompts/{promptId}",
  operationId: "getPrompt",
  summary: "One prompt, with its ETag",
  tag: "Prompts",
  auth: "bearer",
  scope: "tasks:read",
  params: PromptParams,
  status: 200,
  response: Prompt,
  problems: [...READ, "prompt/not-found"],
});

export const editPrompt = defineEndpoint({
  method: "patch",
  path: "/v1/tasks/{id}/prompts/{promptId}",
  operationId: "editPrompt",
  summary: "Change, lock or move a prompt",
  description: OPTIMISTIC,
  tag: "Prompts",
  auth: "bearer",
  scope: "tasks:write",
  params: PromptParams,
  body: EditPrompt,
  status: 200,
  response: Prompt,
  problems: [...WRITE, ...ONE],
});

export const deletePrompt = defineEndpoint({
  method: "delete",
  path: "/v1/tasks/{id}/prompts/{promptId}",
  operationId: "deletePrompt",
  summary: "Delete a prompt with its revisions",
  description: OPTIMISTIC,
  tag: "Prompts",
  auth: "bearer",
  scope: "tasks:write",
  params: PromptParams,
  status: 204,
  problems: [...READ, "task/not-ready", ...ONE],
});

export const listPromptRevisions = defineEndpoint({
  method: "get",
  path: "/v1/tasks/{id}/prompts/{promptId}/revisions",
  operationId: "listPromptRevisions",
  summary: "What a prompt said before, newest first",
  tag: "Prompts",
  auth: "bearer",
  scope: "tasks:read",
  params: PromptParams,
  query: z.strictObject({
    limit: z.coerce.number().pipe(z.int().min(1).max(100)).default(20),
    cursor: z.string().max(500).optional(),
  }),
  status: 200,
  response: PromptRevisionList,
  problems: [...READ, "prompt/not-found", "request/cursor-invalid"],
});

export const restorePrompt = defineEndpoint({
  method: "post",
  path: "/v1/tasks/{id}/prompts/{promptId}/restore",
  operationId: "restorePrompt",
  summary: "Give a prompt the words of an earlier version",
  description: `Any version from 1 to the current one; the words that are replaced become a revision too. ${OPTIMISTIC}`,
  tag: "Prompts",
  auth: "bearer",
  scope: "tasks:write",
  params: PromptParams,
  body: RestorePrompt,
  status: 200,
  response: Prompt,
  problems: [...WRITE, ...ONE, "prompt/revision-not-found"],
});

export const PROMPT_ENDPOINTS = [
  listPrompts,
  addPrompt,
  getPrompt,
  editPrompt,
  deletePrompt,
  listPromptRevisions,
  restorePrompt,
] as const;
