import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";

import { lockDataDir } from "@phonoscene/db";
import { startEmbeddedPostgres } from "@phonoscene/db/embedded-postgres";
import { migrate } from "@phonoscene/db/migrate";
import { SECOND } from "@phonoscene/kernel";
import { migrateQueue } from "@phonoscene/queue";

import type { CliConfig } from "../config.ts";
import { type ChildName, superviseChild, type SupervisedChild } from "./children.ts";
import { keepJwtSecret } from "./secrets.ts";

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
  /** The data directory is a throw-away one: the database need not survive a power cut. */
  isEphemeral: boolean;
  onStep(step: string): void;
  onLog(text: string): void;
};

const MIGRATIONS_DIR = fileURLToPath(new URL("../../../../prisma/migrations", import.meta.url));
const DATABASE_NAME = "phonoscene";
const CHILD_GRACE_MS = 9 * SECOND;

/** What was started, to be stopped: the children side by side, then the rest, the last one first. */
type Started = { children: SupervisedChild[]; rest: (() => Promise<void>)[] };

const openDatabase = async (options: ServiceOptions, started: Started): Promise<string> => {
  if (options.config.databaseUrl !== undefined) return options.config.databaseUrl;
  options.onStep("starting the embedded database");
  const log = createWriteStream(path.join(options.dataDir, "postgres.log"));
  started.rest.push(() => finished(log.end()));
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(options.dataDir, "postgres"),
    ephemeral: options.isEphemeral,
    onLog: (line) => void log.write(`${line}\n`),
  });
  started.rest.push(() => postgres.stop());
  await postgres.ensureDatabase(DATABASE_NAME);
  return postgres.url(DATABASE_NAME);
};

const startChildren = async (options: ServiceOptions, databaseUrl: string, started: Started): Promise<number> => {
  const env: NodeJS.ProcessEnv = {
    LOG_LEVEL: options.config.logLevel,
    ...options.env,
    DATABASE_URL: databaseUrl,
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
    const databaseUrl = await openDatabase(options, started);
    options.onStep("migrating the database");
    await migrate(databaseUrl, MIGRATIONS_DIR, { waitMs: 5 * SECOND });
    await migrateQueue(options.config.queueUrl ?? databaseUrl);
    options.onStep("starting API and worker");
    const port = await startChildren(options, databaseUrl, started);
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
