import { getMe, login, register, type User as UserView } from "@phonoscene/contracts";
import { createSession, createUser, type Database, findSessionUser, findUserByEmail, type User } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";
import type { Request } from "express";

import { endpoint, type Route } from "../../http/endpoint.ts";
import type { Passwords } from "./passwords.ts";
import { ACCESS_TOKEN_MS, type AccessTokens, newRefreshToken, REFRESH_TOKEN_MS } from "./tokens.ts";

type Dependencies = { database: Database; tokens: AccessTokens; passwords: Passwords };

const toUserView = (user: User): UserView => ({
  object: "user",
  id: user.id,
  email: user.email,
  name: user.name,
  role: user.role,
  createdAt: user.createdAt.toISOString(),
});

export const accountRoutes = ({ database: { db }, tokens, passwords }: Dependencies): Route[] => [
  endpoint(register, async ({ body: { password, ...fields } }) => {
    const passwordHash = await passwords.hash(password);
    return toUserView(await createUser(db, { ...fields, passwordHash }));
  }),

  endpoint(login, async ({ body }) => {
    const user = await findUserByEmail(db, body.email);
    const isRight = await passwords.verify(user?.passwordHash ?? null, body.password);
    if (user === null || !isRight) throw new AppError("auth/invalid-credentials");
    const refresh = newRefreshToken();
    const expiresAt = new Date(Date.now() + REFRESH_TOKEN_MS);
    const sessionId = await createSession(db, { userId: user.id, refreshHash: refresh.hash, expiresAt });
    return {
      accessToken: tokens.issue({ userId: user.id, sessionId }),
      refreshToken: refresh.token,
      expiresInMs: ACCESS_TOKEN_MS,
      user: toUserView(user),
    };
  }),

  endpoint(getMe, async ({ user }) => toUserView(user)),
];

/** Reads the bearer token; its session must still be alive, so a revoked one is dead on every process at once. */
export const createAuthenticate =
  ({ database: { db }, tokens }: Pick<Dependencies, "database" | "tokens">) =>
  async (request: Request): Promise<User> => {
    const [scheme, token] = (request.headers.authorization ?? "").split(" ");
    if (scheme?.toLowerCase() !== "bearer" || token === undefined || token === "") {
      throw new AppError("auth/missing", {
        detail: "Send `Authorization: Bearer <accessToken>`; POST /v1/auth/login gives one.",
      });
    }
    const { userId, sessionId } = tokens.verify(token);
    const user = await findSessionUser(db, { id: sessionId, userId });
    if (user === null) throw new AppError("auth/invalid-token", { detail: "The session is over: log in again." });
    return user;
  };
