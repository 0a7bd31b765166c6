import { describe, expect, it } from "vitest";

import { isUnpunctuated, splitUnpunctuated } from "./unpunctuated.ts";

const SPOKEN =
  "we got to the lake around six and my dad started putting up the tent while me and my brother went to look for firewood and we found this old rowing boat under the trees it was green and it had a hole in the bottom";

describe("speech without punctuation", () => {
  it("is cut where a new clause begins, and nowhere else", () => {
    expect(splitUnpunctuated(SPOKEN)).toEqual([
      "we got to the lake around six",
      "and my dad started putting up the tent while me and my brother went to look for firewood",
      "and we found this old rowing boat under the trees",
      "it was green and it had a hole in the bottom",
    ]);
  });

  it("keeps every word in its place", () => {
    expect(splitUnpunctuated(SPOKEN).join(" ")).toBe(SPOKEN);
  });

  it("is told from a long sentence that somebody punctuated", () => {
    const written =
      "The keeper climbed the stairs, lit the lamp, wiped the windows, and sat down on his stool; ".repeat(3);
    expect([SPOKEN, written, "the fox ran"].map(isUnpunctuated)).toEqual([true, false, false]);
  });
});
