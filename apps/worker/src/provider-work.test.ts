import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { PROVIDER_HOOK_HEADER } from "@phonoscene/contracts";
import { type Database, noteProviderReady } from "@phonoscene/db";
import { createProviderHooks } from "@phonoscene/kernel";
import { describeOnBackends } from "@phonoscene/testing";
import { type FakeAssemblyAi, startAssemblyAi } from "@phonoscene/testing/assemblyai";
import { type FakeOpenAiSpeech, startOpenAiSpeech } from "@phonoscene/testing/openai-speech";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

import { SLOW, useWorld, type ReadTask } from "./test-use-world.ts";

vi.setConfig({ testTimeout: 120_000 });

const HOOK_SECRET = "a secret of more than thirty-two characters";

/** The provider's answer about a transcript that is over. */
const transcriptDone = (id: string): string =>
  JSON.stringify({
    id,
    status: "completed",
    language_code: "en",
    audio_duration: 2,
    words: [
      { text: "Foxes", start: 0, end: 500, confidence: 1 },
      { text: "ran.", start: 500, end: 1000, confidence: 1 },
    ],
  });

/** What the API does with a provider's call, without the rest of it. */
const startHookReceiver = async (db: () => Database["db"]) => {
  const hooks = createProviderHooks(HOOK_SECRET);
  const server = createServer((request, response) => {
    const receive = async (): Promise<void> => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      const { transcript_id: providerJobId } = JSON.parse(Buffer.concat(parts).toString()) as { transcript_id: string };
      const token = (request.url ?? "").replace("/v1/hooks/assemblyai/", "");
      const taskId = hooks.verify({ token, header: String(request.headers[PROVIDER_HOOK_HEADER]) });
      const isNews =
        taskId !== null && (await noteProviderReady(db(), { taskId, provider: "assemblyai", providerJobId }));
      response.writeHead(isNews ? 204 : 403).end();
    };
    receive().catch((error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on a port has an address object.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
};

describeOnBackends("a provider that calls back", (store) => {
  const world = useWorld(store);
  let assemblyAi: FakeAssemblyAi;
  let receiver: Awaited<ReturnType<typeof startHookReceiver>>;

  beforeAll(async () => {
    assemblyAi = await startAssemblyAi({ pollsUntilDone: 1_000_000 });
    receiver = await startHookReceiver(world.db);
  });
  afterAll(async () => {
    receiver.close();
    await assemblyAi.close();
  });
  const keys = () => ({
    ASSEMBLYAI_API_KEY: "key",
    ASSEMBLYAI_BASE_URL: assemblyAi.baseUrl,
    PUBLIC_URL: receiver.url,
    PROVIDER_HOOK_SECRET: HOOK_SECRET,
  });
  const parked = async (id: string): Promise<ReadTask> => {
    await expect.poll(async () => (await world.read(id)).waitUntil, SLOW).not.toBeNull();
    return world.read(id);
  };

  it("frees the worker while it works: more tasks wait for it than the worker has slots", async () => {
    await world.work({ ...keys(), WORKER_CONCURRENCY: "1" });
    const ids = [await world.newAudio("sample"), await world.newAudio("sample"), await world.newAudio("sample")];
    const tasks = [];
    for (const id of ids) tasks.push(await parked(id));
    expect(tasks.map(({ attempt, attemptToken, status }) => ({ attempt, attemptToken, status }))).toEqual(
      ids.map(() => ({ attempt: 0, attemptToken: null, status: "processing" })),
    );
    expect(assemblyAi.counts.get).toBe(0);
    for (const { providerJobId } of tasks) expect(await assemblyAi.callBack(providerJobId ?? "")).toBe(204);
    for (const id of ids) await expect.poll(async () => (await world.read(id)).status, SLOW).toBe("completed");
    expect(assemblyAi.counts).toMatchObject({ submit: 3, get: 3 });
    await expect.poll(() => assemblyAi.transcriptIds(), SLOW).toEqual([]);
  });

  it("whose call is lost is asked once the wait is over, and a late call changes nothing", async () => {
    await world.work(keys());
    const id = await world.newAudio("sample");
    const { providerJobId } = await parked(id);
    const polls = assemblyAi.counts.get;
    assemblyAi.script("get", { kind: "body", body: transcriptDone(providerJobId ?? "") });
    await world.db().task.update({
      where: { id },
      data: { waitUntil: new Date(0), enqueuedAt: new Date(0) },
    });
    await expect.poll(async () => (await world.read(id)).status, SLOW).toBe("completed");
    expect(assemblyAi.counts.get).toBe(polls + 1);
    const late = { taskId: id, provider: "assemblyai", providerJobId: providerJobId ?? "" };
    expect(await noteProviderReady(world.db(), late)).toBe(false);
  });

  it("about work that is not over is asked, and waited for again, without an attempt being counted", async () => {
    await world.work(keys());
    const id = await world.newAudio("sample");
    const { providerJobId } = await parked(id);
    const polls = assemblyAi.counts.get;
    const early = { taskId: id, provider: "assemblyai", providerJobId: providerJobId ?? "" };
    expect(await noteProviderReady(world.db(), early)).toBe(true);
    await expect.poll(() => assemblyAi.counts.get, SLOW).toBe(polls + 1);
    expect(await parked(id)).toMatchObject({ attempt: 0, providerJobId });
  });
});

describeOnBackends("a speech service like OpenAI's", (store) => {
  const world = useWorld(store);
  let speech: FakeOpenAiSpeech;

  beforeAll(async () => {
    speech = await startOpenAiSpeech({ durationMs: 45_000, textOf: (index) => `A fox ran over hill number ${index}.` });
  });
  afterAll(() => speech.close());
  const keys = () => ({
    SPEECH_ENGINE: "openai",
    PROMPT_ENGINE: "local",
    OPENAI_API_KEY: "key",
    OPENAI_SPEECH_BASE_URL: speech.baseUrl,
    OPENAI_SPEECH_MODEL: "gpt-4o-transcribe",
  });

  it("hears in pieces, and a worker that stops in the middle pays for none twice", async () => {
    speech.script({ kind: "body", body: '{"text": "The first hill was high."}' }, { kind: "hang" });
    const first = await world.work(keys());
    const id = await world.newAudio("sample");
    await expect.poll(() => speech.count(), SLOW).toBe(2);
    await first.stop();
    expect(await world.db().transcriptPart.count({ where: { taskId: id } })).toBe(1);
    await world.work(keys());
    await expect.poll(async () => (await world.read(id)).status, SLOW).toBe("completed");
    const task = await world.read(id);
    expect(task).toMatchObject({ speechEngine: "openai/gpt-4o-transcribe" });
    expect(task.transcript?.text).toMatch(/^The first hill was high\. A fox ran over hill number/);
    // The second was asked about twice: it had no answer. The first was not.
    const [firstPiece, secondPiece, thirdAsked] = speech.requests.map(({ wavMs }) => wavMs);
    expect(thirdAsked).toBe(secondPiece);
    expect(thirdAsked).not.toBe(firstPiece);
    expect(await world.db().transcriptPart.count({ where: { taskId: id } })).toBe(0);
  });
});
