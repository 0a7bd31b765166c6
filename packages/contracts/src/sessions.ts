import { z } from "zod";

import { MAX_SENTENCE, NextCursor, shownList, shownText } from "./bounds.ts";
import { defineEndpoint } from "./endpoint.ts";

export const Session = z
  .object({
    object: z.literal("session"),
    id: z.uuid(),
    isCurrent: z.boolean().meta({ description: "The session of the token that asked" }),
    userAgent: shownText(MAX_SENTENCE).nullable().meta({ description: "What logged in, as it called itself" }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().meta({ description: "The last login or refresh" }),
    expiresAt: z.iso.datetime().meta({ description: "It ends then at the latest" }),
  })
  .meta({ id: "Session" });
export type Session = z.infer<typeof Session>;

export const SessionList = z
  .object({
    object: z.literal("list"),
    data: shownList(Session, 100),
    hasMore: z.boolean(),
    nextCursor: NextCursor,
  })
  .meta({ id: "SessionList" });

/** A page of a list that is sorted newest first and has no filters. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().pipe(z.int().min(1).max(100)).default(20),
  cursor: z.string().min(1).max(500).optional(),
});

export const listSessions = defineEndpoint({
  method: "get",
  path: "/v1/me/sessions",
  operationId: "listSessions",
  summary: "The sessions that are logged in, newest first",
  description: "One a login, until it is ended, over, or 7 days without a refresh.",
  tag: "Accounts",
  auth: "bearer",
  query: PageQuery,
  status: 200,
  response: SessionList,
  problems: ["request/invalid", "request/cursor-invalid"],
});

export const deleteSession = defineEndpoint({
  method: "delete",
  path: "/v1/me/sessions/{id}",
  operationId: "deleteSession",
  summary: "End one session; its tokens are dead at once",
  description: "Any session of the account, the one that asks too.",
  tag: "Accounts",
  auth: "bearer",
  params: z.strictObject({ id: z.uuid() }),
  status: 204,
  problems: ["request/invalid", "session/not-found"],
});

export const SESSION_ENDPOINTS = [listSessions, deleteSession] as const;
