import { getEventListeners } from "node:events";

import type { BibleEntity } from "@phonoscene/contracts";
import { type FakeOpenAi, type OpenAiForm, startOpenAi } from "@phonoscene/testing/openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Formula } from "../port.ts";
import { createLanguageModelEngine } from "./engine.ts";
import { draftScene, FORMULA, plainEngine, slotRequest, STYLE, TEXTS } from "./testing/drafts.ts";

let server: FakeOpenAi;

beforeEach(async () => {
  server = await startOpenAi({ apiKey: "sk-test" });
});
afterEach(() => server.close());

const engineOn = ({ baseUrl }: FakeOpenAi, limits = { characters: 8000, scenes: 12 }) =>
  createLanguageModelEngine({
    apiKey: "sk-test",
    baseUrl,
    model: "gpt-test",
    fallback: plainEngine,
    requestTimeoutMs: 2000,
    limits,
  });

/** The data of a request, as the model sees it. */
const dataOf = (index: number) => {
  const [delimiter, json, end] = (server.requests[index]?.body.messages[1]?.content ?? "").split("\n");
  expect(end).toBe(delimiter);
  // Written by the engine under test; each test says what it expects in it.
  const data = JSON.parse(json ?? "") as {
    bible: unknown[];
    previous: Record<string, string> | null;
    scenes: { sceneIndex: number; text: string }[];
  };
  return { delimiter: delimiter ?? "", data };
};

const systemOf = (index: number): string => server.requests[index]?.body.messages[0]?.content ?? "";

describe("what comes back", () => {
  it("has every slot of the formula in its order, with a value, for every scene", async () => {
    const { slots, engine, warnings } = await engineOn(server).writeSlots(slotRequest());
    expect(slots.map((scene) => scene.map(({ name }) => name))).toEqual(
      TEXTS.map(() => FORMULA.slots.map(({ name }) => name)),
    );
    expect(slots.flat().filter(({ value }) => value === "")).toEqual([]);
    expect({ engine, warnings }).toEqual({ engine: "openai/gpt-test", warnings: [] });
  });

  it("takes each scene's words from that scene", async () => {
    const { slots } = await engineOn(server).writeSlots(slotRequest());
    for (const [index, scene] of slots.entries()) {
      const subject = scene.find(({ name }) => name === "subject");
      expect(TEXTS[index]).toContain(subject?.value.split(" ")[0]);
      expect(subject?.origin).toBe("text");
    }
  });

  it("has the one style of the set, which the model is not asked for", async () => {
    const { slots } = await engineOn(server).writeSlots(slotRequest());
    for (const scene of slots)
      expect(scene.filter(({ origin }) => origin === "style")).toEqual(
        Object.entries(STYLE).map(([name, value]) => ({ name, value, origin: "style" })),
      );
    expect(JSON.stringify(server.requests[0]?.body.response_format)).not.toContain("camera");
  });

  it("is asked for in the prompts' language, with the kind of text said", async () => {
    await engineOn(server).writeSlots(slotRequest({ promptLanguage: "pt-BR", contentType: "song" }));
    expect(systemOf(0)).toContain("a short phrase in Brazilian Portuguese");
    expect(systemOf(0)).toContain("The words are a song");
  });

  it("is called inferred where the model says it is the text's and it is not", async () => {
    server.script({
      kind: "answer",
      edit: (json) => json.replaceAll(/"value":"[^"]*"/gu, '"value":"purple elephants"'),
    });
    const { slots } = await engineOn(server).writeSlots(slotRequest());
    expect(slots[0]?.[0]).toEqual({ name: "subject", value: "purple elephants", origin: "inferred" });
  });

  it("counts the tokens of every call", async () => {
    server.script({ kind: "content", content: "no json" });
    const { usage } = await engineOn(server).writeSlots(slotRequest());
    const sent = server.requests.map(({ body }) => Math.ceil(JSON.stringify(body.messages).length / 4));
    expect(usage).toMatchObject({ model: "gpt-test", inputTokens: (sent[0] ?? 0) + (sent[1] ?? 0) });
    expect(usage?.outputTokens).toBeGreaterThan(0);
  });

  it("needs no call where the style decides every slot", async () => {
    const formula: Formula = { slots: [{ name: "film", label: "film" }], guidance: null };
    const { slots } = await engineOn(server).writeSlots(slotRequest({ formula }));
    expect(slots).toEqual(TEXTS.map(() => [{ name: "film", value: STYLE.film, origin: "style" }]));
    expect(server.requests).toEqual([]);
  });
});

const formsOf = ({ requests }: FakeOpenAi): OpenAiForm[] => requests.map(({ form }) => form);
const onServerWith = async (forms: OpenAiForm[]) => {
  await server.close();
  server = await startOpenAi({ forms });
  return engineOn(server);
};

describe("the ladder", () => {
  it("asks for a strict JSON schema first, without optional fields or defaults", async () => {
    await engineOn(server).writeSlots(slotRequest());
    const sent = server.requests[0]?.body.response_format?.json_schema;
    expect(formsOf(server)).toEqual(["json_schema"]);
    expect(sent?.strict).toBe(true);
    expect(JSON.stringify(sent)).not.toMatch(/"default"|"\$ref"|"\$schema"/u);
    expect(sent?.schema).toMatchObject({ required: ["scenes"], additionalProperties: false });
  });

  it.each([
    [
      ["tools", "json_object"],
      ["json_schema", "tools", "tools"],
    ],
    [["json_object"], ["json_schema", "tools", "json_object", "json_object"]],
  ] satisfies [OpenAiForm[], OpenAiForm[]][])(
    "on a server with %j asks %j, remembering what worked",
    async (forms, asked) => {
      const engine = await onServerWith(forms);
      const first = await engine.writeSlots(slotRequest());
      const second = await engine.writeSlots(slotRequest());
      expect(formsOf(server)).toEqual(asked);
      expect([first.engine, second.engine]).toEqual(["openai/gpt-test", "openai/gpt-test"]);
    },
  );

  it("ends at the other engine, and forgets the refusals", async () => {
    const engine = await onServerWith([]);
    const result = await engine.writeSlots(slotRequest());
    expect(result.engine).toBe("local (after openai/gpt-test)");
    expect(result.warnings).toMatchObject([{ code: "engine_fallback" }]);
    await engine.writeSlots(slotRequest());
    expect(formsOf(server)).toHaveLength(6);
  });

  it("does not climb down for an error that may pass", async () => {
    server.script({ kind: "status", status: 503 });
    await engineOn(server).writeSlots(slotRequest());
    expect(formsOf(server)).toEqual(["json_schema"]);
  });

  it("goes on without the seed where the server does not know it", async () => {
    server.script({ kind: "status", status: 422, message: "Extra inputs are not permitted: seed" });
    const { engine } = await engineOn(server).writeSlots(slotRequest());
    expect(engine).toBe("openai/gpt-test");
    expect(server.requests.map(({ body }) => body.seed)).toEqual([7, undefined]);
  });
});

describe("a long transcript", () => {
  const scenes = Array.from({ length: 23 }, (_, index) =>
    draftScene(index, `Scene ${index} shows ${"sailors ".repeat(index)}`),
  );

  it("is sent window by window, every scene once, whole and in order", async () => {
    const progress: number[] = [];
    const engine = engineOn(server, { characters: 300, scenes: 5 });
    const { slots } = await engine.writeSlots(
      slotRequest({ scenes, onProgress: (fraction) => progress.push(fraction) }),
    );
    const sent = server.requests.flatMap((_, index) => dataOf(index).data.scenes);
    expect(sent.map(({ text }) => text)).toEqual(scenes.map(({ excerpt }) => excerpt));
    expect(slots).toHaveLength(23);
    expect(progress).toHaveLength(server.requests.length);
    expect(progress.at(-1)).toBe(1);
    expect([...progress].sort((a, b) => a - b)).toEqual(progress);
  });

  it("leaves no listeners on the request's signal", async () => {
    const { signal } = new AbortController();
    await engineOn(server, { characters: 1, scenes: 1 }).writeSlots(slotRequest({ scenes, signal }));
    expect(server.requests).toHaveLength(23);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("is told of the bible in every window, and of the scene before", async () => {
    const entity = (name: string, sceneIndexes: number[]): BibleEntity => ({
      id: name, kind: "character", name, aliases: [], description: `an old ${name}`, sceneIndexes, origin: "text",
    }); // prettier-ignore
    const bible = [entity("sailor", [1]), entity("cook", [15])];
    const { slots } = await engineOn(server).writeSlots(slotRequest({ scenes, bible }));
    const told = (name: string) => ({ kind: "character", name, aliases: [], looks: `an old ${name}` });
    expect(dataOf(0).data).toMatchObject({ bible: [told("sailor"), told("cook")], previous: null });
    expect(dataOf(1).data.bible).toEqual([told("cook"), told("sailor")]);
    expect(dataOf(1).data.previous?.["subject"]).toBe(slots[11]?.[0]?.value);
  });

  it("is asked for in halves where an answer is cut or a question too long", async () => {
    server.script({ kind: "truncated" }, { kind: "status", status: 400, code: "context_length_exceeded" });
    const { engine, warnings } = await engineOn(server).writeSlots(slotRequest({ scenes: scenes.slice(0, 8) }));
    const sizes = server.requests.map((_, index) => dataOf(index).data.scenes.length);
    expect(sizes).toEqual([8, 4, 2, 2, 2, 2]);
    expect({ engine, warnings }).toEqual({ engine: "openai/gpt-test", warnings: [] });
  });
});
