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
  /** A limit of its own: by address where nobody is known yet, else by user and on top of the general one. */
  limit?: "register" | "login" | "bulk";
  params?: Params;
  query?: Query;
  /** May accept undefined, where a request without a body is fine. */
  body?: Body;
  /** 100 kB unless told. */
  maxBodyBytes?: number;
  /** The fields beside the file, where the route also takes `multipart/form-data`. */
  multipart?: { file: string; fields: z.ZodType };
  status: 200 | 201 | 202 | 204;
  response?: Response;
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
