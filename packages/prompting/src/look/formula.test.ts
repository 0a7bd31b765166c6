import { describe, expect, it } from "vitest";

import { DEFAULT_FORMULA, readFormula } from "./formula.ts";

const names = (instruction: string | null): string[] => readFormula(instruction).formula.slots.map(({ name }) => name);

describe("the formula", () => {
  it("is the default one where nobody asks for another", () => {
    expect(DEFAULT_FORMULA.slots.map(({ label }) => label)).toEqual([
      "subject description",
      "5 descriptive keywords",
      "camera type",
      "camera lens type",
      "time of day",
      "style of photograph",
      "type of film",
    ]);
    expect(names(null)).toEqual(DEFAULT_FORMULA.slots.map(({ name }) => name));
  });

  it.each([
    ["[subject description], [lens type], [film stock]", ["subject", "lens", "film"]],
    ["Use this formula: subject, mood, camera, lighting", ["subject", "mood", "camera", "lighting"]],
    ["1. Subject\n2. Setting\n3. Colours", ["subject", "place", "palette"]],
    ["mood, place, film type", ["subject", "mood", "place", "film"]],
  ])("is read out of %j", (instruction, expected) => {
    expect(names(instruction)).toEqual(expected);
    expect(readFormula(instruction).warnings).toEqual([]);
  });

  it("makes a free slot of a name that it does not know, and says so", () => {
    const { formula, warnings } = readFormula("{subject}, {dominant animal}, {mood}");
    expect(formula.slots[1]).toEqual({ name: "dominantAnimal", label: "dominant animal" });
    expect(warnings.map(({ code }) => code)).toEqual(["slot_unknown"]);
  });

  it.each([
    "Make it look like an old fairy tale, please, with lots of fog.",
    "No people at all.",
    "constructor, toString, __proto__",
  ])("keeps %j as guidance", (instruction) => {
    const { formula } = readFormula(instruction);
    expect(formula.guidance).toBe(instruction);
    expect(formula.slots).toEqual(DEFAULT_FORMULA.slots);
  });
});
