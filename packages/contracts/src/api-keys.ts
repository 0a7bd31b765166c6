import { z } from "zod";

import { MAX_WORD, NextCursor, shownList, shownText } from "./bounds.ts";
import { defineEndpoint, SCOPES } from "./endpoint.ts";
import { PageQuery } from "./sessions.ts";
import { storedText } from "./stored-text.ts";

const MINUTE_MS = 60_000;
const TEN_YEARS_MS = 10 * 365 * 24 * 60 * MINUTE_MS;

export const CreateApiKey = z
  .strictObject({
    name: storedText(100).meta({ example: "nightly import" }),
    scopes: z
      .array(z.enum(SCOPES))
      .min(1)
      .max(SCOPES.length)
      .refine((scopes) => new Set(scopes).size === scopes.length, "Name each scope once")
      .meta({ example: ["tasks:read"] }),
    expiresInMs: z.int().min(MINUTE_MS).max(TEN_YEARS_MS).nullable().default(null).meta({
      description: "The key ends so long after now; null: never",
    }),
  })
  .meta({ id: "CreateApiKey", example: { name: "nightly import", scopes: ["tasks:read", "tasks:write"] } });

export const ApiKey = z
  .object({
    object: z.literal("apiKey"),
    id: z.uuid(),
    name: shownText(100),
    prefix: shownText(MAX_WORD).meta({
      description: "Its first characters, to tell it from others",
      example: "ps_Xq3v9Lk2",
    }),
    scopes: shownList(z.enum(SCOPES), SCOPES.length),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable().meta({ description: "To the minute" }),
  })
  .meta({ id: "ApiKey" });
export type ApiKey = z.infer<typeof ApiKey>;

export const NewApiKey = ApiKey.extend({
  key: z.string().max(MAX_WORD).meta({ description: "The key itself: shown now and never again" }),
}).meta({ id: "NewApiKey" });

export const ApiKeyList = z
  .object({
    object: z.literal("list"),
    data: shownList(ApiKey, 100),
    hasMore: z.boolean(),
    nextCursor: NextCursor,
  })
  .meta({ id: "ApiKeyList" });

export const createApiKey = defineEndpoint({
  method: "post",
  path: "/v1/api-keys",
  operationId: "createApiKey",
  summary: "Make an API key",
  description: "Send it as `Authorization: Bearer ps_...` wherever its scopes reach. Accounts and keys take no keys.",
  tag: "API keys",
  auth: "bearer",
  // The answer carries the key itself, which is not to be kept.
  takesIdempotencyKey: false,
  body: CreateApiKey,
  status: 201,
  response: NewApiKey,
  problems: ["request/malformed", "request/invalid", "request/too-large", "request/unsupported-media-type"],
});

export const listApiKeys = defineEndpoint({
  method: "get",
  path: "/v1/api-keys",
  operationId: "listApiKeys",
  summary: "The API keys of the account, newest first, without the keys themselves",
  description: "`prefix` tells one from another; `lastUsedAt` shows which are not needed any more.",
  tag: "API keys",
  auth: "bearer",
  query: PageQuery,
  status: 200,
  response: ApiKeyList,
  problems: ["request/invalid", "request/cursor-invalid"],
});

export const deleteApiKey = defineEndpoint({
  method: "delete",
  path: "/v1/api-keys/{id}",
  operationId: "deleteApiKey",
  summary: "Delete an API key; it is dead at once",
  description: "What it made stays. A key that is deleted cannot be brought back.",
  tag: "API keys",
  auth: "bearer",
  params: z.strictObject({ id: z.uuid() }),
  status: 204,
  problems: ["request/invalid", "api-key/not-found"],
});

export const API_KEY_ENDPOINTS = [createApiKey, listApiKeys, deleteApiKey] as const;
