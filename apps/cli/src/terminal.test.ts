import { stripVTControlCharacters } from "node:util";

import { expect, it } from "vitest";

import { formatClock, promptTable, wrap } from "./terminal.ts";

it.each([
  [0, "0:00"],
  [83_500, "1:23"],
  [3_723_000, "1:02:03"],
])("%i ms reads %s", (ms, words) => {
  expect(formatClock(ms)).toBe(words);
});

it("lines break at spaces, and a word is never cut", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("incomprehensibilities yes", 7)).toEqual(["incomprehensibilities", "yes"]);
});

const row = {
  position: 0,
  startMs: 0,
  endMs: 12_000,
  content: "a fox crossing a frozen river at dawn",
  negative: null,
};

it("a prompt stands beside its times, wrapped lines under its words", () => {
  const table = stripVTControlCharacters(promptTable([row], 40));
  expect(table.split("\n")).toEqual([" 1  0:00–0:12  a fox crossing a frozen", "               river at dawn"]);
});

it("without times there is no column for them, and a negative prompt is told from the prompt", () => {
  const timeless = { ...row, startMs: null, endMs: null, negative: "people" };
  const table = stripVTControlCharacters(promptTable([timeless], 80));
  expect(table.split("\n")).toEqual([" 1  a fox crossing a frozen river at dawn", "    not: people"]);
});
