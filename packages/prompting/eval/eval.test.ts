import { beforeAll, describe, expect, it } from "vitest";

import { createLocalEngine } from "../src/local/engine.ts";
import { type ContentReader, createContentReader } from "./content.ts";
import { hostileTexts } from "./hostile.ts";
import { measureSet, measurePair } from "./metrics.ts";
import { readRatings } from "./ratings.ts";
import { testTexts } from "./robustness.ts";
import { KINDS, readTexts } from "./texts.ts";
import { loadWordNet, type WordNet } from "./wordnet.ts";

let wordNet: WordNet;
let read: ContentReader;

beforeAll(() => {
  wordNet = loadWordNet();
  read = createContentReader(wordNet);
});

const measure = (scene: string, prompt: string) => measurePair(wordNet, { scene: read(scene), prompt: read(prompt) });

describe("the yardstick", () => {
  it("takes synonyms and near hypernyms for the same, and nothing else", () => {
    expect(wordNet.isRelated("boat", "vessel")).toBe(true);
    expect(wordNet.isRelated("dog", "canine")).toBe(true);
    expect(wordNet.isRelated("boat", "bird")).toBe(false);
    expect(["boat", "hope"].map((noun) => wordNet.isConcrete(noun))).toEqual([true, false]);
  });

  it("a prompt of the scene scores, a prompt of another one does not", () => {
    const scene = "The keeper climbed the stairs with a lantern.";
    expect(measure(scene, "a keeper climbing stairs with a lantern")).toEqual({
      coverage: 1,
      faithfulness: 1,
      anchoring: 1,
      action: 1,
    });
    expect(measure(scene, "a horse eating apples")).toEqual({ coverage: 0, faithfulness: 0, anchoring: 0, action: 0 });
  });

  it("verbatim copies are counted", () => {
    const copied = "the keeper climbed the iron stairs";
    const slots = [{ name: "subject", value: copied, origin: "text" as const }];
    const prompt = { position: 0, sceneIndex: 0, startMs: null, endMs: null, segmentIds: [0], content: copied };
    expect(measureSet([{ ...prompt, excerpt: `${copied}.`, negative: null, slots, fullSlots: slots }]).copying).toBe(1);
  });

  it("has three texts of each English kind, two of each other language, half of them held out", () => {
    const texts = readTexts();
    for (const kind of KINDS) {
      const count = texts.filter((text) => text.kind === kind).length;
      expect(count).toBeGreaterThanOrEqual(kind === "uk" || kind === "ru" ? 2 : 3);
    }
    expect(texts.filter(({ split }) => split === "held").length).toBeGreaterThanOrEqual(texts.length / 2 - 1);
  });

  it("the same scenes are rated before and after, but for those of raw speech, which are cut anew", () => {
    const scenes = (phase: "before" | "after") =>
      readRatings(phase)
        .filter(({ text }) => !text.startsWith("asr-"))
        .map(({ text, scene, excerpt }) => `${text} ${scene} ${excerpt}`);
    expect(scenes("before").length).toBeGreaterThanOrEqual(60);
    expect(scenes("after")).toEqual(scenes("before"));
  });
});

describe("robustness, in short", () => {
  it("no hostile text crashes the engine, gets a command through, or makes a prompt illegal", async () => {
    const some = hostileTexts().filter((_, index) => index % 7 === 0);
    const found = await testTexts(createLocalEngine(), some);
    expect(found).toMatchObject({ crashes: [], illegal: [], injected: [] });
    expect(found.prompts).toBeGreaterThan(some.length / 2);
  });
});
