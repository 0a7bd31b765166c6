import { AppError, createLogger } from "@phonoscene/kernel";
import { type FakeOpenAi, type OpenAiBehaviour, startOpenAi } from "@phonoscene/testing/openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { PromptEngine } from "../port.ts";
import { createLanguageModelEngine, type LanguageModelOptions } from "./engine.ts";
import { draftScene, plainEngine, slotRequest, TEXTS } from "./testing/drafts.ts";

let server: FakeOpenAi;

beforeEach(async () => {
  server = await startOpenAi({ apiKey: "sk-test" });
});
afterEach(() => server.close());

const engineWith = (options: Partial<LanguageModelOptions> = {}): PromptEngine =>
  createLanguageModelEngine({
    apiKey: "sk-test",
    baseUrl: server.baseUrl,
    model: "gpt-test",
    fallback: plainEngine,
    requestTimeoutMs: 2000,
    ...options,
  });

const times = (count: number, behaviour: OpenAiBehaviour): OpenAiBehaviour[] =>
  Array.from({ length: count }, () => behaviour);

const GARBAGE: OpenAiBehaviour[] = [
  { kind: "body", body: "<html>Welcome to our hotel's network" },
  { kind: "body", body: '{"choices": []}' },
  { kind: "body", body: '{"error": {"message": "upstream"}}' },
  { kind: "body", body: "x".repeat(9_000_000) },
  { kind: "body", body: "" },
];

const PASSING: OpenAiBehaviour[] = [
  ...[408, 429, 500, 502, 503].map((status): OpenAiBehaviour => ({ kind: "status", status })),
  { kind: "status", status: 429, retryAfter: "0" },
  { kind: "reset" },
  { kind: "cut" },
  ...GARBAGE,
];

const nameOf = (behaviour: OpenAiBehaviour): string => JSON.stringify(behaviour).slice(0, 80);

describe("an error that may pass", () => {
  it.each(PASSING.map((behaviour) => [nameOf(behaviour), behaviour] as const))(
    "%s hands the set to the other engine, and is not made again here: that is the gate's to do",
    async (_, behaviour) => {
      server.script(behaviour);
      const { slots, engine, warnings } = await engineWith().writeSlots(slotRequest());
      expect(engine).toBe("local (after openai/gpt-test)");
      expect(slots).toHaveLength(TEXTS.length);
      expect(warnings).toEqual([
        {
          code: "engine_fallback",
          message: expect.stringMatching(/^All scenes: written by the local engine\. .*try again later/u),
        },
      ]);
      expect(server.requests).toHaveLength(1);
    },
  );

  it.each(["hang", "drip"] as const)(
    "a server that lets a call %s is given up in time, and hears of it",
    async (kind) => {
      server.script({ kind });
      const startedMs = performance.now();
      const { engine, warnings } = await engineWith({ requestTimeoutMs: 150 }).writeSlots(slotRequest());
      expect(performance.now() - startedMs).toBeLessThan(3000);
      expect(engine).toBe("local (after openai/gpt-test)");
      expect(warnings[0]?.message).toContain("did not answer in time");
      await expect.poll(() => server.abortedCount()).toBe(1);
    },
  );

  it("ends the run: a dead server is not asked again for each window", async () => {
    server.script({ kind: "answer" }, { kind: "status", status: 500 });
    const { slots, engine, warnings } = await engineWith({ limits: { characters: 1, scenes: 1 } }).writeSlots(
      slotRequest(),
    );
    expect(server.requests).toHaveLength(2);
    expect(engine).toBe("openai/gpt-test + local");
    expect(warnings[0]?.message).toMatch(/^Scenes 2-3: /u);
    expect(slots.map(([subject]) => subject?.value.startsWith("plain"))).toEqual([false, true, true]);
  });
});

describe("a server that denies access", () => {
  it.each([
    [{ kind: "status", status: 401, code: "invalid_api_key" }, "OPENAI_API_KEY"],
    [{ kind: "status", status: 402 }, "credit"],
    [{ kind: "status", status: 403 }, "OPENAI_API_KEY"],
    [{ kind: "status", status: 429, code: "insufficient_quota" }, "credit"],
    [{ kind: "status", status: 404, code: "model_not_found" }, "OPENAI_MODEL"],
  ] satisfies [OpenAiBehaviour, string][])(
    "with %j is asked once, and the warning names the cure",
    async (behaviour, cure) => {
      server.script(behaviour);
      const { engine, warnings } = await engineWith({ limits: { characters: 1, scenes: 1 } }).writeSlots(slotRequest());
      expect(engine).toBe("local (after openai/gpt-test)");
      expect(warnings).toMatchObject([{ code: "engine_fallback" }]);
      expect(warnings[0]?.message).toContain(cure);
      expect(server.requests).toHaveLength(1);
    },
  );

  it("because of a wrong key gets no other key from the environment", async () => {
    const { engine } = await engineWith({ apiKey: "sk-wrong" }).writeSlots(slotRequest());
    expect(engine).toBe("local (after openai/gpt-test)");
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer sk-wrong"]);
  });
});

const dropScene = (json: string): string => {
  const answer = JSON.parse(json) as { scenes: unknown[] };
  return JSON.stringify({ ...answer, scenes: answer.scenes.slice(1) });
};

describe("an answer that cannot be used", () => {
  const BAD: [string, OpenAiBehaviour][] = [
    ["is not JSON", { kind: "content", content: "Sure! Here you are: {" }],
    ["has another schema", { kind: "content", content: '{"prompts": ["a boat"]}' }],
    ["is empty", { kind: "content", content: "" }],
    ["misses a scene", { kind: "answer", edit: dropScene }],
    ["has an empty slot", { kind: "answer", edit: (json) => json.replace(/"value":"[^"]*"/u, '"value":"--v 6"') }],
    ["has a placeholder", { kind: "answer", edit: (json) => json.replace(/"value":"[^"]*"/u, '"value":"Unknown."') }],
    [
      "draws a genre",
      { kind: "answer", edit: (json) => json.replace(/"value":"[^"]*"/u, '"value":"a DJ booth at night"') },
    ],
    ["has a number for a value", { kind: "answer", edit: (json) => json.replace(/"value":"[^"]*"/u, '"value":5') }],
  ];

  it.each(BAD)("that %s is repaired by one call that says what was wrong", async (_, behaviour) => {
    server.script(behaviour);
    const { engine, warnings } = await engineWith().writeSlots(slotRequest());
    expect({ engine, warnings }).toEqual({ engine: "openai/gpt-test", warnings: [] });
    const [, repair] = server.requests;
    expect(server.requests).toHaveLength(2);
    expect(repair?.body.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(repair?.body.messages.at(-1)?.content).toMatch(/cannot be used:\n(?:The answer|Scene \d)/u);
  });

  it("twice leaves only the faulty scenes to the other engine", async () => {
    server.script(...times(2, { kind: "answer", edit: dropScene }));
    const { slots, engine, warnings } = await engineWith().writeSlots(slotRequest());
    expect(engine).toBe("openai/gpt-test + local");
    expect(slots.map(([subject]) => subject?.value.startsWith("plain"))).toEqual([true, false, false]);
    expect(warnings).toMatchObject([{ message: expect.stringMatching(/^Scenes 1: .*after a repair/u) }]);
    expect(server.requests).toHaveLength(2);
  });

  it("does not end the run: the next window is asked for", async () => {
    server.script(...times(2, { kind: "content", content: "[]" }));
    const { engine } = await engineWith({ limits: { characters: 1, scenes: 1 } }).writeSlots(slotRequest());
    expect(engine).toBe("openai/gpt-test + local");
    expect(server.requests).toHaveLength(4);
  });

  it("because one scene alone is too long goes to the other engine, and says so", async () => {
    server.script({ kind: "truncated" });
    const { engine, warnings } = await engineWith().writeSlots(
      slotRequest({ scenes: [draftScene(4, "A long tale.")] }),
    );
    expect(engine).toBe("local (after openai/gpt-test)");
    expect(warnings[0]?.message).toContain("longer than the language model can take");
  });
});

describe("a refusal", () => {
  it.each([
    { kind: "refusal" },
    { kind: "content-filter" },
    { kind: "status", status: 400, code: "content_policy_violation" },
  ] satisfies OpenAiBehaviour[])("by %j costs that window only, is not retried, and is counted", async (behaviour) => {
    server.script({ kind: "answer" }, behaviour);
    const { slots, usage, warnings } = await engineWith({ limits: { characters: 1, scenes: 1 } }).writeSlots(
      slotRequest(),
    );
    expect(slots.map(([subject]) => subject?.value.startsWith("plain"))).toEqual([false, true, false]);
    expect(warnings).toMatchObject([{ message: expect.stringMatching(/^Scenes 2: .*refused/u) }]);
    expect(server.requests).toHaveLength(3);
    expect(usage?.inputTokens).toBeGreaterThan(0);
  });
});

describe("an abort", () => {
  it.each(["hang", "drip"] as const)(
    "reaches a server that lets the call %s, and throws the signal's reason",
    async (kind) => {
      server.script({ kind });
      const controller = new AbortController();
      const writing = engineWith().writeSlots(slotRequest({ signal: controller.signal }));
      await expect.poll(() => server.requests.length).toBe(1);
      controller.abort(new Error("the task was deleted"));
      await expect(writing).rejects.toThrow("the task was deleted");
      await expect.poll(() => server.abortedCount()).toBe(1);
    },
  );

  it("before the start makes no call", async () => {
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(engineWith().writeSlots(slotRequest({ signal }))).rejects.toThrow("too late");
    expect(server.requests).toEqual([]);
  });
});

describe("when the other engine fails as well", () => {
  it("the language model's failure ends the task, with both reasons", async () => {
    const fallback: PromptEngine = {
      ...plainEngine,
      writeSlots: () => Promise.reject(new AppError("language_unsupported", { detail: "No Finnish here." })),
    };
    server.script({ kind: "status", status: 503 });
    await expect(engineWith({ fallback }).writeSlots(slotRequest())).rejects.toMatchObject({
      code: "provider_unavailable",
      retryable: true,
      message: expect.stringMatching(/answers 503.*No Finnish here/u),
    });
  });
});

it("the log has status and code of each failed call, and neither words nor key", async () => {
  const lines: string[] = [];
  const logger = createLogger({ name: "test", level: "trace" }, { write: (line) => void lines.push(line) });
  server.script(
    { kind: "status", status: 500, message: "fisherman sk-test" },
    { kind: "content", content: "lighthouse" },
  );
  await engineWith({ logger }).writeSlots(slotRequest());
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { msg: "language model call failed", rung: "json-schema", kind: "transient", status: 500 },
  ]);
  expect(lines.join("")).not.toMatch(/fisherman|lighthouse|sk-test/u);
});
