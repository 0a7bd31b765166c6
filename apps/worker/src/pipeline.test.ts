import { readFile } from "node:fs/promises";

import { describeOnBackends } from "@phonoscene/testing";
import { type FakeAssemblyAi, startAssemblyAi } from "@phonoscene/testing/assemblyai";
import { type FakeOpenAi, startOpenAi } from "@phonoscene/testing/openai";
import { silentWav } from "@phonoscene/testing/recordings";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";

import { SLOW, useWorld, type ReadTask } from "./test-use-world.ts";

const SAMPLE_TEXT = new URL("../../../samples/the-lamp-keeper.txt", import.meta.url);
/** Recognised, and then read once more: two processes, on a busy machine. */
const TWICE_HEARD_MS = 240_000;
const StoredWords = z.array(z.object({ text: z.string(), startMs: z.number(), endMs: z.number() }));

vi.setConfig({ testTimeout: 120_000 });

const STORY = "At dawn an old fisherman rowed past the lighthouse. His daughter lit a lantern on the pier.";

describeOnBackends("the pipeline", (store) => {
  const world = useWorld(store);
  const settled = async (id: string): Promise<ReadTask> => {
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

  it(
    "words that came with their recording are found in it, also those that the recogniser hears otherwise",
    async () => {
      const sentences = (await readFile(SAMPLE_TEXT, "utf8")).split(/\n+/).filter((line) => line !== "");
      const given = sentences.map((text) => ({ text: text.replace("red fishing boat", "vermilion fishing boat") }));
      const id = await world.newAudio("sample", "auto", { givenSegments: given });
      await world.work();
      const isOver = async () => (await world.read(id)).status === "completed";
      await expect.poll(isOver, { ...SLOW, timeout: TWICE_HEARD_MS }).toBe(true);
      const { transcript } = await world.read(id);
      expect(transcript).toMatchObject({ engine: "local/moonshine-tiny", wordTiming: "aligned", segments: given });
      const segments = await world
        .db()
        .transcriptSegment.findMany({ where: { taskId: id }, orderBy: { position: "asc" } });
      const words = segments.flatMap((segment) => StoredWords.parse(segment.words));
      expect(words.map(({ text }) => text).join(" ")).toBe(given.map(({ text }) => text).join(" "));
      expect(words).toEqual(words.toSorted((a, b) => a.startMs - b.startMs));
      const at = words.findIndex(({ text }) => text === "vermilion");
      const { startMs, endMs } = words[at] ?? { startMs: 0, endMs: 0 };
      expect(startMs - (words[at - 1]?.endMs ?? 0)).toBeLessThan(250);
      expect(endMs - startMs).toBeGreaterThan(100);
    },
    2 * TWICE_HEARD_MS,
  );

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
  const completed = async (id: string): Promise<ReadTask> => {
    await expect.poll(async () => (await world.read(id)).status, SLOW).toBe("completed");
    return world.read(id);
  };

  it("with keys set, AssemblyAI hears and the language model writes", async () => {
    await world.work(keys());
    const task = await completed(await world.newAudio("sample"));
    expect(task).toMatchObject({ promptEngine: "openai/test-model" });
    expect(task.usage).toMatchObject({
      calls: [
        { provider: "assemblyai", model: "universal-2", count: 1, unknownCount: 0, costUsd: expect.any(Number) },
        // A model that nobody has given a price.
        { provider: "openai", model: "test-model", count: expect.any(Number), costUsd: null },
      ],
    });
    expect(task.speechEngine).toMatch(/^assemblyai/);
    expect(task.providerJobId).toBeNull();
    await expect.poll(() => assemblyAi.transcriptIds(), SLOW).toEqual([]);
    expect(await world.db().providerDeletion.count()).toBe(0);
  });

  it("a copy that the provider is to keep goes with the task", async () => {
    await world.work({ ...keys(), ASSEMBLYAI_DELETE_AFTER: "false" });
    const task = await completed(await world.newAudio("sample"));
    expect(assemblyAi.transcriptIds()).toEqual([task.providerJobId]);
    assemblyAi.script("delete", { kind: "status", status: 503 });
    await world.remove(task.id);
    await expect.poll(() => assemblyAi.transcriptIds(), SLOW).toEqual([]);
    await expect.poll(() => world.db().providerDeletion.count(), SLOW).toBe(0);
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

  it("a worker that stops after the provider accepted and before its id came pays once more, and no oftener", async () => {
    const submits = assemblyAi.submits.length;
    assemblyAi.script("submit", { kind: "accept-and-hang" });
    const first = await world.work(keys());
    const id = await world.newAudio("sample");
    await expect.poll(() => assemblyAi.submits.length, SLOW).toBe(submits + 1);
    await first.stop();
    await world.work(keys());
    const { usage } = await completed(id);
    expect(assemblyAi.submits.length - submits).toBe(2);
    // The gap that cannot be closed is counted, and shown.
    const lost = { provider: "assemblyai", operation: "transcribe", count: 1, unknownCount: 1 };
    const heard = { provider: "assemblyai", operation: "transcribe", count: 1, unknownCount: 0 };
    expect((usage as { calls: unknown[] }).calls.slice(0, 2)).toMatchObject([lost, heard]);
  });
});
