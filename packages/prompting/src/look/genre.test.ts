import { describe, expect, it } from "vitest";

import { genreOf, inventedProps, lookOfStyle } from "./genre.ts";

describe("a genre in the style", () => {
  it.each([
    ["rap", "gritty neon-lit urban photograph"],
    ["Hip-Hop", "gritty neon-lit urban photograph"],
    ["metal", "dark stormy dramatic photograph"],
    ["a rock ballad", "a raw high-contrast grainy photograph"],
    ["heavy metal album cover", "dark stormy dramatic cover"],
    ["jazz, watercolour", "smoky low-lit late-night, watercolour"],
    ["dark techno beat", "dark futuristic neon-lit geometric photograph"],
    ["R&B music", "warm velvety vintage photograph"],
  ])("%j looks %j", (asked, look) => {
    expect(lookOfStyle(asked)).toBe(look);
  });

  it.each([
    "pop art", "brushed metal sculpture", "folk art painting", "rock formations at dusk", "black and white country house", "wrapped in paper",
    "loose watercolour", "film noir", "soulful portrait", "classical oil painting", "trapped light",
  ])("a plain word is none: %j stays", (asked) => {
    expect(lookOfStyle(asked)).toBe(asked);
  }); // prettier-ignore
});

it.each([
  ["Genre: rap\nBPM: 90\n\nI walked home", "rap"],
  ["My song\n[Genre: Jazz]\nThe rain fell", "Jazz"],
  ["The genre: a word of librarians", null],
])("a text may name its genre: %j", (text, genre) => {
  expect(genreOf({ kind: "text", text })).toBe(genre);
});

it("things of stages and studios are invented where the scene does not name them", () => {
  expect(inventedProps("a man at a DJ booth with turntables, microphone", "He walked home at night.")).toEqual([
    "dj booth",
    "turntables",
    "microphone",
  ]);
  expect(inventedProps("a man at a microphone", "He leaned towards the microphone.")).toEqual([]);
  expect(inventedProps("an adjective midday magic", "")).toEqual([]);
});
