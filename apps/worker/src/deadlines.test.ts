import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { TaskOptions } from "@phonoscene/contracts";
import { createTask, createUser, type Database, findTask, openDatabase, retryTask } from "@phonoscene/db";
import { createLogger } from "@phonoscene/kernel";
import { describeOnBackends } from "@phonoscene/testing";
import { type FakeOpenAi, startOpenAi } from "@phonoscene/testing/openai";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";

import { readConfig } from "./config.ts";
import { HASTY } from "./test-use-world.ts";
import { type RunningWorker, startWorker } from "./worker.ts";

vi.setConfig({ testTimeout: 60_000 });

const logger = createLogger({ name: "deadline-test", level: "silent" });
const SOON = { timeout: 20_000, interval: 50 };
const STORY = "At dawn an old fisherman rowed past the lighthouse. His daughter lit a lantern on the pier.";

describeOnBackends("a deadline", (store) => {
  let database: Database;
  let dataDir: string;
  let userId: string;
  let openAi: FakeOpenAi;
  const workers: RunningWorker[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), "phonoscene-deadline-test-"));
    const onPoolError = (error: Error): void => logger.warn({ err: error }, "pool");
    database = openDatabase({ url: store.database.url, poolSize: 3, onPoolError });
    userId = (await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" })).id;
    openAi = await startOpenAi();
  });
  afterEach(async () => {
    openAi.forgetScript();
    for (const worker of workers.splice(0)) await worker.stop();
  });
  afterAll(async () => {
    await openAi.close();
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const work = async (queues: string): Promise<void> => {
    const config = readConfig({
      DATABASE_URL: store.database.url,
      ...(store.redisUrl !== null && { REDIS_URL: store.redisUrl }),
      QUEUE_PREFIX: store.prefix,
      PHONOSCENE_DATA_DIR: dataDir,
      SPEECH_MODEL: "tiny",
      WORKER_GRACE_MS: "0",
      WORKER_QUEUES: queues,
      DATABASE_POOL_SIZE: "4",
      OPENAI_API_KEY: "key",
      OPENAI_BASE_URL: openAi.baseUrl,
      OPENAI_MODEL: "test-model",
    });
    const worker = await startWorker({ ...config, timings: HASTY }, logger);
    workers.push(worker);
    await worker.ready;
  };
  const newText = async (deadlineMs?: number): Promise<string> => {
    const source = { kind: "text" as const, text: STORY };
    const fields = { userId, name: null, language: "auto", options: TaskOptions.parse({}), source, deadlineMs };
    return (await createTask(database.db, fields)).id;
  };
  const read = async (id: string) => {
    const task = await findTask(database.db, { id, userId }, ["prompts"]);
    if (task === null) throw new Error("the task is gone");
    return task;
  };
  /** By the database's own times. */
  const lateMs = async (id: string): Promise<number> => {
    const { completedAt, deadlineAt } = await read(id);
    return (completedAt?.getTime() ?? Infinity) - (deadlineAt?.getTime() ?? 0);
  };

  it("that passes while nobody works on the task cancels it within two seconds", async () => {
    const id = await newText(1000);
    await work("maintenance");
    await expect.poll(async () => (await read(id)).status, SOON).toBe("canceled");
    expect(await read(id)).toMatchObject({ cancelReason: "deadline", errorCode: null });
    expect(await lateMs(id)).toBeGreaterThanOrEqual(0);
    expect(await lateMs(id)).toBeLessThan(2500);
  });

  it("that passes at work stops the work, though no upkeep runs; a retry without one then ends well", async () => {
    await work("prompting");
    // Loads what writes: on a busy machine that may take longer than the deadline.
    const first = await newText();
    await expect.poll(async () => (await read(first)).status, SOON).toBe("completed");
    openAi.script({ kind: "hang" });
    const asked = openAi.requests.length;
    // Long enough for a busy machine to begin.
    const id = await newText(5000);
    await expect.poll(() => openAi.requests.length, SOON).toBe(asked + 1);
    await expect.poll(async () => (await read(id)).status, SOON).toBe("canceled");
    expect(await read(id)).toMatchObject({ cancelReason: "deadline", errorCode: null, stage: null, prompts: [] });
    expect(await lateMs(id)).toBeLessThan(2500);

    expect(await retryTask(database.db, { id, userId })).toEqual({ outcome: "queued" });
    await expect.poll(async () => (await read(id)).status, SOON).toBe("completed");
    expect(await read(id)).toMatchObject({ cancelReason: null, deadlineAt: null });
  });

  it("that is not reached changes nothing", async () => {
    await work("prompting,maintenance");
    const id = await newText(60_000);
    await expect.poll(async () => (await read(id)).status, SOON).toBe("completed");
    expect(await read(id)).toMatchObject({ cancelReason: null });
  });
});
