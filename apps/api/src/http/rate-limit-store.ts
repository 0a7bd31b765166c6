import type { Database } from "@phonoscene/db";
import { type Logger, SECOND } from "@phonoscene/kernel";
import { Redis } from "ioredis";
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
} from "rate-limiter-flexible";

export type LimiterOptions = { name: string; points: number; durationMs: number };

/** Where counters live that hold for all processes together. */
export type RateLimitStore = {
  createLimiter(options: LimiterOptions): RateLimiterAbstract;
  close(): Promise<void>;
};

export type RateLimitStoreOptions = {
  /** The queue's: where it is a Redis, the counters are there too. */
  queueUrl: string;
  /** Namespace of all keys on a Redis that is shared. */
  prefix: string;
  database: Pick<Database, "pool">;
  logger: Logger;
};

const settings = ({ name, points, durationMs }: LimiterOptions) => ({
  points,
  duration: durationMs / SECOND,
  keyPrefix: name,
});

/** While Redis is away each process counts for itself, so that requests are neither refused nor free of limits. */
const openRedis = ({ queueUrl, prefix, logger }: RateLimitStoreOptions): RateLimitStore => {
  const redis = new Redis(queueUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: SECOND });
  redis.on("error", (error) => logger.warn({ err: error }, "rate limit store connection error"));
  return {
    createLimiter: (options) =>
      new RateLimiterRedis({
        ...settings({ ...options, name: `${prefix}:limits:${options.name}` }),
        storeClient: redis,
        rejectIfRedisNotReady: true,
        insuranceLimiter: new RateLimiterMemory(settings(options)),
      }),
    close: async () => redis.disconnect(),
  };
};

const openPostgres = ({ database }: RateLimitStoreOptions): RateLimitStore => ({
  createLimiter: (options) =>
    new RateLimiterPostgres({
      ...settings(options),
      storeClient: database.pool,
      storeType: "pool",
      tableName: "rate_limits",
      tableCreated: true,
    }),
  close: async () => undefined,
});

/** Connects lazily. */
export const openRateLimitStore = (options: RateLimitStoreOptions): RateLimitStore =>
  /^rediss?:/.test(options.queueUrl) ? openRedis(options) : openPostgres(options);
