import { z } from "zod";

import { DurationMs, MAX_SENTENCE, shownText } from "./bounds.ts";
import { defineEndpoint } from "./endpoint.ts";
import { storedText } from "./stored-text.ts";

export const Email = z
  .email("An email looks like name@example.com")
  .max(254)
  .transform((email) => email.toLowerCase())
  .meta({ example: "ada@example.com" });

const PersonName = storedText(100).meta({ example: "Ada" });

const PASSWORD = "seven quiet lanterns";

/** Its strength is measured where it is received: 8 characters alone say little. */
const NewPassword = z.string().min(8).max(128).meta({
  example: PASSWORD,
  description: "8 to 128 characters that are hard to guess: common words, dates, the email and the name count little",
});

const GivenPassword = z.string().min(1).max(128).meta({ example: PASSWORD });

export const Register = z
  .strictObject({ email: Email, password: NewPassword, name: PersonName })
  .meta({ id: "Register", example: { email: "ada@example.com", password: PASSWORD, name: "Ada" } });

export const Login = z
  .strictObject({ email: Email, password: GivenPassword })
  .meta({ id: "Login", example: { email: "ada@example.com", password: PASSWORD } });

export const User = z
  .object({
    object: z.literal("user"),
    id: z.uuid(),
    email: shownText(254),
    name: shownText(100),
    role: z.enum(["user", "admin"]),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "User" });
export type User = z.infer<typeof User>;

export const Tokens = z
  .object({
    accessToken: z.string().max(MAX_SENTENCE).meta({ description: "A JWT for the `Authorization: Bearer` header" }),
    refreshToken: z.string().max(200).meta({ description: "Opaque; keep it secret" }),
    expiresInMs: DurationMs.meta({ description: "Lifetime of the access token" }),
    user: User,
  })
  .meta({ id: "Tokens" });

const TOKENS_EXAMPLE = { refreshToken: "the-refresh-token-of-your-last-login-or-refresh" };

const RefreshToken = z.string().min(1).max(200).meta({ description: "The newest one that this session was given" });

export const Refresh = z.strictObject({ refreshToken: RefreshToken }).meta({ id: "Refresh", example: TOKENS_EXAMPLE });

export const Logout = z
  .strictObject({ refreshToken: RefreshToken.optional() })
  .meta({ id: "Logout", example: TOKENS_EXAMPLE });

export const UpdateMe = z
  .strictObject({ name: PersonName.optional(), email: Email.optional() })
  .meta({ id: "UpdateMe", example: { name: "Ada Lovelace" } });

export const DeleteMe = z
  .strictObject({ password: GivenPassword })
  .meta({ id: "DeleteMe", example: { password: PASSWORD } });

export const ChangePassword = z.strictObject({ currentPassword: GivenPassword, newPassword: NewPassword }).meta({
  id: "ChangePassword",
  example: { currentPassword: PASSWORD, newPassword: "nine brass umbrellas" },
});

const BODY_PROBLEMS = [
  "request/malformed",
  "request/invalid",
  "request/too-large",
  "request/unsupported-media-type",
] as const;

export const register = defineEndpoint({
  method: "post",
  path: "/v1/auth/register",
  operationId: "register",
  limit: "register",
  summary: "Make an account",
  description: "Then log in with the same email and password. The email must not belong to another account.",
  tag: "Accounts",
  auth: "none",
  body: Register,
  status: 201,
  response: User,
  problems: [...BODY_PROBLEMS, "user/email-taken", "auth/busy"],
});

export const login = defineEndpoint({
  method: "post",
  path: "/v1/auth/login",
  operationId: "login",
  limit: "login",
  summary: "Get an access token and a refresh token",
  description: "Each login is a session of its own, listed by `GET /v1/me/sessions`.",
  tag: "Accounts",
  auth: "none",
  body: Login,
  status: 200,
  response: Tokens,
  problems: [...BODY_PROBLEMS, "auth/invalid-credentials", "auth/busy"],
});

export const refresh = defineEndpoint({
  method: "post",
  path: "/v1/auth/refresh",
  operationId: "refresh",
  summary: "Trade the refresh token for new tokens",
  description:
    "Each refresh token works once. For 10 seconds the same one gets the same successor again, so an answer that was " +
    "lost can be asked for once more; later use means that it was stolen, and ends the session. A session ends after 7 " +
    "days without a refresh, and 30 days after its login.",
  tag: "Accounts",
  auth: "none",
  body: Refresh,
  status: 200,
  response: Tokens,
  problems: [...BODY_PROBLEMS, "request/rate-limited", "auth/invalid-refresh-token"],
});

export const logout = defineEndpoint({
  method: "post",
  path: "/v1/auth/logout",
  operationId: "logout",
  summary: "End a session: that of the bearer token, and that of the refresh token if there is one",
  description:
    "Either token is enough, so a client whose access token is over can log out too. Repeating it is no error.",
  tag: "Accounts",
  auth: "optional",
  body: Logout,
  isBodyOptional: true,
  status: 204,
  problems: [...BODY_PROBLEMS, "auth/missing", "auth/invalid-refresh-token"],
});

export const logoutAll = defineEndpoint({
  method: "post",
  path: "/v1/auth/logout-all",
  operationId: "logoutAll",
  summary: "End every session of the account, this one too",
  description: "All their tokens are dead at once; API keys stay.",
  tag: "Accounts",
  auth: "bearer",
  status: 204,
  problems: [],
});

export const getMe = defineEndpoint({
  method: "get",
  path: "/v1/me",
  operationId: "getMe",
  summary: "The account that the token belongs to",
  description: "Id, email, name and role, never the password.",
  tag: "Accounts",
  auth: "bearer",
  status: 200,
  response: User,
  problems: [],
});

export const updateMe = defineEndpoint({
  method: "patch",
  path: "/v1/me",
  operationId: "updateMe",
  summary: "Change the name or the email of the account",
  description: "What is left out stays.",
  tag: "Accounts",
  auth: "bearer",
  body: UpdateMe,
  status: 200,
  response: User,
  problems: [...BODY_PROBLEMS, "user/email-taken"],
});

export const deleteMe = defineEndpoint({
  method: "delete",
  path: "/v1/me",
  operationId: "deleteMe",
  summary: "Delete the account with everything that belongs to it",
  description: "Tasks, recordings, sessions and keys: rows go at once, stored recordings right after.",
  tag: "Accounts",
  auth: "bearer",
  body: DeleteMe,
  status: 204,
  problems: [...BODY_PROBLEMS, "auth/wrong-password", "auth/busy"],
});

export const changePassword = defineEndpoint({
  method: "post",
  path: "/v1/me/password",
  operationId: "changePassword",
  summary: "Change the password; every other session ends",
  description: "The current password is asked for again; the session that changes it stays.",
  tag: "Accounts",
  auth: "bearer",
  body: ChangePassword,
  status: 204,
  problems: [...BODY_PROBLEMS, "auth/wrong-password", "auth/busy"],
});

export const ACCOUNT_ENDPOINTS = [
  register,
  login,
  refresh,
  logout,
  logoutAll,
  getMe,
  updateMe,
  deleteMe,
  changePassword,
] as const;
