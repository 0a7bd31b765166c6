import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import pg from "pg";

import { MINUTE, newId } from "../../packages/kernel/src/index.ts";
import { makeAccount } from "./account.ts";
import { type ApiClient, createApiClient } from "./api-client.ts";
import { recordHistory } from "./history.ts";
import { findBrokenInvariants, findLeakedProcesses } from "./invariants.ts";
import { type AppName, type ServiceProcess, startService } from "./processes.ts";
import { type RedisProcess, startRedisProcess } from "./redis-process.ts";
import type { RowContext, RowOutcome } from "./row.ts";
import { createTally, type Tally, until } from "./tally.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";
import { startVendors, type Vendors } from "./vendors.ts";

export type World = {
  databaseUrl: string;
  client: pg.Pool;
  /** Null where the queue is in PostgreSQL. */
  redis: RedisProcess | null;
  vendors: Vendors;
  dataDir: string;
  /** What stands before the API, as a load balancer does: its address stays when the process behind it is replaced. */
  balancer: TcpProxy;
  api: ApiClient;
  /** The API key of the one user. */
  key: string;
  /** The first API process; the balancer points at it until it is told otherwise. */
  firstApi: ServiceProcess;
  start(app: AppName, env?: Record<string, string>): Promise<ServiceProcess>;
  startWorkers(count: number): Promise<ServiceProcess[]>;
  /** Waits until the tasks are completed. @throws Error naming how many are not. */
  untilCompleted(ids: readonly string[], timeoutMs?: number): Promise<void>;
};

export type WorldOptions = {
  /** How long the providers take each way, in milliseconds; 50 unless told. */
  answerMs?: number;
  env?: Record<string, string>;
  /** A migrated, empty database of the row's own making, in place of a copy of the template. */
  databaseUrl?: string;
};

/** What ends a lease, a lock and a grace soon, so that recovery is quick to see; and no limits but high ones. */
const TEST_PROFILE = {
  LOG_LEVEL: "info",
  JWT_SECRET: "a secret of the fault tests that nobody else has",
  PORT: "0",
  DATABASE_POOL_SIZE: "6",
  WORKER_LEASE_MS: "3000",
  WORKER_LOCK_MS: "3000",
  WORKER_GRACE_MS: "1000",
  WORKER_CONCURRENCY: "4",
  RATE_LIMIT_API_PER_MINUTE: "1000000",
  RATE_LIMIT_BULK_PER_MINUTE: "1000000",
  RATE_LIMIT_REGISTER_PER_HOUR: "0",
  RATE_LIMIT_LOGIN_PER_MINUTE: "0",
  OUTBOUND_ALLOWED_NETWORKS: "127.0.0.0/8",
};

type Undo = (() => Promise<unknown>)[];

const onServer = async (url: string, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

const copyDatabase = async ({ url, template }: RowContext["databaseServer"], undo: Undo): Promise<string> => {
  const name = `chaos_${newId().replaceAll("-", "")}`;
  await onServer(url, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  undo.push(() => onServer(url, `DROP DATABASE ${name} WITH (FORCE)`));
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
};

const openClient = (url: string, undo: Undo): pg.Pool => {
  const client = new pg.Pool({ connectionString: url, max: 5, options: "-c TimeZone=UTC" });
  // A row may restart the server under us: the pool connects again.
  client.on("error", () => undefined);
  undo.push(() => client.end());
  return client;
};

type Stage = { env: Record<string, string>; logDir: string; tally: Tally; undo: Undo };

const createStarter = ({ env, logDir, tally, undo }: Stage): World["start"] => {
  let started = 0;
  return async (app, more = {}) => {
    started += 1;
    const name = `${app}-${started}`;
    const logFile = join(logDir, `${name}.log`);
    const running = await startService({
      app,
      name,
      env: { ...env, ...more },
      logFile,
      onCrash: ({ code, signal }) => tally.fail(`${name} ended by itself (${signal ?? code}): ${logFile}`),
    });
    undo.push(running.stop);
    return running;
  };
};

const untilCompletedIn =
  (client: pg.Pool): World["untilCompleted"] =>
  async (ids, timeoutMs = MINUTE) => {
    const states = async (): Promise<string[]> => {
      const { rows } = await client.query<{ status: string }>(
        "SELECT status FROM tasks WHERE id = ANY($1) AND status <> 'completed'",
        [ids],
      );
      return rows.map(({ status }) => status);
    };
    await until("all tasks completed", timeoutMs, async () => ((await states()).length === 0 ? true : null)).catch(
      async (cause: unknown) => {
        throw new Error(`${(await states()).length} of ${ids.length} tasks are not completed`, { cause });
      },
    );
  };

const open = async (context: RowContext, options: WorldOptions, { tally, undo, dir }: Base): Promise<World | null> => {
  const redis = context.backend === "redis" ? await startRedisProcess(join(dir, "redis")) : null;
  if (context.backend === "redis" && redis === null) return null;
  if (redis !== null) undo.push(redis.stop);
  const databaseUrl = options.databaseUrl ?? (await copyDatabase(context.databaseServer, undo));
  const client = openClient(databaseUrl, undo);
  await recordHistory(client);
  const vendors = await startVendors(options.answerMs ?? 50);
  undo.push(vendors.close);
  const dataDir = join(dir, "data");
  const logDir = join(dir, "logs");
  await mkdir(logDir);
  const stores = { DATABASE_URL: databaseUrl, QUEUE_URL: redis?.url ?? databaseUrl, PHONOSCENE_DATA_DIR: dataDir };
  const env = { ...TEST_PROFILE, ...vendors.env, ...stores, ...options.env };
  const start = createStarter({ env, logDir, tally, undo });
  const firstApi = await start("api");
  const balancer = await startTcpProxy(firstApi.port);
  undo.push(balancer.close);
  const url = (): string => `http://127.0.0.1:${balancer.port}`;
  const key = await makeAccount(url(), client);
  const api = createApiClient({ url, key });
  return {
    databaseUrl,
    client,
    redis,
    vendors,
    dataDir,
    balancer,
    api,
    key,
    firstApi,
    start,
    startWorkers: (count) => Promise.all(Array.from({ length: count }, () => start("worker"))),
    untilCompleted: untilCompletedIn(client),
  };
};

type Base = { tally: Tally; undo: Undo; dir: string };

const undoAll = async (undo: Undo): Promise<void> => {
  for (const step of undo.splice(0).toReversed()) await step();
};

const use = async (world: World, tally: Tally, work: (world: World, tally: Tally) => Promise<void>): Promise<void> => {
  try {
    await work(world, tally);
  } catch (error) {
    tally.fail(error instanceof Error ? error.message : String(error));
  }
  for (const fault of await findBrokenInvariants(world)) tally.fail(fault);
};

/**
 * Opens stores and an API of the row's own in the test profile, runs `work`, and holds everything to the invariants.
 * Where that failed, the processes' logs stay, and a failure says where.
 */
export const withWorld = async (
  context: RowContext,
  options: WorldOptions,
  work: (world: World, tally: Tally) => Promise<void>,
): Promise<RowOutcome> => {
  const dir = await mkdtemp(join(tmpdir(), "phonoscene-chaos-"));
  const tally = createTally((done) => context.onProgress(done, context.trials));
  const base: Base = { tally, undo: [], dir };
  let isOpen = false;
  try {
    const world = await open(context, options, base);
    isOpen = world !== null;
    if (world !== null) await use(world, tally, work);
  } finally {
    await undoAll(base.undo);
  }
  for (const fault of await findLeakedProcesses(join(dir, "data"))) tally.fail(fault);
  const { failures, notes } = tally;
  if (failures.length === 0) await rm(dir, { recursive: true, force: true });
  else failures.push(`the logs are in ${join(dir, "logs")}`);
  const outcome = { trials: tally.trials(), failures, notes, slowestRecoveryMs: tally.slowestRecoveryMs() };
  return isOpen ? outcome : { ...outcome, skipped: "there is no redis-server on this machine" };
};
