import { describe, expect, it } from "vitest";

import { readCommand } from "./arguments.ts";
import { UsageError } from "./exit-codes.ts";

describe("readCommand", () => {
  it.each([
    [["demo"], { kind: "sample" }],
    [["demo", "talk.mp3"], { kind: "file", path: "talk.mp3" }],
    [["demo", "-"], { kind: "stdin" }],
    [["demo", "--text", "A fox."], { kind: "text", text: "A fox." }],
  ])("%j names its source", (argv, source) => {
    expect(readCommand(argv)).toMatchObject({ name: "demo", source, isJson: false });
  });

  it("options become the task's fields, and what is left out is left to the service", () => {
    const argv = [
      "demo",
      "a.mp3",
      "--count",
      "4",
      "--aspect",
      "16:9",
      "--target",
      "flux",
      "--seed",
      "7",
      "--language",
      "en",
      "--json",
    ];
    expect(readCommand(argv)).toMatchObject({
      fields: { count: 4, aspectRatio: "16:9", target: "flux", seed: 7, language: "en" },
      isJson: true,
    });
    expect(readCommand(["demo"])).toMatchObject({ fields: {} });
  });

  it("a -- that the package manager left in is skipped", () => {
    expect(readCommand(["demo", "--", "a.mp3"])).toMatchObject({ source: { kind: "file", path: "a.mp3" } });
  });

  it.each([
    [["demo", "--count", "0"], /--count takes a whole number from 1 to 200/],
    [["demo", "--count", "two"], /--count/],
    [["demo", "--seed", "-1"], /seed/],
    [["demo", "--target", "dalle"], /midjourney, flux, sdxl, gpt-image/],
    [["demo", "--aspect", "wide"], /16:9/],
    [["demo", "--colour"], /--colour/],
    [["demo", "a.mp3", "b.mp3"], /one thing at a time/],
    [["demo", "a.mp3", "--text", "b"], /one thing at a time/],
    [["dance"], /There is no command "dance"/],
    [["start", "now"], /start takes no arguments/],
  ])("%j is refused, and the words say what would be right", (argv, words) => {
    expect(() => readCommand(argv)).toThrow(UsageError);
    expect(() => readCommand(argv)).toThrow(words);
  });
});
