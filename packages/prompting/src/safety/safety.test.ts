import type { Slot } from "@phonoscene/contracts";
import { describe, expect, it } from "vitest";

import { formatPrompt, type FormatRequest } from "../targets/format.ts";
import { declinedNames, refuseUnsafe, soften } from "./safety.ts";

const slots = (...values: string[]): Slot[] =>
  values.map((value, index) => ({ name: index === 0 ? "subject" : "photography", value, origin: "text" }));
const isRefused = (...values: string[]): boolean => {
  try {
    refuseUnsafe(slots(...values), 3);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: "content_blocked", message: expect.stringContaining("Scene 4") });
    return true;
  }
};

describe("refused, whichever slots it comes from", () => {
  it.each([
    ["a girl in a garden", "nude study"],
    ["a seven-year-old by the pool", "lingerie photograph"],
    ["somebody aged 12", "erotic film still"],
    ["a schoolboy taking off his shirt"],
    ["children without any clothes on a beach"],
    ["a preteen in a birthday suit"],
    ["дівчинка на березі", "оголена"],
    ["a g\u200Birl in a garden", "n\u00ADude study"],
    ["a child", "nudе study"],
    ["a child", "n u d e study"],
    ["a child", "NUDÉ study"],
    ["a man", "p0rn still"],
    ["a man", "ｐｏｒｎ still"],
  ])("%j %j", (...values) => {
    expect(isRefused(...values)).toBe(true);
  });

  it.each([
    ["a girl in a garden", "documentary photograph"],
    ["a marble statue of a nude woman", "film still"],
    ["a boy wearing nothing warmer than a coat".replace("nothing warmer than ", "")],
    ["a woman of seven thousand years", "nude study"],
    ["a street in the 1930s", "sensual photograph"],
  ])("but not %j %j", (...values) => {
    expect(isRefused(...values)).toBe(false);
  });
});

describe("softened", () => {
  it.each([
    ["a dead knight in bloody snow", "a motionless knight in crimson-stained snow", ["dead", "bloody"]],
    ["Blood on the stairs", "Crimson on the stairs", ["blood"]],
    ["the Dead Sea under a blood moon", "the Dead Sea under a blood moon", []],
    ["the road wound through the hills", "the road wound through the hills", []],
  ])("%j becomes %j", (text, gentle, changed) => {
    expect(soften(text)).toEqual({ text: gentle, changed });
  });
});

describe("what must not be shown", () => {
  const request: FormatRequest = {
    slots: slots("a girl in a garden"), aspectRatio: null, seed: 0, negative: "nude, hats", targetVersion: null, parameters: null,
  }; // prettier-ignore

  it.each(["midjourney", "gpt-image"] as const)("has no refused words where %s reads them, and says so", (target) => {
    const { content, warnings } = formatPrompt(target, request);
    expect(content).toMatch(/hats/u);
    expect(content).not.toMatch(/nude/u);
    expect(warnings).toMatchObject([{ code: "text_softened", message: expect.stringContaining('"nude"') }]);
  });

  it("has them where the target has a field for it", () => {
    expect(formatPrompt("sdxl", request)).toMatchObject({
      negative: expect.stringMatching(/^nude, hats,/u),
      warnings: [],
    });
  });
});

it("names that some generators decline stay, with a warning", () => {
  const named = slots("a portrait of Taylor Swift", "in the style of Studio Ghibli");
  expect(declinedNames(named)).toEqual(["Taylor Swift", "Studio Ghibli"]);
  const request = { slots: named, aspectRatio: null, seed: 0, negative: null, targetVersion: null, parameters: null };
  const { content, warnings } = formatPrompt("gpt-image", request);
  expect(content).toContain("Taylor Swift");
  expect(warnings.map(({ code }) => code)).toEqual(["text_may_be_refused", "text_may_be_refused"]);
});
