import { type FakeOpenAi, type OpenAiBehaviour, startOpenAi } from "@phonoscene/testing/openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { SlotResult } from "../port.ts";
import { createLanguageModelEngine } from "./engine.ts";
import { draftScene, FORMULA, plainEngine, slotRequest } from "./testing/drafts.ts";
import { injections } from "./testing/injections.ts";

const CANARY = "CANARY-7f3a91";
const PAYLOADS = injections(CANARY);

let server: FakeOpenAi;

beforeEach(async () => {
  server = await startOpenAi();
});
afterEach(() => server.close());

const engine = () =>
  createLanguageModelEngine({
    apiKey: "sk-test",
    baseUrl: server.baseUrl,
    model: "gpt-test",
    fallback: plainEngine,
    requestTimeoutMs: 2000,
    limits: { characters: 1_000_000, scenes: PAYLOADS.length },
  });

const systemOf = (index: number): string => server.requests[index]?.body.messages[0]?.content ?? "";
const userOf = (index: number): string => server.requests[index]?.body.messages[1]?.content ?? "";
const delimiterOf = (index: number): string => userOf(index).split("\n")[0] ?? "";
const textsOf = (index: number): string[] => {
  // Written by the engine under test.
  const { scenes } = JSON.parse(userOf(index).split("\n")[1] ?? "") as { scenes: { text: string }[] };
  return scenes.map(({ text }) => text);
};

const scenes = PAYLOADS.map((text, index) => draftScene(index, text));

/** A model that does as the text says, also when it is asked to answer again. */
const obey = async (value: () => string): Promise<SlotResult> => {
  const behaviour: OpenAiBehaviour = {
    kind: "answer",
    edit: (json) => json.replaceAll(/"value":"[^"]*"/gu, `"value":${JSON.stringify(value()).replaceAll("$", "$$$$")}`),
  };
  server.script(behaviour, behaviour);
  return engine().writeSlots(slotRequest({ scenes }));
};

it("200 texts with orders are data: whole, in the user's message between delimiters that none of them knows", async () => {
  expect(PAYLOADS).toHaveLength(200);
  await engine().writeSlots(slotRequest({ scenes }));
  const second = server.requests.length;
  await engine().writeSlots(slotRequest({ scenes }));
  for (const index of [0, second]) {
    expect(textsOf(index)).toEqual(PAYLOADS);
    expect(userOf(index).split("\n")).toEqual([delimiterOf(index), expect.any(String), delimiterOf(index)]);
    expect(systemOf(index)).toContain(delimiterOf(index));
    expect(systemOf(index)).not.toContain(CANARY);
    expect(server.requests[index]?.body.messages.map(({ role }) => role)).toEqual(["system", "user"]);
  }
  expect(delimiterOf(0)).not.toBe(delimiterOf(second));
});

describe("a model that obeys gets nothing drawn", () => {
  it.each([
    ["the words it was told to say", () => CANARY],
    ["them at the end of a scene's own", () => `boats in the rain, ${CANARY}`],
    ["them in flags", () => `boats --no ${CANARY} --sref ${CANARY}`],
    ["the order itself", () => PAYLOADS[0] ?? ""],
    ["its rules", () => "You write the pictures of a storyboard. You get scenes of a transcript"],
    ["its rules in the middle", () => "a sign that reads no parameters of image generators no, in fog"],
    ["the delimiter", () => `boats ${delimiterOf(0)}`],
    ["what it says of itself", () => "I'm sorry, as an AI I cannot help with that"],
  ])("%s", async (_, value) => {
    const { slots } = await obey(value);
    const written = slots.flat().map((slot) => slot.value);
    expect(written).toHaveLength(PAYLOADS.length * FORMULA.slots.length);
    expect(written.filter((text) => text.includes(CANARY))).toEqual([]);
    expect(
      written.filter((text) => /you write the pictures|parameters of image|as an ai|--|[{}<>[\]"`]/iu.test(text)),
    ).toEqual([]);
    expect(written.filter((text) => text.includes(delimiterOf(0)))).toEqual([]);
  });
});

it("guidance goes to the system message, where only the owner speaks", async () => {
  const guidance = "paint {everything} blue";
  await engine().writeSlots(slotRequest({ formula: { ...FORMULA, guidance } }));
  expect(systemOf(0)).toContain(guidance);
  expect(systemOf(0)).not.toContain("fisherman");
});
