import { z } from "zod";

import { MAX_WORD, NextCursor, shownList, shownText, Version } from "./bounds.ts";
import { defineEndpoint } from "./endpoint.ts";
import { RowIfMatchHeader } from "./if-match.ts";
import { PageQuery } from "./sessions.ts";
import { storedText } from "./stored-text.ts";
import { AspectRatio } from "./task-options.ts";

export const MAX_STYLES = 100;

const StyleName = storedText(100);
const Part = storedText(200).nullable();
const Words = storedText(500).nullable();

const FIELDS = {
  camera: Part.default(null),
  lens: Part.default(null),
  photography: Part.default(null).meta({ description: "The style of photograph" }),
  film: Part.default(null),
  style: Words.default(null).meta({ description: "A style in your own words, in place of the style of photograph" }),
  negative: Words.default(null).meta({ description: "What must not be in the pictures, comma separated" }),
  aspectRatio: AspectRatio.nullable().default(null),
};

const PARTS = ["camera", "lens", "photography", "film", "style", "negative", "aspectRatio"] as const;

export const CreateStyle = z
  .strictObject({ name: StyleName, ...FIELDS })
  .refine((style) => PARTS.some((part) => style[part] !== null), "Say something of the look")
  .meta({
    id: "CreateStyle",
    example: { name: "Noir", photography: "film noir photograph", film: "Kodak Tri-X 400 film", aspectRatio: "16:9" },
  });

export const UpdateStyle = z
  .strictObject({
    name: StyleName.optional(),
    camera: Part.optional(),
    lens: Part.optional(),
    photography: Part.optional(),
    film: Part.optional(),
    style: Words.optional(),
    negative: Words.optional(),
    aspectRatio: AspectRatio.nullable().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, "Name at least one field to change")
  .meta({ id: "UpdateStyle", example: { film: "Ilford HP5 Plus film" } });

const shownPart = shownText(500).nullable();

export const Style = z
  .object({
    object: z.literal("style"),
    id: z.uuid(),
    name: shownText(MAX_WORD),
    camera: shownPart,
    lens: shownPart,
    photography: shownPart,
    film: shownPart,
    style: shownPart,
    negative: shownPart,
    aspectRatio: shownText(9).nullable(),
    version: Version,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: "Style", description: "A look that is kept for more than one task; what is null is left to the task" });
export type Style = z.infer<typeof Style>;

export const StyleList = z
  .object({ object: z.literal("list"), data: shownList(Style, 100), hasMore: z.boolean(), nextCursor: NextCursor })
  .meta({ id: "StyleList" });

const tag = "Storyboard";
const StyleParams = z.strictObject({ id: z.uuid() });

export const createStyle = defineEndpoint({
  method: "post",
  path: "/v1/styles",
  operationId: "createStyle",
  summary: "Keep a look for more than one task",
  description: `A task takes it by \`styleId\`. Names are unique; at most ${MAX_STYLES} an account.`,
  tag,
  auth: "bearer",
  scope: "tasks:write",
  body: CreateStyle,
  status: 201,
  response: Style,
  problems: ["request/malformed", "request/invalid", "style/name-taken", "style/too-many"],
});

export const listStyles = defineEndpoint({
  method: "get",
  path: "/v1/styles",
  operationId: "listStyles",
  summary: "The styles of the account, newest first",
  tag,
  auth: "bearer",
  scope: "tasks:read",
  query: PageQuery,
  status: 200,
  response: StyleList,
  problems: ["request/invalid", "request/cursor-invalid"],
});

export const getStyle = defineEndpoint({
  method: "get",
  path: "/v1/styles/{id}",
  operationId: "getStyle",
  summary: "One style, with its ETag",
  tag,
  auth: "bearer",
  scope: "tasks:read",
  params: StyleParams,
  status: 200,
  response: Style,
  problems: ["request/invalid", "style/not-found"],
});

export const updateStyle = defineEndpoint({
  method: "patch",
  path: "/v1/styles/{id}",
  operationId: "updateStyle",
  summary: "Change a style",
  description: "What is left out stays. Tasks that name it follow when their prompts are written next.",
  tag,
  auth: "bearer",
  scope: "tasks:write",
  params: StyleParams,
  body: UpdateStyle,
  headers: z.object({ "if-match": RowIfMatchHeader }),
  status: 200,
  response: Style,
  problems: ["request/malformed", "request/invalid", "style/not-found", "style/name-taken", "request/stale"],
});

export const deleteStyle = defineEndpoint({
  method: "delete",
  path: "/v1/styles/{id}",
  operationId: "deleteStyle",
  summary: "Delete a style",
  description: "Prompts stay as they are. A task that names it is written without it, and warns (`style_missing`).",
  tag,
  auth: "bearer",
  scope: "tasks:write",
  params: StyleParams,
  status: 204,
  problems: ["request/invalid", "style/not-found"],
});

export const STYLE_SCHEMAS = [CreateStyle, UpdateStyle, Style, StyleList] as const;
export const STYLE_ENDPOINTS = [createStyle, listStyles, getStyle, updateStyle, deleteStyle] as const;
