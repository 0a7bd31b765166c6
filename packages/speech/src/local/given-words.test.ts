import { describe, expect, test } from "vitest";

import { placeRoughly } from "./given-words.ts";
import { matchWords } from "./match-words.ts";

const heardAs = (text: string) =>
  text.split(" ").map((word, at) => ({ text: word, startMs: at * 100, endMs: at * 100 + 100, confidence: 0.9 }));

describe("placeRoughly", () => {
  test("words that were heard keep their times; case and punctuation do not matter", () => {
    const { words, heardShare } = placeRoughly(["“Go,", "he", "said."], heardAs("go he said"));
    expect(words.map(({ text, startMs, confidence }) => [text, startMs, confidence])).toEqual([
      ["“Go,", 0, 0.9],
      ["he", 100, 0.9],
      ["said.", 200, 0.9],
    ]);
    expect(heardShare).toBe(1);
  });

  test("words that were heard otherwise share the time of what was heard in their place", () => {
    const { words, heardShare } = placeRoughly(["a", "vermilion", "boat"], heardAs("a million of boat"));
    expect(words[1]).toEqual({ text: "vermilion", startMs: 100, endMs: 300, confidence: null });
    expect(words[2]).toMatchObject({ startMs: 300, confidence: 0.9 });
    expect(heardShare).toBeCloseTo(2 / 3);
  });

  test("words that were not heard lie between their neighbours, at either end too", () => {
    const { words } = placeRoughly(["Chapter", "one", "now", "the", "end"], heardAs("one the"));
    expect(words.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 0],
      [0, 100],
      [100, 100],
      [100, 200],
      [200, 200],
    ]);
  });
});

describe("matchWords", () => {
  test("an introduction that was not given, and a paragraph that was not read, move nothing", () => {
    const given = "one two three four five six seven".split(" ");
    const heard = "welcome to this book one two three six seven".split(" ");
    expect(matchWords(given, heard)).toEqual([4, 5, 6, null, null, 7, 8]);
  });

  test("a whole book is matched where three words in a row occur once", () => {
    const given = Array.from({ length: 30_000 }, (_, at) => `w${at}`);
    const heard = given.flatMap((word, at) => (at % 50 === 0 ? ["um", word] : at % 70 === 0 ? [] : [word]));
    const match = matchWords(given, heard);
    const isRight = given.map((word, at) => heard[match[at] ?? -1] === word || at % 70 === 0);
    expect(isRight.filter(Boolean)).toHaveLength(given.length);
  });
});
