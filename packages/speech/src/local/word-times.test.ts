import { describe, expect, test } from "vitest";

import { cutToVoice, interpolateWords, timeWords, wordTimingOf } from "./word-times.ts";

const word = (text: string, startMs: number, endMs: number, confidence: number | null = 0.9) => ({
  text,
  startMs,
  endMs,
  confidence,
});

describe("timeWords", () => {
  const words = [
    { text: "One", start: 0, end: 1 },
    { text: "another", start: 1, end: 3 },
  ];

  test("a word lasts from its first token to the next word's, less the lag, and is as sure as its tokens", () => {
    const times = {
      starts: [2, 10, 14, 30],
      frameMs: 20,
      lagMs: 40,
      logProbabilities: [0, Math.log(0.5), Math.log(0.5)],
    };
    expect(timeWords(words, times)).toEqual([
      { text: "One", startMs: 0, endMs: 160, confidence: 1 },
      { text: "another", startMs: 160, endMs: 560, confidence: expect.closeTo(0.5) },
    ]);
  });

  test("words that begin in the same frame share the time until the next one", () => {
    const times = { starts: [5, 5, 5, 8], frameMs: 20, lagMs: 0, logProbabilities: [0, 0, 0] };
    expect(timeWords(words, times).map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [100, 120],
      [120, 160],
    ]);
  });

  test("no word is without a length, or begins before the samples", () => {
    const times = { starts: [0, 0, 1, 1], frameMs: 20, lagMs: 60, logProbabilities: [0, 0, 0] };
    expect(timeWords(words, times).map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });
});

test("the pause before and after a word is not its own, and a neighbour's last sound neither", () => {
  const voiced = [
    { startMs: 0, endMs: 500 },
    { startMs: 1000, endMs: 2000 },
  ];
  expect(cutToVoice([word("late", 450, 1400), word("long", 1400, 2500)], voiced)).toEqual([
    word("late", 1000, 1400),
    word("long", 1400, 2000),
  ]);
});

test("without attention words share the time with a voice by their length, and say so", () => {
  const voiced = [
    { startMs: 0, endMs: 400 },
    { startMs: 900, endMs: 1300 },
  ];
  const words = interpolateWords({ startMs: 0, endMs: 1300, text: "abc def" }, voiced);
  expect(words).toEqual([word("abc", 0, 400, null), word("def", 900, 1300, null)]);
  const segment = { startMs: 0, endMs: 1300, text: "abc def", confidence: 0.5 };
  expect(wordTimingOf([{ ...segment, words }])).toBe("interpolated");
  expect(wordTimingOf([{ ...segment, words: [word("abc", 0, 400)] }])).toBe("attention");
});
