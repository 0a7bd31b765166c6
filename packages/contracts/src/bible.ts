import { z } from "zod";

import { Count, MAX_SENTENCE, MAX_WORD, shownList, shownText, Version } from "./bounds.ts";
import { defineEndpoint } from "./endpoint.ts";
import { RowIfMatchHeader } from "./if-match.ts";
import { storedText } from "./stored-text.ts";

export const MAX_BIBLE_ENTITIES = 100;
export const MAX_ALIASES = 20;
/** Longer names and descriptions would leave a prompt no room for what happens. */
export const MAX_ENTITY_NAME = 80;
export const MAX_ENTITY_DESCRIPTION = 300;

export const ENTITY_KINDS = ["character", "place", "object"] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

/** Who or what the text said it was, who or what was guessed, and what its owner wrote. */
export const ENTITY_ORIGINS = ["text", "inferred", "edited"] as const;

/** Somebody or something of a story, which looks the same in every picture. */
export const BibleEntity = z
  .object({
    id: shownText(MAX_WORD).meta({
      description: "Stays the same as long as the task has it",
      example: "character-tomas-berg",
    }),
    kind: z.enum(ENTITY_KINDS),
    name: shownText(MAX_WORD).meta({ description: "As the text calls it", example: "Tomas Berg" }),
    aliases: shownList(shownText(MAX_WORD), MAX_ALIASES).meta({ description: "Other names that the text has for it" }),
    description: shownText(MAX_SENTENCE).meta({
      description: "How it looks: the words that stand for it in every prompt",
      example: "an old fisherman in a yellow oilskin coat",
    }),
    sceneIndexes: shownList(Count, 10_000).meta({ description: "The scenes that name it" }),
    origin: z.enum(ENTITY_ORIGINS),
  })
  .meta({ id: "BibleEntity" });
export type BibleEntity = z.infer<typeof BibleEntity>;

/** One look for the whole set. */
export const BibleStyle = z
  .object({
    camera: shownText(MAX_SENTENCE),
    lens: shownText(MAX_SENTENCE),
    photography: shownText(MAX_SENTENCE).meta({ description: "The style of photograph, or another art" }),
    film: shownText(MAX_SENTENCE),
    isEdited: z.boolean().meta({ description: "Its owner wrote it: another run keeps it" }),
  })
  .meta({ id: "BibleStyle" });
export type BibleStyle = z.infer<typeof BibleStyle>;

/** Who, where and what the pictures of a task show, and in which look. */
export const Bible = z
  .object({
    object: z.literal("bible"),
    version: Version,
    entities: shownList(BibleEntity, MAX_BIBLE_ENTITIES),
    style: BibleStyle,
    engine: shownText(MAX_WORD).meta({ description: "What read the text", example: "local" }),
  })
  .meta({ id: "Bible" });
export type Bible = z.infer<typeof Bible>;

const EntityId = z.string().min(1).max(MAX_WORD);
const EntityName = storedText(MAX_ENTITY_NAME);
const EntityDescription = storedText(MAX_ENTITY_DESCRIPTION);
const NEW_NEEDS = ["kind", "name", "description"] as const;
const CHANGES = [...NEW_NEEDS, "aliases"] as const;

export const BibleEntityChange = z
  .strictObject({
    id: EntityId.optional().meta({
      description: "Left out: the entity is added, and needs kind, name and description",
    }),
    delete: z.literal(true).optional(),
    kind: z.enum(ENTITY_KINDS).optional(),
    name: EntityName.optional(),
    aliases: z
      .array(EntityName)
      .max(MAX_ALIASES)
      .optional()
      .meta({ description: "All of them, in place of those before" }),
    description: EntityDescription.optional(),
  })
  .superRefine((change, context) => {
    const refuse = (path: keyof typeof change, message: string): void =>
      context.addIssue({ code: "custom", path: [path], message });
    if (change.id === undefined) {
      for (const field of NEW_NEEDS)
        if (change[field] === undefined) refuse(field, "An entity without an id is added: give it");
      if (change.delete === true) refuse("delete", "Only an entity with an id can be deleted");
    } else if (change.delete === true) {
      for (const field of CHANGES)
        if (change[field] !== undefined) refuse(field, "An entity that is deleted cannot be changed as well");
    }
  })
  .meta({
    id: "BibleEntityChange",
    description: "With id: change or delete that entity. Without: add one. Entities that are not named stay.",
  });
export type BibleEntityChange = z.infer<typeof BibleEntityChange>;

const StylePart = storedText(200);

/** The body of `PATCH /v1/tasks/{id}/bible`: what is left out stays. */
export const UpdateBible = z
  .strictObject({
    entities: z
      .array(BibleEntityChange)
      .min(1)
      .max(2 * MAX_BIBLE_ENTITIES)
      .optional(),
    style: z
      .strictObject({
        camera: StylePart.optional(),
        lens: StylePart.optional(),
        photography: StylePart.optional(),
        film: StylePart.optional(),
      })
      .refine((style) => Object.keys(style).length > 0, "Name at least one part to change")
      .nullable()
      .optional()
      .meta({ description: "null: as it is until the next retry, which chooses again" }),
  })
  .refine((change) => Object.keys(change).length > 0, "Name at least one field to change")
  .meta({ id: "UpdateBible", example: { style: { film: "Ilford HP5 Plus film" } } });
export type UpdateBible = z.infer<typeof UpdateBible>;

const TaskParams = z.strictObject({ id: z.uuid() });

export const getBible = defineEndpoint({
  method: "get",
  path: "/v1/tasks/{id}/bible",
  operationId: "getBible",
  summary: "Who, where and what the pictures of a task show, and in which look",
  description: "Read from the text before the first prompt is written. Its `ETag` is for the `If-Match` of a change.",
  tag: "Storyboard",
  auth: "bearer",
  scope: "tasks:read",
  params: TaskParams,
  status: 200,
  response: Bible,
  problems: ["request/invalid", "task/not-found", "bible/not-found"],
});

export const updateBible = defineEndpoint({
  method: "patch",
  path: "/v1/tasks/{id}/bible",
  operationId: "updateBible",
  summary: "Add, change or delete entities; change the look",
  description:
    "No prompt changes by this: `POST /v1/tasks/{id}/prompts/regenerate` applies it. What you write here stays through every " +
    "retry, and what you delete does not come back. The task must be over.",
  tag: "Storyboard",
  auth: "bearer",
  scope: "tasks:write",
  params: TaskParams,
  body: UpdateBible,
  headers: z.object({ "if-match": RowIfMatchHeader }),
  status: 200,
  response: Bible,
  problems: [
    "request/malformed",
    "request/invalid",
    "task/not-found",
    "bible/not-found",
    "task/not-ready",
    "request/stale",
  ],
});

export const BIBLE_ENDPOINTS = [getBible, updateBible] as const;
