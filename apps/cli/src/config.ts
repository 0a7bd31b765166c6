import {
  databaseUrl,
  httpUrl,
  logLevel,
  MODEL_CACHE_VARIABLES,
  modelCacheDirOf,
  parseConfig,
  STORE_VARIABLES,
  wholeNumber,
} from "@phonoscene/kernel";
import { z } from "zod";

/** What the commands themselves read; the processes that they start read the rest (see .env.example). */
export const CLI_VARIABLES = z.object({
  PHONOSCENE_URL: httpUrl.optional(),
  PHONOSCENE_TOKEN: z.string().optional(),
  PHONOSCENE_DATA_DIR: STORE_VARIABLES.PHONOSCENE_DATA_DIR,
  DATABASE_URL: databaseUrl.optional(),
  QUEUE_URL: STORE_VARIABLES.QUEUE_URL,
  REDIS_URL: STORE_VARIABLES.REDIS_URL,
  JWT_SECRET: z.string().optional(),
  SPEECH_MODEL_DIR: z.string().optional(),
  ...MODEL_CACHE_VARIABLES,
  PORT: wholeNumber(0, 65_535).default(3000),
  LOG_LEVEL: logLevel.default("warn"),
});

const CliConfig = CLI_VARIABLES.transform((env) => ({
  serviceUrl: env.PHONOSCENE_URL?.replace(/\/+$/, ""),
  token: env.PHONOSCENE_TOKEN,
  dataDir: env.PHONOSCENE_DATA_DIR,
  databaseUrl: env.DATABASE_URL,
  queueUrl: env.QUEUE_URL ?? env.REDIS_URL,
  jwtSecret: env.JWT_SECRET,
  models: { modelDir: env.SPEECH_MODEL_DIR, cacheDir: modelCacheDirOf(env), hubUrl: env.WHISPER_HUB_URL },
  port: env.PORT,
  logLevel: env.LOG_LEVEL,
}));

export type CliConfig = Readonly<z.output<typeof CliConfig>>;

/** @throws AppError "config/invalid" naming every faulty variable. */
export const readConfig = (env: NodeJS.ProcessEnv): CliConfig => parseConfig(CliConfig, env);
