import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { env } from "node:process";
import { fileURLToPath } from "node:url";

import { TaskOptions } from "@phonoscene/contracts";
import {
  cancelTask,
  createTask,
  createUser,
  type Database,
  findTaskStatus,
  type NewTask,
  openDatabase,
} from "@phonoscene/db";
import { createLogger, newId } from "@phonoscene/kernel";
import { describeOnBackends } from "@phonoscene/testing";
import { type FakeAssemblyAi, startAssemblyAi } from "@phonoscene/testing/assemblyai";
import { type FakeOpenAi, startOpenAi } from "@phonoscene/testing/openai";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";

import { readConfig } from "./config.ts";
import { createEngines } from "./engines.ts";
import { type RunningWorker, startWorker } from "./worker.ts";

vi.setConfig({ testTimeout: 120_000 });

const SAMPLE = fileURLToPath(new URL("../../../samples/the-lamp-keeper.mp3", import.meta.url));
const logger = createLogger({ name: "cancel-test", level: "silent" });
const SOON = { timeout: 20_000, interval: 10 };
const AT_ONCE = 4;
/** PHONOSCENE_TRIALS=full: as many as are promised, each within the second; two otherwise, however long each takes. */
const isFull = env["PHONOSCENE_TRIALS"] === "full";
const TRIALS = isFull ? 20 : 2;

/** Recognisers that this process has started and that still run. */
const recognisers = (): string[] =>
  execFileSync("ps", ["-A", "-o", "ppid=,stat=,args="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.trim().startsWith(`${process.pid} `) && line.includes("recognise.child"))
    .filter((line) => !/^\s*\d+\s+Z/.test(line));

const judge = (tookMs: readonly number[]): void => {
  const sorted = tookMs.toSorted((a, b) => a - b).map(Math.round);
  process.stdout.write(
    `canceled to stopped, ms: p50 ${sorted[Math.floor(sorted.length / 2)]}, most ${sorted.at(-1)}\n`,
  );
  if (isFull) expect(Math.max(...tookMs)).toBeLessThan(1000);
};

describeOnBackends("a canceled task stops its engine within a second", (store) => {
  let database: Database;
  let dataDir: string;
  let userId: string;
  let openAi: FakeOpenAi;
  let assemblyAi: FakeAssemblyAi;
  let worker: RunningWorker | undefined;
  let heard: number[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), "phonoscene-cancel-test-"));
    await mkdir(path.join(dataDir, "audio", "stored"), { recursive: true });
    const onPoolError = (error: Error): void => logger.warn({ err: error }, "pool");
    database = openDatabase({ url: store.database.url, poolSize: 3, onPoolError });
    userId = (await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" })).id;
    openAi = await startOpenAi();
    assemblyAi = await startAssemblyAi();
  });
  afterEach(() => worker?.stop());
  afterAll(async () => {
    await openAi.close();
    await assemblyAi.close();
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** A real worker that also notes when its speech engine came to an end. */
  const work = async (variables: Record<string, string>): Promise<void> => {
    const config = readConfig({
      DATABASE_URL: store.database.url,
      ...(store.redisUrl !== null && { REDIS_URL: store.redisUrl }),
      QUEUE_PREFIX: store.prefix,
      PHONOSCENE_DATA_DIR: dataDir,
      WORKER_GRACE_MS: "0",
      WORKER_CONCURRENCY: String(AT_ONCE),
      ...variables,
    });
    const { speech, ...others } = createEngines(config, logger);
    heard = [];
    const transcribe: typeof speech.transcribe = async (request) => {
      try {
        return await speech.transcribe(request);
      } finally {
        heard.push(performance.now());
      }
    };
    worker = await startWorker(config, logger, { ...others, speech: { name: speech.name, transcribe } });
    await worker.ready;
  };
  const newTask = async (source: NewTask["source"]): Promise<string> =>
    (await createTask(database.db, { userId, name: null, language: "auto", options: TaskOptions.parse({}), source }))
      .id;
  const newAudio = async (): Promise<string> => {
    const storageKey = `${newId()}.mp3`;
    await copyFile(SAMPLE, path.join(dataDir, "audio", "stored", storageKey));
    return newTask({ kind: "audio", audio: { filename: "tape", format: "mp3", sizeBytes: 1, storageKey } });
  };
  const cancel = async (id: string): Promise<number> => {
    expect(await cancelTask(database.db, { id, userId })).toBe("processing");
    return performance.now();
  };

  it("a request to a language model: each time", async () => {
    await work({ OPENAI_API_KEY: "key", OPENAI_BASE_URL: openAi.baseUrl, OPENAI_MODEL: "m" });
    const tookMs: number[] = [];
    while (tookMs.length < TRIALS) {
      openAi.script({ kind: "hang" });
      const asked = openAi.requests.length;
      const id = await newTask({ kind: "text", text: "A fox ran over the hill." });
      await expect.poll(() => openAi.requests.length, SOON).toBe(asked + 1);
      const canceledAt = await cancel(id);
      await expect.poll(() => openAi.requests[asked]?.isAborted, SOON).toBe(true);
      tookMs.push(performance.now() - canceledAt);
    }
    judge(tookMs);
  });

  it("the polling of a provider: each time", async () => {
    await work({ ASSEMBLYAI_API_KEY: "key", ASSEMBLYAI_BASE_URL: assemblyAi.baseUrl });
    const tookMs: number[] = [];
    while (tookMs.length < TRIALS) {
      assemblyAi.script("get", { kind: "hang" });
      const [polled, ended] = [assemblyAi.counts.get, heard.length];
      const id = await newAudio();
      await expect.poll(() => assemblyAi.counts.get, SOON).toBe(polled + 1);
      const canceledAt = await cancel(id);
      await expect.poll(() => heard.length, SOON).toBe(ended + 1);
      tookMs.push((heard[ended] ?? Infinity) - canceledAt);
      expect(assemblyAi.counts.get).toBe(polled + 1);
    }
    judge(tookMs);
  });

  it("the local recogniser, whose process is gone with it: each time", async () => {
    await work({ SPEECH_MODEL: "base" });
    const tookMs: number[] = [];
    while (tookMs.length < TRIALS) {
      const id = await newAudio();
      await expect.poll(() => recognisers().length, SOON).toBe(1);
      const canceledAt = await cancel(id);
      await expect.poll(() => recognisers().length, SOON).toBe(0);
      tookMs.push(performance.now() - canceledAt);
      expect(await findTaskStatus(database.db, { id, userId })).toBe("canceled");
    }
    judge(tookMs);
  });
});
