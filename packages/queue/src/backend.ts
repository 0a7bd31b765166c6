import { AppError, type Logger, SECOND } from "@phonoscene/kernel";
import {
  createPostgresBackend,
  type PgPool,
  type Processor,
  Queue,
  runMigrations,
  Worker,
  type WorkerOptions,
  withBackend,
} from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";

/** BullMQ's tables live apart from ours. */
const POSTGRES_SCHEMA = "bullmq";

export type BackendKind = "redis" | "postgres";

/** What differs between Redis and Postgres, and nothing else; everything above runs on either. */
export type QueueBackend = {
  kind: BackendKind;
  createQueue(name: string): Queue;
  createWorker(name: string, processor: Processor, options: Omit<WorkerOptions, "connection">): Worker;
  /** @throws AppError "queue/unavailable" when the store does not answer within two seconds. */
  ping(): Promise<void>;
  /** Ends the shared connections. Close queues and workers first. */
  close(): Promise<void>;
};

export type QueueBackendOptions = {
  /** `redis://`, `rediss://`, `postgres://` or `postgresql://`. */
  url: string;
  /** Namespace of all keys on a Redis that is shared. */
  prefix?: string;
  logger: Logger;
};

const within = async <T>(timeoutMs: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
};

const isRedis = (url: string): boolean => /^rediss?:/.test(url);

const hostOf = (url: string): string => new URL(url).host;

const pingWith = async (url: string, send: () => Promise<unknown>): Promise<void> => {
  try {
    await within(2 * SECOND, send());
  } catch (cause) {
    throw new AppError(
      "queue/unavailable",
      {
        detail: `The queue at ${hostOf(url)} does not answer. Check that it runs and that QUEUE_URL or REDIS_URL is right.`,
      },
      { cause },
    );
  }
};

const openRedis = ({ url, prefix = "phonoscene", logger }: QueueBackendOptions): QueueBackend => {
  // Workers wait for ever on their connection; producers must fail at once when Redis is gone, not hang.
  const blocking = new Redis(url, { maxRetriesPerRequest: null });
  const producer = new Redis(url, { maxRetriesPerRequest: null, enableOfflineQueue: false });
  for (const connection of [blocking, producer]) {
    connection.on("error", (error) => logger.warn({ err: error }, "redis connection error"));
  }
  return {
    kind: "redis",
    createQueue: (name) => new Queue(name, { connection: producer, prefix }),
    createWorker: (name, processor, options) =>
      new Worker(name, processor, { ...options, connection: blocking, prefix }),
    // The connection that waits: right after the start the other one is not there yet, and refuses.
    ping: () => pingWith(url, () => blocking.ping()),
    close: async () => {
      blocking.disconnect();
      producer.disconnect();
    },
  };
};

const openPostgres = ({ url, logger }: QueueBackendOptions): QueueBackend => {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    keepAlive: true,
    connectionTimeoutMillis: 5 * SECOND,
    options: `-c search_path=${POSTGRES_SCHEMA} -c TimeZone=UTC`,
    application_name: "phonoscene-queue",
  });
  const tell = (error: Error): void => logger.warn({ err: error }, "queue database connection error");
  pool.on("error", tell);
  // The pool listens to idle connections only: one that breaks while it is lent out would end the process.
  pool.on("connect", (connection) => connection.on("error", tell));
  // Every queue and worker listens for errors on the one pool.
  pool.setMaxListeners(0);
  const bound = withBackend(createPostgresBackend);
  const listening = { connectionString: url, schema: POSTGRES_SCHEMA, max: 4 };
  return {
    kind: "postgres",
    // The classes differ only in the backend's type parameter, which nothing above this file sees; a pool is a
    // documented connection whose own types lack an index signature.
    createQueue: (name) => new bound.Queue(name, { connection: pool as unknown as PgPool }) as unknown as Queue,
    createWorker: (name, processor, options) =>
      new bound.Worker(name, processor, { ...options, connection: listening }) as unknown as Worker,
    ping: () => pingWith(url, () => pool.query("SELECT 1")),
    close: () => pool.end(),
  };
};

/** Connects lazily: an unreachable store shows in `ping`, and in the log. */
export const openQueueBackend = (options: QueueBackendOptions): QueueBackend =>
  isRedis(options.url) ? openRedis(options) : openPostgres(options);

/** Creates or upgrades BullMQ's own tables where the queue is in Postgres; Redis needs none. Safe to repeat. */
export const migrateQueue = async (queueUrl: string): Promise<void> => {
  if (isRedis(queueUrl)) return;
  const client = new pg.Client({ connectionString: queueUrl });
  await client.connect();
  try {
    await runMigrations(client, POSTGRES_SCHEMA);
  } finally {
    await client.end();
  }
};
