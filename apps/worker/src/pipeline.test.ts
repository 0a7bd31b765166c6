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
  openDatabase,
  type TaskRow,
} from "@phonoscene/db";
import { createLogger, newId } from "@phonoscene/kernel";
import { describeOnBackends, type TestBackend } from "@phonoscene/testing";
import { type FakeAssemblyAi, startAssemblyAi } from "@phonoscene/testing/assemblyai";
import { type FakeOpenAi, startOpenAi } from "@phonoscene/testing/openai";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import { readConfig } from "./config.ts";
import { type RunningWorker, startWorker } from "./worker.ts";

vi.setConfig({ testTimeout: 120_000 });

const SAMPLE = fileURLToPath(new URL("../../../samples/the-lamp-keeper.mp3", import.meta.url));
const STORY = "At dawn an old fisherman rowed past the lighthouse. His daughter lit a lantern on the pier.";
const logger = createLogger({ name: "worker-test", level: "silent" });
const SLOW = { timeout: 90_000, interval: 100 };

/** 16 bit mono PCM at 16 kHz, nothing but silence. */
const silentWav = (seconds: number): Buffer => {
  const dataBytes = seconds * 32_000;
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(16_000, 24);
  header.writeUInt32LE(32_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(dataBytes, 40);
  return Buffer.concat([header, Buffer.alloc(dataBytes)]);
};

const useWorld = (store: TestBackend) => {
  let database: Database;
  let dataDir: string;
  let userId: string;
  const workers: RunningWorker[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), "phonoscene-worker-test-"));
    await mkdir(path.join(dataDir, "audio", "stored"), { recursive: true });
    const onPoolError = (error: Error): void => logger.warn({ err: error }, "pool");
    database = openDatabase({ url: store.database.url, poolSize: 3, onPoolError });
    userId = (await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" })).id;
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.stop();
  });
  afterAll(async () => {
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const newTask = async (source: Parameters<typeof createTask>[1]["source"], language = "auto"): Promise<string> =>
    (await createTask(database.db, { userId, name: null, language, options: TaskOptions.parse({}), source })).id;

  return {
    work: async (env: Record<string, string> = {}): Promise<RunningWorker> => {
      const config = readConfig({
        DATABASE_URL: store.database.url,
        ...(store.redisUrl !== null && { REDIS_URL: store.redisUrl }),
        QUEUE_PREFIX: store.prefix,
        PHONOSCENE_DATA_DIR: dataDir,
        SPEECH_MODEL: "tiny",
        WORKER_GRACE_MS: "0",
        DATABASE_POOL_SIZE: "4",
        ...env,
      });
      const worker = await startWorker(config, logger);
      workers.push(worker);
      await worker.ready;
      return worker;
    },
    newText: (text: string, language?: string) => newTask({ kind: "text", text }, language),
    newAudio: async (content: Buffer | "sample", language?: string): Promise<string> => {
      const storageKey = `${newId()}.${content === "sample" ? "mp3" : "wav"}`;
      const stored = path.join(dataDir, "audio", "stored", storageKey);
      await (content === "sample" ? copyFile(SAMPLE, stored) : writeFile(stored, content));
      const audio = { filename: "tape", format: "wav", sizeBytes: 1, storageKey };
      return newTask({ kind: "audio", audio }, language);
    },
    read: async (id: string): Promise<TaskRow> => {
      const task = await findTask(database.db, { id, userId }, ["transcript", "scenes", "prompts"]);
      if (task === null) throw new Error("the task is gone");
      return task;
    },
    remove: (id: string) => deleteTask(database.db, { id, userId }),
    storedFiles: () => readdir(path.join(dataDir, "audio", "stored")),
    db: () => database.db,
  };
};

describeOnBackends("the pipeline", (store) => {
  const world = useWorld(store);
  const settled = async (id: string): Promise<TaskRow> => {
    await expect.poll(async () => ["completed", "failed"].includes((await world.read(id)).status), SLOW).toBe(true);
    return world.read(id);
  };

  it("a text becomes prompts", async () => {
    await world.work();
    const task = await settled(await world.newText(STORY));
    expect(task).toMatchObject({ status: "completed", promptEngine: "local", transcript: { language: "en" } });
    const contents = task.prompts?.map((prompt) => prompt.content).join("\n") ?? "";
    expect(contents).toMatch(/fisherman/);
    expect(contents).toMatch(/daughter/);
  });

  it("a recording becomes prompts on the audio's own clock", async () => {
    const id = await world.newAudio("sample");
    await world.work();
    const task = await settled(id);
    expect(task).toMatchObject({ status: "completed", speechEngine: "local/moonshine-tiny" });
    const durationMs = task.audio?.durationMs ?? 0;
    expect(durationMs).toBeGreaterThan(44_000);
    const scenes = task.scenes ?? [];
    expect(scenes.length).toBeGreaterThan(1);
    for (const [index, scene] of scenes.entries()) {
      expect(scene.startMs).toBeGreaterThanOrEqual(scenes[index - 1]?.endMs ?? 0);
      expect(scene.endMs).toBeLessThanOrEqual(durationMs);
    }
    expect(task.transcript?.text.toLowerCase()).toContain("fishing boat");
  });

  it("a worker that dies in the middle loses nothing: the next one starts the task again", async () => {
    const id = await world.newAudio("sample");
    const first = await world.work({ SPEECH_MODEL: "base" });
    await expect.poll(async () => (await world.read(id)).stage, SLOW).toBe("transcribing");
    await first.stop();
    expect(await world.read(id)).toMatchObject({ status: "processing", attempt: 0, attemptToken: null });
    await world.work();
    expect(await settled(id)).toMatchObject({ status: "completed" });
    expect(await world.db().transcript.count({ where: { taskId: id } })).toBe(1);
  });

  it("a task that is deleted while it is worked on leaves no row and no file", async () => {
    await world.work({ SPEECH_MODEL: "base" });
    const id = await world.newAudio("sample");
    await expect.poll(async () => (await world.read(id)).stage, SLOW).toBe("transcribing");
    const filesBefore = await world.storedFiles();
    await world.remove(id);
    await expect.poll(async () => (await world.storedFiles()).length, SLOW).toBe(filesBefore.length - 1);
    await settled(await world.newText("The next task is served at once."));
    expect(await world.db().transcript.count({ where: { taskId: id } })).toBe(0);
  });
});

describe("what is wrong with a recording is said on the task", () => {
  describeOnBackends("failures", (store) => {
    const world = useWorld(store);
    it.each([
      ["silence", () => world.newAudio(silentWav(3)), "no_speech"],
      [
        "bytes that are no audio",
        () => world.newAudio(Buffer.from("RIFF....WAVE and then nothing that fits")),
        "audio_unreadable",
      ],
      ["a language that the local engine does not know", () => world.newAudio("sample", "uk"), "language_unsupported"],
    ])("%s", async (_name, make, code) => {
      const id = await make();
      await world.work();
      await expect.poll(async () => (await world.read(id)).status, SLOW).toBe("failed");
      const task = await world.read(id);
      expect(task).toMatchObject({ errorCode: code, errorStage: "transcribing", errorRetryable: false, stage: null });
      expect(task.errorMessage?.length).toBeGreaterThan(20);
      expect(task.prompts).toEqual([]);
    });
  });
});

describeOnBackends("the vendors' engines", (store) => {
  const world = useWorld(store);
  let assemblyAi: FakeAssemblyAi;
  let openAi: FakeOpenAi;

  beforeAll(async () => {
    assemblyAi = await startAssemblyAi();
    openAi = await startOpenAi();
  });
  afterAll(async () => {
    await assemblyAi.close();
    await openAi.close();
  });
  const keys = () => ({
    ASSEMBLYAI_API_KEY: "key",
    ASSEMBLYAI_BASE_URL: assemblyAi.baseUrl,
    OPENAI_API_KEY: "key",
    OPENAI_BASE_URL: openAi.baseUrl,
    OPENAI_MODEL: "test-model",
  });
  const completed = async (id: string): Promise<TaskRow> => {
    await expect.poll(async () => (await world.read(id)).status, SLOW).toBe("completed");
    return world.read(id);
  };

  it("with keys set, AssemblyAI hears and the language model writes", async () => {
    await world.work(keys());
    const task = await completed(await world.newAudio("sample"));
    expect(task).toMatchObject({ promptEngine: "openai/test-model", usage: { model: "test-model" } });
    expect(task.speechEngine).toMatch(/^assemblyai/);
    expect(task.providerJobId).toBe(assemblyAi.transcriptIds().at(-1));
  });

  it("a language model that cannot be had is replaced by the local engine, and the task says so", async () => {
    await world.work({ ...keys(), OPENAI_API_KEY: "key" });
    openAi.script(...Array.from({ length: 6 }, () => ({ kind: "status", status: 401 }) as const));
    const task = await completed(await world.newText(STORY));
    expect(task.promptEngine).toBe("local (after openai/test-model)");
    expect(task.warnings).toMatchObject([{ code: "engine_fallback" }]);
  });

  it("a worker that stops after the provider accepted resumes the same paid transcript", async () => {
    const submits = assemblyAi.submits.length;
    const polls = assemblyAi.counts.get;
    assemblyAi.script("get", { kind: "hang" });
    const first = await world.work(keys());
    const id = await world.newAudio("sample");
    await expect.poll(async () => (await world.read(id)).providerJobId, SLOW).not.toBeNull();
    await expect.poll(() => assemblyAi.counts.get, SLOW).toBe(polls + 1);
    await first.stop();
    await world.work(keys());
    await completed(id);
    expect(assemblyAi.submits.length - submits).toBe(1);
  });
});
