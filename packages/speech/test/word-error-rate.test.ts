import { describe, expect, test } from "vitest";

import { normaliseEnglish } from "./english-text.ts";
import { wordErrors } from "./word-error-rate.ts";

test("inserted, missing and changed words count as one error each", () => {
  expect(wordErrors("the storm came in at noon", "the storm came at noon")).toEqual({ errors: 1, words: 6 });
  expect(wordErrors("the storm came", "the big storm calm")).toEqual({ errors: 2, words: 3 });
});

test("case, punctuation and the way numbers are written do not count", () => {
  expect(wordErrors("In fourteen fifty-five, the Forty-two line Bible.", "in 1455 the 42-line bible").errors).toBe(0);
});

test("parentheses in a text that is read aloud are words like the others", () => {
  expect(wordErrors("the Bible (printed at Mainz) is fine", "The Bible printed at Mainz is fine")).toEqual({
    errors: 0,
    words: 7,
  });
});

test("everything is wrong in an empty answer", () => {
  expect(wordErrors("one three thieves", "")).toEqual({ errors: 2, words: 2 });
});

/** Each as the reference implementation (openai/whisper, whisper/normalizers/english.py) gives it. */
describe("the English normaliser", () => {
  test.each([
    ["the nineteen sixties, twenty first century", "the 1960s 21st century"],
    ["two thousand six hundred and fifty", "2650"],
    ["one hundred twenty three thousand four hundred fifty six", "123456"],
    ["nineteen oh five, double oh seven", "1905007"],
    ["10001-90210-01803", "10001 90210 1803"],
    ["twenty-one dollars and five cents; 50 percent, minus five", "$21.05 50% -5"],
    ["three point one four, five and a half", "3.145.5"],
    ["$5 million for 1,000,000 people", "$5000000 for 1000000 people"],
    ["one of the first two", "one of the 1st 2"],
  ])("writes the numbers of %j in figures", (text, normal) => {
    expect(normaliseEnglish(text)).toBe(normal);
  });

  test.each([
    ["He'd gone; he'd go. It's been", "he had gone he would go it has been"],
    ["I can't, we won't, they’re gonna", "i can not we will not they are going to"],
    ["Mr. Smith of St. Ives", "mister smith of saint ives"],
    ["Um, the café [laughs] (aside) was, uh, naïve", "the cafe was naive"],
    ["the neighbour's grey theatre was realised", "the neighbor is gray theater was realized"],
  ])("spells out %j", (text, normal) => {
    expect(normaliseEnglish(text)).toBe(normal);
  });
});
