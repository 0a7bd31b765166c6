import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { TaskOptions } from "@phonoscene/contracts";
import { createTask, createUser, type Database, openDatabase } from "@phonoscene/db";
import { createLogger, createPriceList, type ProviderGate } from "@phonoscene/kernel";
import {
  createLanguageModelEngine,
  createLocalEngine,
  type PromptEngine,
  writeStoryboard,
} from "@phonoscene/prompting";
import { createSpeechEngine, type SpeechEngine } from "@phonoscene/speech";
import { useDatabase } from "@phonoscene/testing";
import { type FakeAssemblyAi, startAssemblyAi } from "@phonoscene/testing/assemblyai";
import { type FakeOpenAi, startOpenAi } from "@phonoscene/testing/openai";
import { afterAll, beforeAll } from "vitest";

import { createProviderGates, type ProviderGateOptions, type ProviderGates } from "./provider-gate.ts";

const logger = createLogger({ name: "gate-test", level: "silent" });

const onPoolError = (error: Error): void => logger.warn({ err: error }, "pool");

export const NO_BREAKER = { failuresToOpen: 1000, openMs: 1000, maxOpenMs: 1000 };

type World = { database: Database; assemblyAi: FakeAssemblyAi; openAi: FakeOpenAi; recording: string; userId: string };

/** A database, both vendors, a user, and a file that the speech vendor takes for a recording. */
export const useGateWorld = () => {
  const databaseOf = useDatabase();
  let world: World;

  beforeAll(async () => {
    const database = openDatabase({ url: databaseOf.url, poolSize: 4, onPoolError });
    const recording = path.join(await mkdtemp(path.join(os.tmpdir(), "phonoscene-gate-test-")), "recording");
    await writeFile(recording, Buffer.alloc(60_000));
    const { id: userId } = await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" });
    const assemblyAi = await startAssemblyAi({ pollsUntilDone: 0 });
    world = { database, assemblyAi, openAi: await startOpenAi(), recording, userId };
  });
  afterAll(async () => {
    await world.assemblyAi.close();
    await world.openAi.close();
    await world.database.close();
    await rm(path.dirname(world.recording), { recursive: true, force: true });
  });

  return {
    of: (): World => world,
    logger,
    gates: (options: Partial<ProviderGateOptions> = {}): ProviderGates =>
      createProviderGates({
        database: world.database,
        logger,
        limits: {},
        caps: { userMicroUsd: null, totalMicroUsd: null },
        prices: createPriceList({ "openai/gpt-test": { usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 1 } }),
        breaker: NO_BREAKER,
        baseDelayMs: 1,
        ...options,
      }),
    newTask: async (kind: "text" | "audio" = "text"): Promise<string> => {
      const audio = { filename: "tape", format: "wav", sizeBytes: 1, storageKey: crypto.randomUUID() };
      const source = kind === "text" ? { kind, text: "A fox ran." } : { kind, audio };
      const options = TaskOptions.parse({});
      const fields = { userId: world.userId, name: null, language: "auto", options, source };
      return (await createTask(world.database.db, fields)).id;
    },
    caller: (taskId: string, hasUnderstudy: boolean, attempt = 1) => ({
      task: { taskId, userId: world.userId, attempt, deadlineInMs: null },
      hasUnderstudy,
    }),
  };
};

export const languageModel = (openAi: FakeOpenAi, requestTimeoutMs = 2000): PromptEngine =>
  createLanguageModelEngine({
    apiKey: "key",
    baseUrl: openAi.baseUrl,
    model: "gpt-test",
    fallback: createLocalEngine(),
    requestTimeoutMs,
  });

/** One scene, so one request where nothing goes wrong. */
export const write = (engine: PromptEngine, gate: ProviderGate, signal: AbortSignal = new AbortController().signal) =>
  writeStoryboard(engine, {
    source: { kind: "text", text: "An old fisherman rowed past the lighthouse before sunrise." },
    language: "en",
    options: TaskOptions.parse({ count: 1 }),
    gate,
    onProgress: () => undefined,
    signal,
  });

export const assemblyAiEngine = ({ baseUrl }: FakeAssemblyAi, timeoutMs = 20_000): SpeechEngine =>
  createSpeechEngine({
    engine: "assemblyai",
    assemblyAiApiKey: "key",
    assemblyAiBaseUrl: baseUrl,
    model: "tiny",
    maxDurationMs: 36_000_000,
    timeoutMs,
  });

export const hear = (engine: SpeechEngine, gate: ProviderGate, filePath: string) =>
  engine.transcribe({
    filePath,
    language: "en",
    providerJobId: null,
    onProviderJobId: async () => undefined,
    gate,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
