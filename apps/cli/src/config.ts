import { parseConfig } from "@phonoscene/kernel";
import { z } from "zod";

const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http(s):// address" });

/** What the commands themselves read; the processes that they start read the rest (see .env.example). */
export const CLI_VARIABLES = z.object({
  PHONOSCENE_URL: httpUrl.optional(),
  PHONOSCENE_TOKEN: z.string().optional(),
  PHONOSCENE_DATA_DIR: z.string().default(".phonoscene"),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgresql:// address" }).optional(),
  QUEUE_URL: z.string().optional(),
  REDIS_URL: z.string().optional(),
  JWT_SECRET: z.string().optional(),
  PORT: z.coerce.number().pipe(z.int().min(0).max(65_535)).default(3000),
  LOG_LEVEL: z.string().default("warn"),
});

const CliConfig = CLI_VARIABLES.transform((env) => ({
  serviceUrl: env.PHONOSCENE_URL?.replace(/\/+$/, ""),
  token: env.PHONOSCENE_TOKEN,
  dataDir: env.PHONOSCENE_DATA_DIR,
  databaseUrl: env.DATABASE_URL,
  queueUrl: env.QUEUE_URL ?? env.REDIS_URL,
  jwtSecret: env.JWT_SECRET,
  port: env.PORT,
  logLevel: env.LOG_LEVEL,
}));

export type CliConfig = Readonly<z.output<typeof CliConfig>>;

/** @throws AppError "config/invalid" naming every faulty variable. */
export const readConfig = (env: NodeJS.ProcessEnv): CliConfig => parseConfig(CliConfig, env);
