import { describe, expect, it } from "vitest";

import { readFormula } from "./formula.ts";

const names = (formula: string | null): string[] =>
  readFormula({ formula, instruction: null }).slots.map(({ name }) => name);

describe("the formula", () => {
  it("is the default one where nobody asks for another", () => {
    expect(readFormula({ formula: null, instruction: null })).toEqual({
      slots: [
        { name: "subject", label: "subject description" },
        { name: "keywords", label: "5 descriptive keywords" },
        { name: "camera", label: "camera type" },
        { name: "lens", label: "camera lens type" },
        { name: "timeOfDay", label: "time of day" },
        { name: "photography", label: "style of photograph" },
        { name: "film", label: "type of film" },
      ],
      guidance: null,
    });
  });

  it.each([
    ["[subject description], [lens type], [film stock]", ["subject", "lens", "film"]],
    ["[subject], [action], [place], [style]", ["subject", "place", "photography"]],
    ["[ Time  of Day ] [timeOfDay] [subject]", ["timeOfDay", "subject"]],
    ["[mood], [place]", ["subject", "mood", "place"]],
  ])("is read out of %j", (formula, expected) => {
    expect(names(formula)).toEqual(expected);
  });

  it("an instruction is guidance and no formula, even where it has slots in brackets", () => {
    const instruction = "[subject], [mood]: like an old fairy tale, with lots of fog.";
    const formula = readFormula({ formula: null, instruction });
    expect(formula.guidance).toBe(instruction);
    expect(formula.slots.map(({ name }) => name)).toEqual(names(null));
  });
});
