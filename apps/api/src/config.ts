import { hookSecret, parseConfig, queueUrlOf, STORE_VARIABLES, wholeNumber } from "@phonoscene/kernel";
import { networkList } from "@phonoscene/outbound";
import { z } from "zod";

/** 0: no limit. */
const rateLimit = wholeNumber(0, 1_000_000);

/** Every variable that this app reads; .env.example explains them. */
export const API_VARIABLES = z.object({
  ...STORE_VARIABLES,
  JWT_SECRET: z.string().min(32, "must be 32 characters or more: make one with `openssl rand -base64 48`"),
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().default("127.0.0.1"),
  TRUST_PROXY_HOPS: wholeNumber(0, 10).default(0),
  OUTBOUND_ALLOWED_NETWORKS: networkList.optional(),
  RATE_LIMIT_API_PER_MINUTE: rateLimit.default(120),
  RATE_LIMIT_BULK_PER_MINUTE: rateLimit.default(5),
  RATE_LIMIT_REGISTER_PER_HOUR: rateLimit.default(5),
  RATE_LIMIT_LOGIN_PER_MINUTE: rateLimit.default(20),
  RATE_LIMIT_LOGIN_FAILURES: rateLimit.default(5),
  RATE_LIMIT_REFRESH_PER_MINUTE: rateLimit.default(30),
  RATE_LIMIT_HOOK_PER_MINUTE: rateLimit.default(600),
  PROVIDER_HOOK_SECRET: hookSecret.optional(),
});

const ApiConfig = API_VARIABLES.transform((env) => ({
  databaseUrl: env.DATABASE_URL,
  databasePoolSize: env.DATABASE_POOL_SIZE,
  queueUrl: queueUrlOf(env),
  queuePrefix: env.QUEUE_PREFIX,
  jwtSecret: env.JWT_SECRET,
  providerHookSecret: env.PROVIDER_HOOK_SECRET,
  dataDir: env.PHONOSCENE_DATA_DIR,
  port: env.PORT,
  host: env.HOST,
  trustProxyHops: env.TRUST_PROXY_HOPS,
  allowedNetworks: env.OUTBOUND_ALLOWED_NETWORKS,
  rateLimits: {
    apiPerMinute: env.RATE_LIMIT_API_PER_MINUTE,
    bulkPerMinute: env.RATE_LIMIT_BULK_PER_MINUTE,
    registerPerHour: env.RATE_LIMIT_REGISTER_PER_HOUR,
    loginPerMinute: env.RATE_LIMIT_LOGIN_PER_MINUTE,
    loginFailures: env.RATE_LIMIT_LOGIN_FAILURES,
    hookPerMinute: env.RATE_LIMIT_HOOK_PER_MINUTE,
    refreshPerMinute: env.RATE_LIMIT_REFRESH_PER_MINUTE,
  },
  logLevel: env.LOG_LEVEL,
}));

export type ApiConfig = Readonly<z.output<typeof ApiConfig>>;

/** @throws AppError "config/invalid" naming every faulty variable. */
export const readConfig = (env: NodeJS.ProcessEnv): ApiConfig => parseConfig(ApiConfig, env);

/** What `migrate-main` reads, which is less than the API does: no secret. */
export const MIGRATION_VARIABLES = API_VARIABLES.pick({
  DATABASE_URL: true,
  QUEUE_URL: true,
  REDIS_URL: true,
  LOG_LEVEL: true,
});

const MigrationConfig = MIGRATION_VARIABLES.transform((env) => ({
  databaseUrl: env.DATABASE_URL,
  queueUrl: queueUrlOf(env),
  logLevel: env.LOG_LEVEL,
}));

export type MigrationConfig = Readonly<z.output<typeof MigrationConfig>>;

/** @throws AppError "config/invalid" naming every faulty variable. */
export const readMigrationConfig = (env: NodeJS.ProcessEnv): MigrationConfig => parseConfig(MigrationConfig, env);
