import { z } from "zod";

import { Count, MAX_SENTENCE, MAX_WORD, shownList, shownText, Version } from "./bounds.ts";
import { defineEndpoint } from "./endpoint.ts";
import { oneSource } from "./given-transcript.ts";
import { Moment } from "./metadata.ts";
import { MAX_PROMPTS_OF_TASK, PromptContent, PromptNegative, PromptPosition, RowId, SceneIndex } from "./prompts.ts";
import { storedText } from "./stored-text.ts";
import { consistentOptions } from "./task-options.ts";
import { CreateTextTask, EXAMPLE_TEXT, TaskStatus } from "./tasks.ts";

export const MAX_BULK_ITEMS = 10_000;
const MAX_BULK_BYTES = 16_000_000;

/** Faults of one item, in place of the item: so that one bad item does not hide the others. */
export type MalformedItem = { malformed: { path: string; message: string } };

const reference = (name: string) => ({ type: "object" as const, allOf: [{ $ref: `#/components/schemas/${name}` }] });

/** A list whose items are checked one by one: what is wrong with one is said in its place. */
const items = <Item extends z.ZodType>(item: Item, documented: Record<string, unknown>) =>
  z
    .array(
      z
        .unknown()
        .transform((input): z.output<Item> | MalformedItem => {
          const result = item.safeParse(input);
          if (result.success) return result.data;
          const [issue] = result.error.issues;
          const keys = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
          const message =
            keys.length > 0 ? "This field is not known here" : (issue?.message ?? "The item is not valid");
          return { malformed: { path: [...(issue?.path ?? []), ...keys].join("."), message } };
        })
        .meta(documented),
    )
    .min(1, "Send at least one item")
    .max(MAX_BULK_ITEMS, `One call takes at most ${MAX_BULK_ITEMS} items: send the rest in another`);

const TASK_ID = "019ab2f4-7b21-7d3c-8a5e-61c0f2d4e8a7";
const PROMPT_ID = "019ab2f4-8c44-7e0f-b2d1-3f5a7c9e1b60";

const { transcript: _single, ...newTaskFields } = CreateTextTask.shape;

/** As `POST /v1/tasks` takes it, but for transcripts. */
export const BulkNewTask = z
  .strictObject(newTaskFields)
  .superRefine(oneSource)
  .superRefine(consistentOptions)
  .meta({ id: "BulkNewTask", description: "Exactly one of `text`, `audioUrl` and `audioId`, with the options" });

const atomic = z.boolean().default(true).meta({
  description: "true: all items or none. false: each item on its own, with a result for each",
});

const NEW_ONLY = ["sceneIndex"] as const;
const OLD_ONLY = ["version", "delete", "locked"] as const;
const CHANGES = ["content", "negative", "locked", "position"] as const;

export const BulkPromptChange = z
  .strictObject({
    id: RowId.optional().meta({ description: "Left out: the prompt is added, and needs content" }),
    version: Version.optional().meta({ description: "Refuses the item when the prompt is at another version" }),
    delete: z.literal(true).optional(),
    content: PromptContent.optional(),
    negative: PromptNegative.optional(),
    locked: z.boolean().optional(),
    sceneIndex: SceneIndex.optional().meta({ description: "Of an added prompt" }),
    position: PromptPosition.optional(),
  })
  .superRefine((prompt, context) => {
    const refuse = (fields: readonly (keyof typeof prompt)[], message: string) => {
      for (const field of fields) {
        if (prompt[field] !== undefined) context.addIssue({ code: "custom", path: [field], message });
      }
    };
    if (prompt.id === undefined) {
      refuse(OLD_ONLY, "Only a prompt with an id can have this field");
      if (prompt.content === undefined) {
        context.addIssue({
          code: "custom",
          path: ["content"],
          message: "A prompt without an id is added: give its content",
        });
      }
      return;
    }
    refuse(NEW_ONLY, "Only a prompt that is added (without an id) can have this field");
    if (prompt.delete === true) refuse(CHANGES, "A prompt that is deleted cannot be changed as well");
  })
  .meta({
    id: "BulkPromptChange",
    description: "With id: change or delete that prompt. Without: add one. Prompts that are not named stay.",
  });

export const BulkUpdateItem = z
  .strictObject({
    id: RowId,
    version: Version.optional().meta({ description: "Refuses the item when the task is at another version" }),
    name: storedText(200).nullable().optional(),
    prompts: z
      .array(BulkPromptChange)
      .max(2 * MAX_PROMPTS_OF_TASK)
      .optional(),
  })
  .refine(({ name, prompts }) => name !== undefined || prompts !== undefined, "Name at least one field to change")
  .meta({ id: "BulkUpdateItem" });

export const BulkUpdate = z.strictObject({ items: items(BulkUpdateItem, reference("BulkUpdateItem")), atomic }).meta({
  id: "BulkUpdate",
  example: {
    items: [{ id: TASK_ID, name: "The storm", prompts: [{ id: PROMPT_ID, content: "A lighthouse in a storm" }] }],
  },
});

export const BulkCreate = z
  .strictObject({ items: items(BulkNewTask, reference("BulkNewTask")), atomic })
  .meta({ id: "BulkCreate", example: { items: [{ text: EXAMPLE_TEXT, name: "The storm" }], atomic: false } });

export const BulkDeleteFilter = z
  .strictObject({
    status: TaskStatus.optional(),
    kind: z.enum(["text", "audio"]).optional(),
    createdAfter: Moment.optional(),
    createdBefore: Moment.optional(),
  })
  .refine((filter) => Object.keys(filter).length > 0, "Name at least one field: an empty filter would take every task")
  .meta({ id: "BulkDeleteFilter" });

export const BulkDelete = z
  .strictObject({
    ids: items(RowId, { type: "string", format: "uuid" }).optional(),
    filter: BulkDeleteFilter.optional(),
    atomic,
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), "Give either ids or a filter")
  .meta({ id: "BulkDelete", example: { ids: [TASK_ID] } });

const ItemError = z
  .object({
    code: shownText(MAX_WORD).meta({ example: "request/stale" }),
    path: shownText(MAX_SENTENCE),
    message: shownText(MAX_SENTENCE),
  })
  .meta({ id: "BulkItemError", description: "Why this item was not done; `path` starts at the item" });

const failed = z.object({ index: Count, error: ItemError });

const resultsOf = <Done extends z.ZodType>(done: Done) =>
  z.object({ results: shownList(z.union([done, failed]), MAX_BULK_ITEMS) });

export const BulkUpdateResults = resultsOf(
  z.object({
    index: Count,
    id: z.uuid(),
    version: Version.meta({ description: "The task's version now" }),
    addedPromptIds: shownList(z.uuid(), 2 * MAX_PROMPTS_OF_TASK).meta({
      description: "Ids of the prompts that were added, in the order given",
    }),
  }),
).meta({ id: "BulkUpdateResults" });

export const BulkCreateResults = resultsOf(z.object({ index: Count, id: z.uuid() })).meta({
  id: "BulkCreateResults",
});

export const BulkDeleteResults = z
  .object({
    deleted: Count,
    hasMore: z.boolean().meta({ description: `The filter takes more than ${MAX_BULK_ITEMS} tasks: call again` }),
    results: z
      .array(z.union([z.object({ index: Count, id: z.uuid() }), failed]))
      .optional()
      .meta({ maxItems: MAX_BULK_ITEMS, description: "One entry an id, where ids were given" }),
  })
  .meta({ id: "BulkDeleteResults" });

const RULES =
  `Up to ${MAX_BULK_ITEMS} items and 16 MB. Atomic unless told otherwise: one item at fault refuses the call as a whole, and ` +
  "`errors` names each item at fault by its `index`. With `atomic: false` each item has a result, in the order given.";

const PROBLEMS = [
  "request/malformed",
  "request/invalid",
  "request/too-large",
  "request/unsupported-media-type",
  "bulk/refused",
] as const;

export const updateTasksInBulk = defineEndpoint({
  method: "patch",
  path: "/v1/tasks/bulk",
  operationId: "updateTasksInBulk",
  summary: "Change many tasks and their prompts",
  description: `${RULES} Prompts of a task are added, changed, deleted and moved in its item.`,
  tag: "Bulk",
  auth: "bearer",
  limit: "bulk",
  scope: "tasks:write",
  body: BulkUpdate,
  maxBodyBytes: MAX_BULK_BYTES,
  status: 200,
  response: BulkUpdateResults,
  problems: PROBLEMS,
});

export const createTasksInBulk = defineEndpoint({
  method: "post",
  path: "/v1/tasks/bulk",
  operationId: "createTasksInBulk",
  summary: "Turn many texts or recordings into storyboards",
  description: `${RULES} Each item is a body of \`POST /v1/tasks\`, without a transcript. An audioId that is not the caller's is a fault of its item.`,
  tag: "Bulk",
  auth: "bearer",
  scope: "tasks:write",
  limit: "bulk",
  body: BulkCreate,
  maxBodyBytes: MAX_BULK_BYTES,
  status: 200,
  response: BulkCreateResults,
  problems: PROBLEMS,
});

export const deleteTasksInBulk = defineEndpoint({
  method: "post",
  path: "/v1/tasks/bulk/delete",
  operationId: "deleteTasksInBulk",
  summary: "Delete many tasks with everything that belongs to them",
  description:
    `By \`ids\`: ${RULES} By \`filter\`: the oldest ${MAX_BULK_ITEMS} tasks that it takes; \`hasMore\` says whether to call again. ` +
    "Rows go at once, stored recordings right after; work under way is stopped.",
  tag: "Bulk",
  auth: "bearer",
  scope: "tasks:write",
  limit: "bulk",
  body: BulkDelete,
  maxBodyBytes: MAX_BULK_BYTES,
  status: 200,
  response: BulkDeleteResults,
  problems: PROBLEMS,
});

export const BULK_SCHEMAS = [
  BulkNewTask,
  BulkPromptChange,
  BulkUpdateItem,
  BulkUpdate,
  BulkCreate,
  BulkDeleteFilter,
  BulkDelete,
  ItemError,
  BulkUpdateResults,
  BulkCreateResults,
  BulkDeleteResults,
] as const;
export const BULK_ENDPOINTS = [createTasksInBulk, updateTasksInBulk, deleteTasksInBulk] as const;
