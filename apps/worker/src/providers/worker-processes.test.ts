import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { TaskOptions } from "@phonoscene/contracts";
import { createTask, createUser, type Database, openDatabase } from "@phonoscene/db";
import { createLogger } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import { type FakeOpenAi, startOpenAi } from "@phonoscene/testing/openai";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const WORKERS = 3;
const MAX_CONCURRENT = 2;
const TASKS = 18;

const databaseOf = useDatabase();
const logger = createLogger({ name: "processes-test", level: "silent" });
const children: ChildProcess[] = [];
let database: Database;
let openAi: FakeOpenAi;
let dataDir: string;

beforeAll(async () => {
  const onPoolError = (error: Error): void => logger.warn({ err: error }, "pool");
  database = openDatabase({ url: databaseOf.url, poolSize: 3, onPoolError });
  openAi = await startOpenAi({ answerAfterMs: 150 });
  dataDir = await mkdtemp(path.join(os.tmpdir(), "phonoscene-processes-test-"));
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await openAi.close();
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});

const startProcess = async (): Promise<void> => {
  const child = fork(fileURLToPath(new URL("../main.ts", import.meta.url)), [], {
    env: {
      ...process.env,
      DATABASE_URL: databaseOf.url,
      REDIS_URL: "",
      QUEUE_URL: "",
      PHONOSCENE_DATA_DIR: dataDir,
      WORKER_QUEUES: "prompting",
      WORKER_CONCURRENCY: "4",
      DATABASE_POOL_SIZE: "8",
      LOG_LEVEL: "error",
      OPENAI_API_KEY: "key",
      OPENAI_BASE_URL: openAi.baseUrl,
      OPENAI_MODEL: "gpt-test",
      OPENAI_MAX_CONCURRENT: String(MAX_CONCURRENT),
    },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  children.push(child);
  await once(child, "message");
};

it("three workers, twelve jobs at a time: two requests at once at most, and every text is written by the model", async () => {
  const { id: userId } = await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" });
  const options = TaskOptions.parse({ count: 1 });
  for (let index = 0; index < TASKS; index += 1) {
    const source = { kind: "text" as const, text: `An old fisherman rowed past lighthouse number ${index} at dawn.` };
    await createTask(database.db, { userId, name: null, language: "en", options, source });
  }
  await Promise.all(Array.from({ length: WORKERS }, startProcess));
  const completed = () => database.db.task.count({ where: { status: "completed" } });
  await expect.poll(completed, { timeout: 200_000, interval: 200 }).toBe(TASKS);
  expect(openAi.mostAtOnce()).toBe(MAX_CONCURRENT);
  expect(await database.db.task.count({ where: { promptEngine: "openai/gpt-test" } })).toBe(TASKS);
  expect(openAi.requests).toHaveLength(TASKS);
  expect(await database.db.providerSlot.count()).toBe(0);
});
