import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Redis } from "ioredis";
import pg from "pg";

import { TaskOptions } from "../../packages/contracts/src/index.ts";
import { startEmbeddedPostgres } from "../../packages/db/src/embedded-postgres.ts";
import { migrate } from "../../packages/db/src/migrate.ts";
import { createLogger, newId } from "../../packages/kernel/src/index.ts";
import {
  type BackendKind,
  createProducer,
  migrateQueue,
  openQueueBackend,
  type QueueBackend,
} from "../../packages/queue/src/index.ts";
import { findRedis } from "../../test/redis-server.ts";

const BATCH = 500;

export type World = {
  kind: BackendKind;
  databaseUrl: string;
  queueUrl: string;
  userId: string;
  client: pg.Client;
  /** Of the database server; 0 where there is no /proc. */
  serverPid: number;
  /** The environment of a process of the service; queues of their own for each prefix. */
  env(prefix: string, concurrency: number): Record<string, string>;
  close(): Promise<void>;
};

/** A database server of its own and, for Redis, the one that tests use. @throws where there is no Redis. */
export const openWorld = async (kind: BackendKind): Promise<World> => {
  const dir = await mkdtemp(join(tmpdir(), "phonoscene-bench-"));
  const server = await startEmbeddedPostgres({ dataDir: join(dir, "postgres"), ephemeral: true });
  const databaseUrl = server.url("postgres");
  await migrate(databaseUrl, fileURLToPath(new URL("../../prisma/migrations", import.meta.url)));
  const redis =
    kind === "redis"
      ? await findRedis({ url: undefined, defaultUrl: "redis://127.0.0.1:6379", cacheDir: join(dir, "redis") })
      : null;
  if (kind === "redis" && redis === null) throw new Error("There is no Redis: install redis-server, or start one.");
  const queueUrl = redis?.url ?? databaseUrl;
  await migrateQueue(queueUrl);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    "CREATE TABLE raw_tasks (id uuid PRIMARY KEY, stage int NOT NULL DEFAULT 0, completed_at timestamptz)",
  );
  const userId = newId();
  await client.query("INSERT INTO users (id, email, name, password_hash) VALUES ($1, 'ada@example.com', 'Ada', '')", [
    userId,
  ]);
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const status = await readFile(`/proc/${rows[0]?.pid}/status`, "utf8").catch(() => "");
  return {
    kind,
    serverPid: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0),
    databaseUrl,
    queueUrl,
    userId,
    client,
    env: (prefix, concurrency) => ({
      DATABASE_URL: databaseUrl,
      QUEUE_URL: queueUrl,
      BENCH_QUEUE_URL: queueUrl,
      QUEUE_PREFIX: prefix,
      PHONOSCENE_DATA_DIR: join(dir, "data"),
      WORKER_CONCURRENCY: String(concurrency),
      DATABASE_POOL_SIZE: "10",
    }),
    close: async () => {
      await client.end();
      await redis?.stop();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

const withQueue = async (
  { queueUrl }: World,
  prefix: string,
  work: (backend: QueueBackend) => Promise<void>,
): Promise<void> => {
  const backend = openQueueBackend({ url: queueUrl, prefix, logger: createLogger({ name: "bench", level: "error" }) });
  await backend.ping();
  await work(backend);
  await backend.close();
};

/** Recordings that wait for a worker, and a job for each, as if the API's relay had sent it. */
export const seedTasks = async (world: World, prefix: string, count: number): Promise<void> => {
  const { client, userId } = world;
  const ids = Array.from({ length: count }, newId);
  await client.query(
    `INSERT INTO audio (id, user_id, filename, format, size_bytes, storage_key)
     SELECT id, $2, 'a.mp3', 'mp3', 1, id || '.mp3' FROM unnest($1::uuid[]) AS row (id)`,
    [ids, userId],
  );
  await client.query(
    `INSERT INTO tasks (id, user_id, kind, audio_id, options) SELECT id, $2, 'audio', id, $3 FROM unnest($1::uuid[]) AS row (id)`,
    [ids, userId, JSON.stringify(TaskOptions.parse({}))],
  );
  await withQueue(world, prefix, async (backend) => {
    const producer = createProducer(backend);
    for (let from = 0; from < count; from += BATCH) {
      const taskIds = ids.slice(from, from + BATCH);
      await producer.enqueue(taskIds.map((taskId) => ({ name: "transcribe-audio", payload: { taskId } })));
    }
    await producer.close();
  });
};

/** Rows, and a job for each. */
export const seedRaw = async (world: World, prefix: string, count: number): Promise<void> => {
  const ids = Array.from({ length: count }, newId);
  await world.client.query("INSERT INTO raw_tasks (id) SELECT * FROM unnest($1::uuid[])", [ids]);
  await withQueue(world, prefix, async (backend) => {
    const queue = backend.createQueue("raw-first");
    await queue.waitUntilReady();
    for (let from = 0; from < count; from += BATCH) {
      const jobs = ids
        .slice(from, from + BATCH)
        .map((id) => ({ name: "first", data: { id }, opts: { removeOnComplete: { count: 1000 } } }));
      await queue.addBulk(jobs);
    }
    await queue.close();
  });
};

/** Keys of the queues under this prefix; null where they are not in Redis. */
export const countKeys = async ({ kind, queueUrl }: World, prefix: string): Promise<number | null> => {
  if (kind !== "redis") return null;
  const redis = new Redis(queueUrl);
  let count = 0;
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 })) {
    // One batch of names.
    count += (keys as string[]).length;
  }
  redis.disconnect();
  return count;
};
