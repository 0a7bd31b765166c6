import { join } from "node:path";

import { z } from "zod";

/** A variable that holds a whole number. */
export const wholeNumber = (min: number, max: number) => z.coerce.number().pipe(z.int().min(min).max(max));

export const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http(s):// address" });

export const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgresql:// address" });

const queueUrl = z.url({
  protocol: /^(rediss?|postgres(ql)?)$/,
  error: "must start with redis://, rediss:// or postgresql://",
});

export const logLevel = z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]);

/** What every process that serves reads: its stores, its queue and its log. */
export const STORE_VARIABLES = {
  DATABASE_URL: databaseUrl,
  DATABASE_POOL_SIZE: wholeNumber(2, 200).default(10),
  QUEUE_URL: queueUrl.optional(),
  REDIS_URL: queueUrl.optional(),
  QUEUE_PREFIX: z.string().default("phonoscene"),
  PHONOSCENE_DATA_DIR: z.string().default(".phonoscene"),
  LOG_LEVEL: logLevel.default("info"),
};

type QueueVariables = { DATABASE_URL: string; QUEUE_URL?: string | undefined; REDIS_URL?: string | undefined };

/** Where the queue lives: in the database, unless it was given a place of its own. */
export const queueUrlOf = (env: QueueVariables): string => env.QUEUE_URL ?? env.REDIS_URL ?? env.DATABASE_URL;

/** Where speech models are kept that are fetched, and whom they are fetched from. */
export const MODEL_CACHE_VARIABLES = { WHISPER_CACHE_DIR: z.string().optional(), WHISPER_HUB_URL: httpUrl.optional() };

type ModelCacheVariables = { PHONOSCENE_DATA_DIR: string; WHISPER_CACHE_DIR?: string | undefined };

export const modelCacheDirOf = (env: ModelCacheVariables): string =>
  env.WHISPER_CACHE_DIR ?? join(env.PHONOSCENE_DATA_DIR, "models");
