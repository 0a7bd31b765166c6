import { expect, test } from "vitest";

import { wordErrors } from "./word-error-rate.ts";

test("inserted, missing and changed words count as one error each", () => {
  expect(wordErrors("the storm came in at noon", "the storm came at noon")).toEqual({ errors: 1, words: 6 });
  expect(wordErrors("the storm came", "the big storm calm")).toEqual({ errors: 2, words: 3 });
});

test("case, punctuation and the way numbers are written do not count", () => {
  expect(wordErrors("In fourteen fifty-five, the Forty-two line Bible.", "in 1455 the 42-line bible").errors).toBe(0);
});

test("everything is wrong in an empty answer", () => {
  expect(wordErrors("one two three", "")).toEqual({ errors: 3, words: 3 });
});
