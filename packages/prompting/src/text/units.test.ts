import { describe, expect, it } from "vitest";

import { detectLanguage } from "./language.ts";
import { normalise } from "./normalise.ts";
import { splitSentences, unitsOfText } from "./units.ts";

describe("normalisation", () => {
  it.each([
    ["a cat --ar 16:9 --no dogs", "a cat dogs"],
    ["a cat::2 and a dog::", "a cat and a dog"],
    ["[Chorus] the <b>moon</b>", "the moon"],
    ["“Go,” she said — it’s late", '"Go," she said — it\'s late'],
    ["zero\u200bwidth \u202eturn \ud800 end", "zero width turn end"],
    ["see https://a.example/b.png or www.c.example/d now", "see or now"],
    ["the {red|blue} fox <lora:style:1.5> ran", "the fox ran"],
    ["the fox —stylize 900 ran", "the fox 900 ran"],
    ["a well-known fact - and more", "a well-known fact - and more"],
  ])("%j becomes %j", (text, expected) => {
    expect(normalise(text)).toBe(expected);
  });
});

describe("units", () => {
  it("abbreviations and initials end no sentence", () => {
    expect(splitSentences("Mr. Dashwood met Dr. J. Smith. They left.")).toEqual([
      "Mr. Dashwood met Dr. J. Smith.",
      "They left.",
    ]);
  });

  it("verse is taken line by line, prose sentence by sentence", () => {
    const units = unitsOfText(
      "The moon is up\nThe night is deep\n\nThis is prose that a program wrapped\nat a narrow width, and it goes on. It ends.",
    );
    expect(units.map(({ text }) => text)).toEqual([
      "The moon is up",
      "The night is deep",
      "This is prose that a program wrapped at a narrow width, and it goes on.",
      "It ends.",
    ]);
    expect(units.map(({ breakBefore }) => breakBefore)).toEqual([1, 0, 1, 0]);
  });

  it("a sentence without an end is cut at its commas or spaces", () => {
    const units = unitsOfText("and then we walked, ".repeat(60));
    expect(units.every(({ text }) => text.length <= 320)).toBe(true);
    expect(units.every(({ text }) => /,$|walked$/u.test(text))).toBe(true);
  });
});

describe("language", () => {
  it.each([
    ["The old fisherman rowed out to sea.", "en"],
    ["Hello.", "en"],
    ["Firefox", "en"],
    ["Реве та стогне Дніпр широкий, сердитий вітер завива.", "uk"],
    ["Жил старик со своею старухой у самого синего моря.", "ru"],
    ["Der alte Mann ging langsam über die Brücke nach Hause.", "de"],
    ["海は静かでした。", "ja"],
    ["1943", "en"],
    ["🦊", "und"],
  ])("%s is %s", (text, language) => {
    expect(detectLanguage(text, "auto")).toBe(language);
  });
});
