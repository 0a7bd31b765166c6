import { expect, test } from "vitest";

import { repetitionAtEnd } from "./repetition.ts";

test("a token six times in a row is a loop, five times is speech", () => {
  expect(repetitionAtEnd([9, 4, 4, 4, 4, 4])).toBe(0);
  expect(repetitionAtEnd([9, 4, 4, 4, 4, 4, 4])).toBe(5);
});

test("a phrase of three tokens four times in a row is a loop, three times is a refrain", () => {
  expect(repetitionAtEnd([1, 2, 3, 1, 2, 3, 1, 2, 3])).toBe(0);
  expect(repetitionAtEnd([7, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3])).toBe(9);
});

test("a repetition that is over is no loop", () => {
  expect(repetitionAtEnd([4, 4, 4, 4, 4, 4, 8])).toBe(0);
});
