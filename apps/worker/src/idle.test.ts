import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { type Database, openDatabase, readBacklog } from "@phonoscene/db";
import { createLogger, SECOND } from "@phonoscene/kernel";
import { describeOnBackends } from "@phonoscene/testing";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

import { readConfig } from "./config.ts";
import { type RunningWorker, startWorker } from "./worker.ts";

vi.setConfig({ testTimeout: 90_000 });

const logger = createLogger({ name: "idle-test", level: "silent" });
const PROCESSES = 5;
const MEASURE_MS = 5 * SECOND;

describeOnBackends("five idle workers", (store) => {
  const workers: RunningWorker[] = [];
  let database: Database;
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), "phonoscene-idle-test-"));
    const onPoolError = (error: Error): void => logger.warn({ err: error }, "pool");
    database = openDatabase({ url: store.database.url, poolSize: 1, onPoolError });
    for (let index = 0; index < PROCESSES; index += 1) {
      const config = readConfig({
        DATABASE_URL: store.database.url,
        ...(store.redisUrl !== null && { REDIS_URL: store.redisUrl }),
        QUEUE_PREFIX: store.prefix,
        PHONOSCENE_DATA_DIR: dataDir,
        DATABASE_POOL_SIZE: "2",
      });
      workers.push(await startWorker(config, logger));
    }
    await Promise.all(workers.map((worker) => worker.ready));
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it("all of them count as alive; one polls the outbox and one does the upkeep", async () => {
    const alive = async () => (await readBacklog(database.db)).workersAlive;
    await expect.poll(alive, { timeout: 10_000 }).toBe(PROCESSES);
    const leases = await database.db.lease.findMany({ where: { name: { in: ["relay", "upkeep"] } } });
    expect(leases.map(({ name }) => name).sort()).toEqual(["relay", "upkeep"]);
  });

  // The queue's own statements go to the same database where it is in PostgreSQL.
  it.runIf(store.kind === "redis")("ask the database less than ten times a second, all together", async () => {
    const read = async (): Promise<number> => {
      const rows = await database.db.$queryRaw<{ commits: number }[]>`
        SELECT xact_commit::float8 AS commits FROM pg_stat_database WHERE datname = current_database()`;
      return rows[0]?.commits ?? Number.NaN;
    };
    const [startedAt, before] = [performance.now(), await read()];
    const elapsed = { timeout: 3 * MEASURE_MS, interval: SECOND };
    await expect.poll(() => performance.now() - startedAt, elapsed).toBeGreaterThan(MEASURE_MS);
    const perSecond = ((await read()) - before) / ((performance.now() - startedAt) / SECOND);
    process.stdout.write(`statements a second, ${PROCESSES} idle workers: ${perSecond.toFixed(1)}\n`);
    expect(perSecond).toBeGreaterThan(0.5);
    expect(perSecond).toBeLessThan(10);
  });
});
