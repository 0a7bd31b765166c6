import { parseConfig, queueUrlOf, STORE_VARIABLES, wholeNumber } from "@phonoscene/kernel";
import { z } from "zod";

/** Every variable that this app reads; .env.example explains them. */
export const API_VARIABLES = z.object({
  ...STORE_VARIABLES,
  JWT_SECRET: z.string().min(32, "must be 32 characters or more: make one with `openssl rand -base64 48`"),
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().default("127.0.0.1"),
  TRUST_PROXY_HOPS: wholeNumber(0, 10).default(0),
});

const ApiConfig = API_VARIABLES.transform((env) => ({
  databaseUrl: env.DATABASE_URL,
  databasePoolSize: env.DATABASE_POOL_SIZE,
  queueUrl: queueUrlOf(env),
  queuePrefix: env.QUEUE_PREFIX,
  jwtSecret: env.JWT_SECRET,
  dataDir: env.PHONOSCENE_DATA_DIR,
  port: env.PORT,
  host: env.HOST,
  trustProxyHops: env.TRUST_PROXY_HOPS,
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
