import { MAX_ATTEMPTS } from "@phonoscene/db";
import { createPriceList, newId, type ProviderCall, SECOND } from "@phonoscene/kernel";
import type { JobOutcome } from "@phonoscene/queue";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { type ClaimWatch, startClaimWatch } from "../claim-watch.ts";
import { runStage } from "../claimed-work.ts";
import type { ProviderGates } from "./provider-gate.ts";
import { assemblyAiEngine, hear, languageModel, useGateWorld, write } from "./test-gate-world.ts";

vi.setConfig({ testTimeout: 60_000 });

const world = useGateWorld();
let watch: ClaimWatch;

beforeAll(() => {
  watch = startClaimWatch({ database: world.of().database, logger: world.logger });
});
afterAll(() => watch.stop());

/** One look of a worker at a recording's task. */
const look = (taskId: string, gates: ProviderGates): Promise<JobOutcome> => {
  const { assemblyAi, database, recording } = world.of();
  return runStage(
    {
      stage: "transcribing",
      leaseMs: 10_000,
      database,
      watch,
      run: async ({ task }) => {
        await hear(assemblyAiEngine(assemblyAi), gates.for({ task, hasUnderstudy: false }), recording);
        return "lost";
      },
    },
    taskId,
    { signal: new AbortController().signal, logger: world.logger },
  );
};

const read = async (id: string) => {
  const task = await world.of().database.db.task.findUnique({ where: { id } });
  if (task === null) throw new Error("the task is gone");
  return task;
};

it("a provider that fails for ever is asked seven times about a task, not once for each try of each attempt", async () => {
  const { assemblyAi } = world.of();
  const before = assemblyAi.counts.submit;
  assemblyAi.script("submit", ...Array.from({ length: 50 }, () => ({ kind: "status", status: 500 }) as const));
  const taskId = await world.newTask("audio");
  const gates = world.gates();
  const failures: unknown[] = [];
  // Each failure goes back to the queue, whose waiting is left out here.
  while ((await read(taskId)).status !== "failed" && failures.length < 20) {
    await look(taskId, gates).catch((error: unknown) => void failures.push(error));
  }
  expect(failures).toMatchObject(Array.from({ length: MAX_ATTEMPTS - 1 }, () => ({ code: "provider_unavailable" })));
  expect(await read(taskId)).toMatchObject({ errorCode: "provider_unavailable", errorRetryable: true });
  expect((await read(taskId)).deadAt).not.toBeNull();
  expect(assemblyAi.counts.submit - before).toBe(3 + (MAX_ATTEMPTS - 1));
  assemblyAi.clearScripts();
});

describe("while a provider is given a rest", () => {
  const breaker = { failuresToOpen: 2, openMs: 60_000, maxOpenMs: 60_000 };
  const open = async (provider: string): Promise<void> => {
    const openUntil = new Date(Date.now() + 60_000);
    const state = { openUntil, failures: 5, openings: 1, probeId: null, probeUntil: null };
    await world.of().database.db.providerState.upsert({
      where: { provider },
      create: { provider, ...state },
      update: state,
    });
  };

  it("a recording waits in the queue, and no attempt is counted; when it is over, it goes on", async () => {
    const { assemblyAi, database } = world.of();
    const taskId = await world.newTask("audio");
    const uploads = assemblyAi.counts.upload;
    await open("assemblyai");
    const gates = world.gates({ breaker });
    for (let time = 0; time < 7; time += 1) {
      const outcome = await look(taskId, gates);
      expect(outcome?.again?.delayMs).toBeGreaterThan(50 * SECOND);
    }
    expect(await read(taskId)).toMatchObject({ status: "processing", attempt: 0, attemptToken: null });
    expect(assemblyAi.counts.upload).toBe(uploads);
    await database.db.providerState.update({ where: { provider: "assemblyai" }, data: { openUntil: new Date(0) } });
    await look(taskId, gates);
    expect(assemblyAi.counts.upload).toBe(uploads + 1);
    expect(await database.db.providerState.findUnique({ where: { provider: "assemblyai" } })).toMatchObject({
      openUntil: null,
      failures: 0,
    });
  });

  it("a text does not wait: the local engine writes, and the task says why", async () => {
    const { openAi, database } = world.of();
    const requests = openAi.requests.length;
    await open("openai");
    const gate = world.gates({ breaker }).for(world.caller(await world.newTask(), true));
    const { engine, warnings } = await write(languageModel(openAi), gate);
    expect(engine).toBe("local (after openai/gpt-test)");
    expect(warnings).toMatchObject([{ code: "engine_fallback", message: expect.stringContaining("given a rest") }]);
    expect(openAi.requests.length).toBe(requests);
    await database.db.providerState.deleteMany({ where: { provider: "openai" } });
  });
});

describe("where calls are limited", () => {
  const call = (provider: string): ProviderCall => ({
    provider,
    model: "m",
    operation: "write",
    estimate: { audioMs: null, inputTokens: 1, outputTokens: 1 },
    takesSlot: true,
    signal: AbortSignal.timeout(30_000),
  });
  const answer = async () => ({ value: "answer", usage: { audioMs: null, inputTokens: 1, outputTokens: 1 } });

  it("a full provider puts the stage back; once calls were paid for that would be lost, it waits", async () => {
    const gates = world.gates({ limits: { narrow: { maxConcurrent: 1, requestsPerMinute: null } } });
    const { db } = world.of().database;
    const occupy = (until: Date) => db.providerSlot.create({ data: { id: newId(), provider: "narrow", until } });
    await occupy(new Date(Date.now() + 60_000));
    const fresh = gates.for(world.caller(await world.newTask(), true));
    await expect(fresh.run(call("narrow"), answer)).rejects.toMatchObject({ name: "ProviderBusy" });
    await db.providerSlot.deleteMany({ where: { provider: "narrow" } });
    expect(await fresh.run(call("narrow"), answer)).toBe("answer");
    const startedAt = performance.now();
    await occupy(new Date(Date.now() + 700));
    expect(await fresh.run(call("narrow"), answer)).toBe("answer");
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(600);
  });

  it("a wait ends with the task", async () => {
    const limits = { slow: { maxConcurrent: null, requestsPerMinute: 6 } };
    const gate = world.gates({ limits }).for(world.caller(await world.newTask(), true));
    const controller = new AbortController();
    const aborting = { ...call("slow"), signal: controller.signal };
    expect(await gate.run(aborting, answer)).toBe("answer");
    const waiting = gate.run(aborting, answer);
    controller.abort(new Error("the task was deleted"));
    await expect(waiting).rejects.toThrow("the task was deleted");
  });
});

describe("over the cap of a user", () => {
  const caps = { userMicroUsd: 1, totalMicroUsd: null };
  const prices = createPriceList();

  it("a recording fails with spend_limit, which says when to retry, and is no dead letter", async () => {
    const gates = world.gates({ caps, prices });
    const [first, second] = [await world.newTask("audio"), await world.newTask("audio")];
    // What the first one reserves is the one call past the cap.
    await look(first, gates);
    const { assemblyAi } = world.of();
    const before = assemblyAi.counts.submit;
    expect(await look(second, gates)).toBeUndefined();
    const task = await read(second);
    expect(task).toMatchObject({ status: "failed", errorCode: "spend_limit", errorRetryable: true, deadAt: null });
    expect(task.errorMessage).toMatch(/\$0\.00 .*your account.*T00:00:00\.000Z/);
    expect(assemblyAi.counts.submit).toBe(before);
  });

  it("a text is written by the local engine, and the warning says why", async () => {
    const gate = world.gates({ caps, prices }).for(world.caller(await world.newTask(), true));
    const { engine, warnings } = await write(languageModel(world.of().openAi), gate);
    expect(engine).toBe("local (after openai/gpt-test)");
    expect(warnings.map(({ message }) => message).join()).toMatch(/day's limit .* is reached for your account/);
  });
});

describe("the ledger", () => {
  it("has what a transcript and a storyboard came to, at list prices", async () => {
    const { assemblyAi, openAi, recording } = world.of();
    const [audioTask, textTask] = [await world.newTask("audio"), await world.newTask()];
    await hear(assemblyAiEngine(assemblyAi), world.gates().for(world.caller(audioTask, false)), recording);
    await write(languageModel(openAi), world.gates().for(world.caller(textTask, true)));
    // 0.15 an hour.
    const heard = { provider: "assemblyai", model: "universal-2", operation: "transcribe", count: 1, unknownCount: 0 };
    expect((await read(audioTask)).usage).toMatchObject({
      calls: [{ ...heard, audioMs: 7000, costUsd: 0.000292 }],
      costUsd: 0.000292,
    });
    const { usage } = await read(textTask);
    expect(usage).toMatchObject({ calls: [{ provider: "openai", model: "gpt-test", operation: "write", count: 1 }] });
    const [{ inputTokens, outputTokens }] = (usage as { calls: [{ inputTokens: number; outputTokens: number }] }).calls;
    // A dollar a million, in and out.
    expect(usage).toMatchObject({ costUsd: (inputTokens + outputTokens) / 1_000_000 });
  });

  it("takes back what was reserved for a transcript that ended in an error", async () => {
    const { assemblyAi, recording, database } = world.of();
    const taskId = await world.newTask("audio");
    assemblyAi.end({ error: "Transcoding failed" });
    const hearing = hear(assemblyAiEngine(assemblyAi), world.gates().for(world.caller(taskId, false)), recording);
    await expect(hearing).rejects.toMatchObject({ code: "audio_unreadable" });
    assemblyAi.end({});
    expect(await database.db.providerCall.findMany({ where: { taskId } })).toMatchObject([
      { state: "released", costMicroUsd: 0n },
    ]);
  });
});
