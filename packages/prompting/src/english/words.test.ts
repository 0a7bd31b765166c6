import { describe, expect, it } from "vitest";

import { articleFor, genderOf, nounKind, singular, takesNoArticle } from "./words.ts";

describe("nouns", () => {
  it.each([
    ["wolves", "wolf"],
    ["boxes", "box"],
    ["berries", "berry"],
    ["glass", "glass"],
    ["gulls", "gull"],
    ["fishermen", "fisherman"],
    ["horses", "horse"],
  ])("%s is the plural of %s", (plural, one) => {
    expect(singular(plural)).toBe(one);
  });

  it.each([
    ["fisherman", "person"],
    ["wolves", "animal"],
    ["lighthouse", "artifact"],
    ["fishing-boat", "artifact"],
    ["oak", "plant"],
  ])("%s is a kind of %s", (word, kind) => {
    expect(nounKind(word)).toBe(kind);
  });

  it.each(["hope", "purpose", "part", "invention", "zzyzx", "toString"])("%s cannot be seen", (word) => {
    expect(nounKind(word)).toBeNull();
  });

  it("articles follow the sound", () => {
    expect(["hour", "unicorn", "old man", "umbrella", "one-eyed cat", "ewe"].map(articleFor)).toEqual([
      "an",
      "a",
      "an",
      "an",
      "a",
      "a",
    ]);
  });

  it("stuffs and plurals take none", () => {
    expect(["snow", "gulls", "boat"].map(takesNoArticle)).toEqual([true, true, false]);
  });

  it("gender is known from names and kinship, not guessed", () => {
    expect(["Anna", "grandmother", "fisherman", "woman", "teacher", "human"].map(genderOf)).toEqual([
      "female",
      "female",
      "male",
      "female",
      "unknown",
      "unknown",
    ]);
  });
});
