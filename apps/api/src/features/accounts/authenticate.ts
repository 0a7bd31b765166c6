import { type Database, findSessionUser } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";
import type { Request } from "express";

import type { Caller } from "../../http/endpoint.ts";
import type { AccessTokens } from "./tokens.ts";

type Dependencies = { database: Database; tokens: AccessTokens };

const bearerOf = (request: Request): string => {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() === "bearer" && token !== undefined && token !== "") return token;
  throw new AppError("auth/missing", {
    detail: "Send `Authorization: Bearer <accessToken>`; POST /v1/auth/login gives one.",
  });
};

/** Reads the bearer token; its session must still be alive, so a revoked one is dead on every process at once. */
export const createAuthenticate =
  ({ database: { db }, tokens }: Dependencies) =>
  async (request: Request): Promise<Caller> => {
    const { userId, sessionId } = tokens.verify(bearerOf(request));
    const user = await findSessionUser(db, { id: sessionId, userId });
    if (user === null) throw new AppError("auth/invalid-token", { detail: "The session is over: log in again." });
    return { user, sessionId };
  };
