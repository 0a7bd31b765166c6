export { accountRoutes } from "./accounts.routes.ts";
export { createAuthenticate } from "./authenticate.ts";
export { createPasswords, type Passwords } from "./passwords.ts";
export { createRefreshTokens, type RefreshTokens } from "./refresh-tokens.ts";
export { sessionRoutes } from "./sessions.routes.ts";
export { type AccessTokens, createAccessTokens } from "./tokens.ts";
