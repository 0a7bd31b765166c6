import { expect, test } from "vitest";

import { doubtLanguage, isHopeless, refuseLanguage, sureness } from "./language-doubt.ts";

const SURE = { tokens: 49, logProbability: -0.05 };
const UNSURE = { tokens: 19, logProbability: -0.8 };

test("a long stretch counts for more than a short one", () => {
  expect(sureness([SURE, SURE, UNSURE])).toBeCloseTo(-0.172, 2);
  expect(doubtLanguage("base", "auto", [SURE, SURE, UNSURE])).toEqual([]);
});

test("two words that were hard to hear prove nothing", () => {
  expect(doubtLanguage("base", "auto", [{ tokens: 2, logProbability: -0.4 }])).toEqual([]);
  expect(() => doubtLanguage("base", "auto", [{ tokens: 20, logProbability: -0.4 }])).toThrow(/not English/);
});

test("what the recogniser was unsure of has an uncertain language, and how to go on is said", () => {
  expect(() => doubtLanguage("base", "auto", [UNSURE])).toThrow(
    expect.objectContaining({ code: "language_uncertain", retryable: false }),
  );
  expect(() => doubtLanguage("base", "auto", [UNSURE])).toThrow(/language to "en".*ASSEMBLYAI_API_KEY/);
});

test("the small model may be less sure", () => {
  const heard = [{ tokens: 40, logProbability: -0.3 }];
  expect(doubtLanguage("tiny", "auto", heard)).toEqual([]);
  expect(() => doubtLanguage("base", "auto", heard)).toThrow(/not English/);
});

test("a caller who says that it is English is warned", () => {
  expect(doubtLanguage("base", "en-GB", [UNSURE])).toMatchObject([{ code: "language_low_confidence" }]);
});

test("any other language is refused beforehand", () => {
  expect(() => refuseLanguage("uk")).toThrow(expect.objectContaining({ code: "language_unsupported" }));
  expect(() => ["auto", "en", "EN-us"].forEach(refuseLanguage)).not.toThrow();
});

test("a long recording in another language need not be heard to its end, a short one is", () => {
  expect(isHopeless(Array.from({ length: 29 }, () => UNSURE))).toBe(false);
  expect(isHopeless(Array.from({ length: 32 }, () => UNSURE))).toBe(true);
  expect(isHopeless(Array.from({ length: 100 }, () => SURE))).toBe(false);
});
