export { accountRoutes, createAuthenticate } from "./accounts.routes.ts";
export { createPasswords, type Passwords } from "./passwords.ts";
export { type AccessTokens, createAccessTokens } from "./tokens.ts";
