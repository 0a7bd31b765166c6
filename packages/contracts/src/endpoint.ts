import type { z } from "zod";

import type { ProblemCode } from "./problems.ts";

/** `optional`: a token that is not valid counts as none. */
export type AuthMode = "none" | "bearer" | "optional";

/** What an API key may be allowed to do. */
export const SCOPES = ["tasks:read", "tasks:write"] as const;
export type Scope = (typeof SCOPES)[number];

/** One route, as data: what comes in, what goes out, who may call it, and how it may fail. */
export type Endpoint<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
  Auth extends AuthMode = AuthMode,
> = {
  method: "get" | "post" | "patch" | "delete";
  /** Express and OpenAPI share it: `/v1/tasks/{id}`. */
  path: `/${string}`;
  operationId: string;
  summary: string;
  description?: string;
  tag: string;
  auth: Auth;
  /** What an API key needs for this route; a route without it takes no keys, only access tokens. */
  scope?: Scope;
  /** Only for these: to everybody else there is no such route. The role is read with each request. */
  role?: "admin";
  /** A limit of its own: by address where nobody is known yet, else by user and on top of the general one. */
  limit?: "register" | "login" | "bulk" | "hook";
  params?: Params;
  query?: Query;
  /** May accept undefined, where a request without a body is fine. */
  body?: Body;
  /** No body at all is as good as `{}`. */
  isBodyOptional?: true;
  /** 100 kB unless told. */
  maxBodyBytes?: number;
  /** The fields beside the file, where the route also takes `multipart/form-data`. */
  multipart?: { file: string; fields: z.ZodType };
  /** Request headers that mean something here; a lower-case name each. */
  headers?: z.ZodObject;
  /** POST routes with a bearer take an `Idempotency-Key`, unless told: not where the answer holds a secret. */
  takesIdempotencyKey?: false;
  /** How long an answer may be held back while nothing is sent. */
  holdsUpToMs?: number;
  status: 200 | 201 | 202 | 204;
  /** Other ways to succeed, with the same response; the handler says which. */
  otherStatuses?: readonly (200 | 201 | 202)[];
  response?: Response;
  /** Where `response` is `StreamedText`: the media types it may have, each with what the document says of it. */
  streams?: Readonly<Record<string, z.ZodType>>;
  problems: readonly ProblemCode[];
};

/** Keeps the literal types, so that a handler knows its own input. */
export const defineEndpoint = <
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
  Response extends z.ZodType = z.ZodUndefined,
  Auth extends AuthMode = AuthMode,
>(
  endpoint: Endpoint<Params, Query, Body, Response, Auth>,
): Endpoint<Params, Query, Body, Response, Auth> => endpoint;

/** Whether the route takes an `Idempotency-Key`. */
export const isIdempotent = (endpoint: Endpoint): boolean =>
  endpoint.method === "post" && endpoint.auth === "bearer" && endpoint.takesIdempotencyKey !== false;
