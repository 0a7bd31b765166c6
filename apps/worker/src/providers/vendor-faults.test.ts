import type { AssemblyAiBehaviour } from "@phonoscene/testing/assemblyai";
import type { OpenAiBehaviour } from "@phonoscene/testing/openai";
import { describe, expect, it, vi } from "vitest";

import { assemblyAiEngine, hear, languageModel, useGateWorld, write } from "./test-gate-world.ts";

vi.setConfig({ testTimeout: 60_000 });

const FLOOD_BYTES = 100_000_000;

/** Of a vendor that does nothing else: how many requests it gets, and what becomes of the stage. */
type Fault<Behaviour> = [name: string, behaviour: Behaviour, requests: number, outcome: string | RegExp];

const world = useGateWorld();

describe("a language model's server that always answers with", () => {
  const passing = /All scenes: .*try again later/;
  const FAULTS: Fault<OpenAiBehaviour>[] = [
    // Once in each of the three forms that a question can be put in.
    ["400", { kind: "status", status: 400 }, 3, /none of our forms of question \(400\)/],
    ["401", { kind: "status", status: 401 }, 1, /OPENAI_API_KEY/],
    ["402", { kind: "status", status: 402 }, 1, /add credit/],
    ["408", { kind: "status", status: 408 }, 3, passing],
    ["429", { kind: "status", status: 429 }, 3, passing],
    ["429 and Retry-After", { kind: "status", status: 429, retryAfter: "0.01" }, 3, passing],
    ["429 and a Retry-After of more than a minute", { kind: "status", status: 429, retryAfter: "61" }, 1, passing],
    ["500", { kind: "status", status: 500 }, 3, passing],
    ["503", { kind: "status", status: 503 }, 3, passing],
    ["a reset", { kind: "reset" }, 3, passing],
    ["silence", { kind: "hang" }, 3, /did not answer in time/],
    ["a drip", { kind: "drip" }, 3, /did not answer in time/],
    ["half an answer", { kind: "cut" }, 3, passing],
    ["garbage", { kind: "body", body: "<html>Welcome" }, 3, passing],
    // Asked once, and once to repair it.
    ["JSON of another schema", { kind: "content", content: '{"prompts": []}' }, 2, /did not fit the formula/],
    ["100 MB", { kind: "flood", sizeBytes: FLOOD_BYTES }, 3, passing],
  ];

  it.each(FAULTS)("%s is asked so often, and the local engine writes", async (_name, behaviour, requests, warning) => {
    const { openAi } = world.of();
    const before = openAi.requests.length;
    openAi.script(...Array.from({ length: requests }, () => behaviour));
    const isSilent = behaviour.kind === "hang" || behaviour.kind === "drip";
    const engine = languageModel(openAi, isSilent ? 300 : 20_000);
    const startedAt = performance.now();
    const gate = world.gates().for(world.caller(await world.newTask(), true));
    const { engine: writer, warnings } = await write(engine, gate);
    expect(writer).toBe("local (after openai/gpt-test)");
    expect(warnings.map(({ message }) => message).join("\n")).toMatch(warning);
    expect(openAi.requests.length - before).toBe(requests);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });
});

describe("AssemblyAI, taking orders, always answers with", () => {
  const FAULTS: Fault<AssemblyAiBehaviour>[] = [
    ["400", { kind: "status", status: 400 }, 1, "provider_rejected"],
    ["401", { kind: "status", status: 401 }, 1, "provider_rejected"],
    ["402", { kind: "status", status: 402 }, 1, "provider_rejected"],
    ["408", { kind: "status", status: 408 }, 3, "provider_unavailable"],
    ["429", { kind: "status", status: 429 }, 3, "provider_unavailable"],
    ["429 and Retry-After", { kind: "status", status: 429, retryAfter: "0" }, 3, "provider_unavailable"],
    ["429 and a long Retry-After", { kind: "status", status: 429, retryAfter: "9" }, 1, "provider_unavailable"],
    ["500", { kind: "status", status: 500 }, 3, "provider_unavailable"],
    ["503", { kind: "status", status: 503 }, 3, "provider_unavailable"],
    ["a reset", { kind: "reset" }, 3, "provider_unavailable"],
    // The deadline is the job's: nothing is left of it for a second try.
    ["silence", { kind: "hang" }, 1, "provider_timeout"],
    ["a drip", { kind: "drip" }, 1, "provider_timeout"],
    ["half an answer", { kind: "cut" }, 3, "provider_unavailable"],
    ["garbage", { kind: "body", body: "<html>Welcome" }, 3, "provider_unavailable"],
    ["JSON of another schema", { kind: "body", body: '{"id": 5}' }, 3, "provider_unavailable"],
    ["100 MB", { kind: "flood", sizeBytes: FLOOD_BYTES }, 3, "provider_unavailable"],
  ];

  it.each(FAULTS)("%s is asked so often, and fails the attempt", async (_name, behaviour, requests, code) => {
    const { assemblyAi, recording, database } = world.of();
    const before = { ...assemblyAi.counts };
    assemblyAi.script("submit", ...Array.from({ length: requests }, () => behaviour));
    const isSilent = behaviour.kind === "hang" || behaviour.kind === "drip";
    const taskId = await world.newTask("audio");
    const gate = world.gates().for(world.caller(taskId, false));
    const startedAt = performance.now();
    const hearing = hear(assemblyAiEngine(assemblyAi, isSilent ? 2000 : 30_000), gate, recording);
    await expect(hearing).rejects.toMatchObject({ code });
    expect(assemblyAi.counts.submit - before.submit).toBe(requests);
    // The recording is sent once, however often it is ordered.
    expect(assemblyAi.counts.upload - before.upload).toBe(1);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    const states = await database.db.providerCall.findMany({ where: { taskId }, select: { state: true } });
    expect(states.map(({ state }) => state)).toEqual(Array(requests).fill(isSilent ? "unknown" : "released"));
  });
});

it("a failure that passes costs one more request, and nothing else", async () => {
  const { assemblyAi, openAi, recording } = world.of();
  const before = { submits: assemblyAi.counts.submit, chats: openAi.requests.length };
  assemblyAi.script("submit", { kind: "status", status: 503 });
  openAi.script({ kind: "status", status: 429, retryAfter: "0.3" });
  const speechGate = world.gates().for(world.caller(await world.newTask("audio"), false));
  await expect(hear(assemblyAiEngine(assemblyAi), speechGate, recording)).resolves.toMatchObject({ language: "en" });
  const startedAt = performance.now();
  const gate = world.gates().for(world.caller(await world.newTask(), true));
  expect(await write(languageModel(openAi), gate)).toMatchObject({ engine: "openai/gpt-test", warnings: [] });
  // As long as the server asked.
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(290);
  expect(assemblyAi.counts.submit - before.submits).toBe(2);
  expect(openAi.requests.length - before.chats).toBe(2);
});
