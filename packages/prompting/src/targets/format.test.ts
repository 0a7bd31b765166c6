import type { Slot, Target, TargetParameters } from "@phonoscene/contracts";
import { describe, expect, it } from "vitest";

import { wordCount } from "../text/normalise.ts";
import { formatPrompt, type FormatRequest } from "./format.ts";
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
  formatPrompt(target, {
    slots: SLOTS,
    aspectRatio: null,
    seed: 0,
    negative: null,
    targetVersion: null,
    parameters: null,
    ...asked,
  });
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

  it.each([
    [null, /film$/u],
    ["8.2", /film$/u],
    ["8.1", /film --v 8\.1$/u],
    ["7", /film --v 7$/u],
    ["niji 7", /film --niji 7$/u],
  ] as const)("of version %s names it where it is not the default", (targetVersion, ending) => {
    expect(format("midjourney", { targetVersion }).content).toMatch(ending);
  });

  const PARAMETERS: TargetParameters = {
    stylize: 250, chaos: 5, weird: 9, raw: true, tile: true, hd: true, quality: 4, draft: true, sref: ["random", "123"], sw: 50,
    oref: "https://example.com/a.png", ow: 80, image: "https://example.com/b.png", iw: 1.5,
  }; // prettier-ignore

  it.each([
    ["8.2", "--stylize 250 --chaos 5 --weird 9 --raw --tile --hd --sref random 123 --sw 50 --iw 1.5"],
    [
      "7",
      "--stylize 250 --chaos 5 --weird 9 --raw --tile --quality 4 --sref random 123 --sw 50 " +
        "--oref https://example.com/a.png --ow 80 --iw 1.5 --v 7",
    ],
    ["niji 7", "--stylize 250 --chaos 5 --weird 9 --raw --tile --sref random 123 --sw 50 --iw 1.5 --niji 7"],
  ] as const)(
    "of version %s takes its own parameters, and names each that it does not take",
    (targetVersion, ending) => {
      const { content, warnings } = format("midjourney", { targetVersion, parameters: PARAMETERS });
      expect(content).toMatch(/^https:\/\/example\.com\/b\.png an old fisherman/u);
      expect(content.slice(content.indexOf(" --") + 1)).toBe(ending);
      const written = new Set([...ending.matchAll(/--(\w+)/gu)].map(([, name]) => name));
      const named = warnings.map(({ message }) => /--(\w+)/u.exec(message)?.[1]);
      expect(warnings.every(({ code }) => code === "parameter_dropped")).toBe(true);
      const { image: _inFront, ...asked } = PARAMETERS;
      expect(new Set(named)).toEqual(new Set(Object.keys(asked).filter((name) => !written.has(name))));
    },
  );

  it.each(["flux", "sdxl", "gpt-image", "plain"] as const)(
    "has parameters that %s is told of, and spared",
    (target) => {
      const { content, warnings } = format(target, { parameters: { stylize: 250, raw: true } });
      expect(content).toBe(format(target).content);
      expect(warnings).toMatchObject([
        { code: "parameter_dropped", message: expect.stringContaining("stylize, raw are") },
      ]);
    },
  );
});

describe("plain", () => {
  it("is the words alone, with what must not be there beside them", () => {
    const { content, negative, warnings } = format("plain", {
      aspectRatio: "16:9",
      negative: "no hats; people",
      seed: 9,
    });
    expect(content).toBe(SLOTS.map(({ value }) => value).join(", "));
    expect(negative).toBe("hats, people");
    expect(warnings).toMatchObject([{ code: "parameter_dropped", message: expect.stringContaining("16:9") }]);
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
