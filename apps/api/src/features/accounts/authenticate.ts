import type { Endpoint } from "@phonoscene/contracts";
import { type Database, findSessionUser, useApiKey } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";
import type { Request } from "express";

import type { Caller } from "../../http/endpoint.ts";
import { API_KEY_PREFIX, hashApiKey } from "./key-secrets.ts";
import type { AccessTokens } from "./tokens.ts";

type Dependencies = { database: Database; tokens: AccessTokens };

const bearerOf = (request: Request): string => {
  const [scheme, token, ...more] = (request.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() === "bearer" && token !== undefined && token !== "" && more.length === 0) return token;
  throw new AppError("auth/missing", {
    detail: "Send `Authorization: Bearer <accessToken>`; POST /v1/auth/login gives one.",
  });
};

/** The session must still be alive, so a token of one that was ended is dead on every process at once. */
const callerOfToken = async ({ database: { db }, tokens }: Dependencies, token: string): Promise<Caller> => {
  const { userId, sessionId } = tokens.verify(token);
  const user = await findSessionUser(db, { id: sessionId, userId });
  if (user === null) throw new AppError("auth/invalid-token", { detail: "The session is over: log in again." });
  return { user, sessionId };
};

type Access = Pick<Endpoint, "method" | "path" | "scope">;

const callerOfKey = async ({ database: { db } }: Dependencies, key: string, access: Access): Promise<Caller> => {
  const owner = await useApiKey(db, hashApiKey(key));
  if (owner === null) {
    const detail = "There is no such API key, or it is over: POST /v1/api-keys makes one.";
    throw new AppError("auth/invalid-token", { detail });
  }
  if (access.scope === undefined) {
    throw new AppError("auth/key-refused", {
      detail: `${access.method.toUpperCase()} ${access.path} takes an access token only: POST /v1/auth/login gives one.`,
    });
  }
  if (!owner.scopes.includes(access.scope)) {
    const detail = `The API key lacks the scope ${access.scope}: make one that has it.`;
    throw new AppError("auth/scope-missing", { detail });
  }
  return { user: owner.user, sessionId: null };
};

/** Reads the bearer token: an access token, or an API key where the route has a scope that the key has too. */
export const createAuthenticate =
  (deps: Dependencies) =>
  async (request: Request, access: Access): Promise<Caller> => {
    const token = bearerOf(request);
    return token.startsWith(API_KEY_PREFIX) ? callerOfKey(deps, token, access) : callerOfToken(deps, token);
  };
