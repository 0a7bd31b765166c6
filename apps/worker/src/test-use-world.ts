import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { TaskOptions } from "@phonoscene/contracts";
import {
  createTask,
  createUser,
  type Database,
  deleteTask,
  findTask,
  type NewTask,
  openDatabase,
} from "@phonoscene/db";
import { createLogger, newId } from "@phonoscene/kernel";
import type { TestBackend } from "@phonoscene/testing";
import { afterAll, afterEach, beforeAll } from "vitest";

import { readConfig, type WorkerTimings } from "./config.ts";
import { type RunningWorker, startWorker } from "./worker.ts";

const SAMPLE = fileURLToPath(new URL("../../../samples/the-lamp-keeper.mp3", import.meta.url));
const logger = createLogger({ name: "worker-test", level: "silent" });

/** Waiting for whole transcriptions on a busy machine. */
export const SLOW = { timeout: 90_000, interval: 100 };

/** Where production waits for seconds; the lock is production's, for a machine that is busy with other tests. */
export const HASTY: WorkerTimings = {
  lockDurationMs: 30_000,
  retryBaseMs: 50,
  reconcileEveryMs: 500,
  staleAfterMs: 15_000,
};

/** As `read` gives it. */
export type ReadTask = Awaited<ReturnType<ReturnType<typeof useWorld>["read"]>>;

/** A data directory and a user for the tests of a suite, and workers that stop after each. */
export const useWorld = (store: TestBackend) => {
  let database: Database;
  let dataDir: string;
  let userId: string;
  const workers: RunningWorker[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), "phonoscene-worker-test-"));
    await mkdir(path.join(dataDir, "audio", "stored"), { recursive: true });
    database = openDatabase({
      url: store.database.url,
      poolSize: 3,
      onPoolError: (error) => logger.warn({ err: error }, "pool"),
    });
    userId = (await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" })).id;
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.stop();
  });
  afterAll(async () => {
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  type Given = Pick<NewTask, "givenSegments">;
  const newTask = async (source: NewTask["source"], language = "auto", given: Given = {}): Promise<string> => {
    const options = TaskOptions.parse({});
    return (await createTask(database.db, { userId, name: null, language, options, source, ...given })).id;
  };

  const workerEnv = (): Record<string, string> => ({
    DATABASE_URL: store.database.url,
    ...(store.redisUrl !== null && { REDIS_URL: store.redisUrl }),
    QUEUE_PREFIX: store.prefix,
    PHONOSCENE_DATA_DIR: dataDir,
    SPEECH_MODEL: "tiny",
    WORKER_GRACE_MS: "0",
    DATABASE_POOL_SIZE: "4",
  });

  return {
    /** The environment of a worker process of this world. */
    workerEnv,
    work: async (env: Record<string, string> = {}): Promise<RunningWorker> => {
      const worker = await startWorker({ ...readConfig({ ...workerEnv(), ...env }), timings: HASTY }, logger);
      workers.push(worker);
      await worker.ready;
      return worker;
    },
    newText: (text: string, language?: string) => newTask({ kind: "text", text }, language),
    newAudio: async (content: Buffer | "sample", language?: string, given?: Given): Promise<string> => {
      const storageKey = `${newId()}.${content === "sample" ? "mp3" : "wav"}`;
      const stored = path.join(dataDir, "audio", "stored", storageKey);
      await (content === "sample" ? copyFile(SAMPLE, stored) : writeFile(stored, content));
      const audio = { filename: "tape", format: "wav", sizeBytes: 1, storageKey };
      return newTask({ kind: "audio", audio }, language, given);
    },
    /** The task as its owner is shown it, with what carries it through the pipeline. */
    read: async (id: string) => {
      const task = await findTask(database.db, { id, userId }, ["transcript", "scenes", "prompts"]);
      if (task === null) throw new Error("the task is gone");
      return { ...(await database.db.task.findUniqueOrThrow({ where: { id } })), ...task };
    },
    remove: (id: string) => deleteTask(database.db, { id, userId }),
    storedFiles: () => readdir(path.join(dataDir, "audio", "stored")),
    db: () => database.db,
  };
};
