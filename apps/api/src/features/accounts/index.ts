export { accountRoutes } from "./accounts.routes.ts";
export { apiKeyRoutes } from "./api-keys.routes.ts";
export { createAuthenticate } from "./authenticate.ts";
export { meRoutes } from "./me.routes.ts";
export { createPasswordStrength, type PasswordStrength } from "./password-strength.ts";
export { createPasswords, type Passwords } from "./passwords.ts";
export { createRefreshTokens, type RefreshTokens } from "./refresh-tokens.ts";
export { sessionRoutes } from "./sessions.routes.ts";
export { type AccessTokens, createAccessTokens } from "./tokens.ts";
