import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { lockDataDir } from "@phonoscene/db";
import { migrate } from "@phonoscene/db/migrate";
import { SECOND } from "@phonoscene/kernel";
import { migrateQueue } from "@phonoscene/queue";

import type { CliConfig } from "../config.ts";
import { type ChildName, superviseChild, type SupervisedChild } from "./children.ts";
import { keepJwtSecret } from "./secrets.ts";
import { openServiceQueue, openServiceDatabase, type QueueEnvironment, type Undo } from "./stores.ts";

export type Service = {
  url: string;
  /** `embedded` where the service brought its own Postgres. */
  database: "embedded" | "external";
  /** Drains and stops everything that was started, within ten seconds. */
  stop(): Promise<void>;
};

export type ServiceOptions = {
  config: CliConfig;
  env: NodeJS.ProcessEnv;
  dataDir: string;
  /** 0 lets the system choose. */
  port: number;
  /** Everything is thrown away at the end: data directory, database and queue are its own. */
  isEphemeral: boolean;
  onStep(step: string): void;
  onLog(text: string): void;
};

const MIGRATIONS_DIR = fileURLToPath(new URL("../../../../prisma/migrations", import.meta.url));
const CHILD_GRACE_MS = 9 * SECOND;

/** What was started, to be stopped: the children side by side, then the rest, the last one first. */
type Started = { children: SupervisedChild[]; rest: Undo };

type Stores = { databaseUrl: string; queue: QueueEnvironment };

/** A throw-away service has one user, on this machine, and leaves no counters on a Redis that others use. */
const WITHOUT_LIMITS: NodeJS.ProcessEnv = {
  RATE_LIMIT_API_PER_MINUTE: "0",
  RATE_LIMIT_BULK_PER_MINUTE: "0",
  RATE_LIMIT_REGISTER_PER_HOUR: "0",
  RATE_LIMIT_LOGIN_PER_MINUTE: "0",
  RATE_LIMIT_LOGIN_FAILURES: "0",
  RATE_LIMIT_REFRESH_PER_MINUTE: "0",
  RATE_LIMIT_HOOK_PER_MINUTE: "0",
};

const startChildren = async (options: ServiceOptions, stores: Stores, started: Started): Promise<number> => {
  const env: NodeJS.ProcessEnv = {
    LOG_LEVEL: options.config.logLevel,
    ...options.env,
    ...(options.isEphemeral && WITHOUT_LIMITS),
    ...stores.queue,
    DATABASE_URL: stores.databaseUrl,
    PHONOSCENE_DATA_DIR: options.dataDir,
    JWT_SECRET: options.config.jwtSecret ?? (await keepJwtSecret(options.dataDir)),
    PORT: String(options.port),
  };
  const start = async (name: ChildName): Promise<SupervisedChild> => {
    const child = await superviseChild({ name, env, onLog: options.onLog });
    started.children.push(child);
    return child;
  };
  const [api, worker] = await Promise.allSettled([start("api"), start("worker")]);
  if (api.status === "rejected") throw api.reason;
  if (worker.status === "rejected") throw worker.reason;
  return api.value.ready.port ?? options.port;
};

const stopAll = async ({ children, rest }: Started): Promise<void> => {
  await Promise.all(children.splice(0).map((child) => child.stop(CHILD_GRACE_MS)));
  for (const stop of rest.splice(0).toReversed()) await stop();
};

/**
 * Starts database (unless one is configured), migrations, API and worker, each in its own process.
 * Whatever was started is stopped again when a later step fails.
 * @throws AppError naming the step's own fix.
 */
export const startService = async (options: ServiceOptions): Promise<Service> => {
  const started: Started = { children: [], rest: [] };
  try {
    await mkdir(options.dataDir, { recursive: true });
    const lock = await lockDataDir(options.dataDir);
    started.rest.push(() => lock.release());
    const databaseUrl = await openServiceDatabase(options, started.rest);
    const queue = await openServiceQueue(options, databaseUrl, started.rest);
    options.onStep("migrating the database");
    await migrate(databaseUrl, MIGRATIONS_DIR, { waitMs: 5 * SECOND });
    await migrateQueue(queue.QUEUE_URL);
    options.onStep("starting API and worker");
    const port = await startChildren(options, { databaseUrl, queue }, started);
    return {
      url: `http://127.0.0.1:${port}`,
      database: options.config.databaseUrl === undefined ? "embedded" : "external",
      stop: () => stopAll(started),
    };
  } catch (error) {
    await stopAll(started);
    throw error;
  }
};
