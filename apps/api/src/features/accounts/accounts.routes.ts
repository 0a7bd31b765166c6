import { login, logout, logoutAll, refresh, register } from "@phonoscene/contracts";
import {
  createSession,
  createUser,
  type Database,
  findUserByEmail,
  replacePasswordHash,
  revokeSessions,
  revokeSessionsOf,
  rotateSession,
} from "@phonoscene/db";
import { AppError, newId } from "@phonoscene/kernel";

import { endpoint, type Route } from "../../http/endpoint.ts";
import type { RateLimits } from "../../http/rate-limits.ts";
import type { LoginGuard } from "./login-guard.ts";
import type { PasswordStrength } from "./password-strength.ts";
import type { Passwords } from "./passwords.ts";
import type { RefreshTokens } from "./refresh-tokens.ts";
import { ACCESS_TOKEN_MS, type AccessTokens } from "./tokens.ts";
import { toUserView } from "./user-view.ts";

export type AccountDependencies = {
  database: Database;
  tokens: AccessTokens;
  refreshTokens: RefreshTokens;
  passwords: Passwords;
  passwordStrength: PasswordStrength;
  limits: RateLimits;
  loginGuard: LoginGuard;
};

/** As much of what a client calls itself as is worth keeping. */
const USER_AGENT_CHARACTERS = 255;

const registerRoute = ({ database: { db }, passwords, passwordStrength }: AccountDependencies): Route =>
  endpoint(register, async ({ body: { password, ...fields } }) => {
    passwordStrength.require(password, "password", [fields.email, fields.name]);
    const passwordHash = await passwords.hash(password);
    return toUserView(await createUser(db, { ...fields, passwordHash }));
  });

const loginRoute = (deps: AccountDependencies): Route => {
  const { database, tokens, refreshTokens, passwords, loginGuard } = deps;
  const { db } = database;
  return endpoint(login, async ({ body, client }) => {
    const user = await findUserByEmail(db, body.email);
    const isRight = await loginGuard.check({ email: body.email, ip: client.ip }, () =>
      passwords.verify(user?.passwordHash ?? null, body.password),
    );
    if (user === null || !isRight) throw new AppError("auth/invalid-credentials");
    if (passwords.isOutdated(user.passwordHash)) {
      const newHash = await passwords.hash(body.password);
      await replacePasswordHash(db, { userId: user.id, oldHash: user.passwordHash, newHash });
    }
    const sessionId = newId();
    const { token, hash } = refreshTokens.issue(sessionId);
    const userAgent = client.userAgent?.slice(0, USER_AGENT_CHARACTERS) ?? null;
    await createSession(db, { id: sessionId, userId: user.id, refreshHash: hash, userAgent });
    return {
      accessToken: tokens.issue({ userId: user.id, sessionId }),
      refreshToken: token,
      expiresInMs: ACCESS_TOKEN_MS,
      user: toUserView(user),
    };
  });
};

const refreshRoute = ({ database: { db }, tokens, refreshTokens, limits }: AccountDependencies): Route =>
  endpoint(refresh, async ({ body, logger, setHeader }) => {
    const { sessionId, hash } = refreshTokens.read(body.refreshToken);
    await limits.take("refresh", sessionId, setHeader);
    const successor = refreshTokens.successorOf(body.refreshToken);
    const rotation = await rotateSession(db, { id: sessionId, shown: hash, successor: successor.hash });
    if (rotation.outcome !== "rotated") {
      if (rotation.outcome === "reused") logger.warn({ sessionId }, "a used refresh token came back: session ended");
      const detail = "The session is over, or this refresh token was used before: log in again.";
      throw new AppError("auth/invalid-refresh-token", { detail });
    }
    return {
      accessToken: tokens.issue({ userId: rotation.user.id, sessionId }),
      refreshToken: successor.token,
      expiresInMs: ACCESS_TOKEN_MS,
      user: toUserView(rotation.user),
    };
  });

const logoutRoute = ({ database: { db }, refreshTokens }: AccountDependencies): Route =>
  endpoint(logout, async ({ body, sessionId }) => {
    const refreshToken = body.refreshToken;
    if (refreshToken === undefined && sessionId === null) {
      throw new AppError("auth/missing", {
        detail: "Send `Authorization: Bearer <accessToken>` while it is valid, or `refreshToken` in the body.",
      });
    }
    const named = refreshToken === undefined ? [] : [refreshTokens.read(refreshToken).sessionId];
    await revokeSessions(db, sessionId === null ? named : [sessionId, ...named]);
    return undefined;
  });

export const accountRoutes = (deps: AccountDependencies): Route[] => [
  registerRoute(deps),
  loginRoute(deps),
  refreshRoute(deps),
  logoutRoute(deps),
  endpoint(logoutAll, async ({ user }) => {
    await revokeSessionsOf(deps.database.db, user.id);
    return undefined;
  }),
];
