import type { Slot, Target } from "@phonoscene/contracts";
import { describe, expect, it } from "vitest";

import { wordCount } from "../text/normalise.ts";
import { formatPrompt, type FormatRequest } from "./format.ts";
import { takesParameter } from "./midjourney.ts";
import { clipTokens } from "./sdxl.ts";

const SLOTS: Slot[] = [
  { name: "subject", value: "an old fisherman rowing out past the lighthouse", origin: "text" },
  { name: "keywords", value: "grey gulls, wooden oars, calm sea, quiet, airy", origin: "text" },
  { name: "camera", value: "35mm SLR camera", origin: "style" },
  { name: "lens", value: "85mm f/1.4 lens", origin: "style" },
  { name: "timeOfDay", value: "dawn", origin: "text" },
  { name: "photography", value: "storytelling photograph", origin: "style" },
  { name: "film", value: "Kodak Ultra Max 400 film", origin: "style" },
];
const format = (target: Target, asked: Partial<FormatRequest> = {}) =>
  formatPrompt(target, { slots: SLOTS, aspectRatio: null, seed: 0, negative: null, ...asked });
const LONG =
  "a man in a long grey coat walking slowly along the wet harbour wall, gulls circling above the masts of the fishing boats, an old woman selling red apples from a wooden cart, children running behind a brown dog";

describe("Midjourney", () => {
  it("has its parameters last, and none after them", () => {
    const { content, negative } = format("midjourney", {
      aspectRatio: "16:9",
      seed: 42,
      negative: "people, --ar 1:1 text",
    });
    expect(content).toMatch(/, Kodak Ultra Max 400 film --ar 16:9 --no people, ar 1:1 text --seed 42$/u);
    expect(negative).toBeNull();
  });

  it("writes no seed for 0, the default", () => {
    expect(format("midjourney").content).not.toContain("--");
  });

  it("takes of the parameters only what the version reads", () => {
    expect(
      ["ar", "no", "seed", "raw", "oref", "q", "turbo", "constructor"].filter((name) => takesParameter(name)),
    ).toEqual(["ar", "no", "seed", "raw"]);
    expect(takesParameter("oref", 7)).toBe(true);
  });
});

describe("FLUX", () => {
  it("says in 30 to 80 words first who acts, then the style, then the context", () => {
    const { content } = format("flux", { aspectRatio: "3:2" });
    expect(wordCount(content)).toBeGreaterThanOrEqual(30);
    const order = ["An old fisherman rowing", "shot on a 35mm SLR camera with an 85mm f/1.4 lens", "Grey gulls", "3:2"];
    const places = order.map((part) => content.indexOf(part));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBe(0);
  });

  it("says the opposite of what is unwanted, and names what it cannot say", () => {
    const { content, negative, warnings } = format("flux", { negative: "people, zeppelins" });
    expect(content).toContain("Deserted and still.");
    expect(content).not.toMatch(/people|zeppelin/u);
    expect(negative).toBeNull();
    expect(warnings).toEqual([
      expect.objectContaining({ code: "parameter_dropped", message: expect.stringContaining("zeppelins") }),
    ]);
  });

  it("stays under 80 words by giving up clauses, not by cutting words", () => {
    const { content, slots } = format("flux", {
      slots: [{ ...SLOTS[0]!, value: `${LONG}, ${LONG}` }, ...SLOTS.slice(1)],
    });
    expect(wordCount(content)).toBeLessThanOrEqual(80);
    expect(LONG).toContain(slots[0]?.value.split(", ").at(-1) ?? "missing");
  });
});

describe("SDXL", () => {
  it("fits into CLIP's 77 tokens with every slot still there", () => {
    const { content, slots } = format("sdxl", {
      slots: [{ ...SLOTS[0]!, value: LONG }, ...SLOTS.slice(1)],
      aspectRatio: "9:16",
    });
    expect(clipTokens(content)).toBeLessThanOrEqual(75);
    expect(slots.every(({ value }) => content.includes(value))).toBe(true);
    expect(content).toContain("a man in a long grey coat walking slowly");
    expect(content).toMatch(/tall composition$/u);
  });

  it("has a negative of its own, the caller's words first", () => {
    expect(format("sdxl", { negative: "people" }).negative).toMatch(/^people, blurry,/u);
  });
});

describe("GPT Image", () => {
  it("labels the scene, the subject, the details and the constraints", () => {
    const { content, negative } = format("gpt-image", { aspectRatio: "16:9", negative: "hats" });
    expect(content.split("\n").map((line) => line.split(":")[0])).toEqual([
      "Scene",
      "Subject",
      "Details",
      "Constraints",
    ]);
    expect(content).toContain("no hats; wide image, aspect ratio 16:9.");
    expect(negative).toBeNull();
  });
});
