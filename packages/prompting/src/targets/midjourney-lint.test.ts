import { describe, expect, it } from "vitest";

import { randomText, seededRandom } from "../testing/random-text.ts";
import { lintMidjourney } from "./midjourney-lint.ts";

const REF = "https://example.com/a.png";

describe("a prompt that Midjourney takes as it is", () => {
  it.each([
    "a boat at dawn",
    "a boat, 35mm f/1.4 lens --ar 16:9 --no people, ropes --seed 42",
    `${REF} a boat --ar 14:1 --stylize 1000 --chaos 0 --weird 3000 --raw --tile --iw 3`,
    "a boat --ar 4:1 --hd --sref random 3812276591 --sw 0",
    `a boat --seed 4294967295 --quality 4 --sref ${REF} --draft --turbo --v 7`,
    `a boat --oref ${REF} --ow 1000 --v 7`,
    "a girl with fox ears --stylize 100 --niji 7",
    "a rust-red boat — no, a ship",
  ])("stays: %j", (content) => {
    expect(lintMidjourney(content)).toEqual({ content, faults: [], dropped: [] });
  });
});

describe("what can be put right", () => {
  it.each([
    ["a boat --ar 16:9 in fog", "a boat in fog --ar 16:9", "text after its parameters"],
    ["--ar 16:9 a boat", "a boat --ar 16:9", "text after its parameters"],
    ["a boat --tile in fog --ar 2:3", "a boat in fog --ar 2:3 --tile", "text after its parameters"],
    ["a boat --ar 1:1 --ar 2:3", "a boat --ar 1:1", "--ar twice"],
    ["a boat::2 in fog::-.5", "a boat, in fog", "syntax in its words"],
    ['a {red, blue} "boat" [old]', "a red, blue boat old", "syntax in its words"],
    ["a boat -- in fog", "a boat, in fog", "syntax in its words"],
    ["a boat --ar 16:9 — no, a ship", "a boat — no, a ship --ar 16:9", "text after its parameters"],
    ["a storm--tossed boat", "a storm, tossed boat", "syntax in its words"],
  ])("%j becomes %j", (content, fixed, fault) => {
    expect(lintMidjourney(content)).toEqual({ content: fixed, faults: [expect.stringContaining(fault)], dropped: [] });
  });

  it.each([
    ["a boat--ar 16:9", "a boat --ar 16:9"],
    ["a boat —ar 16:9", "a boat --ar 16:9"],
    ["a boat --s 50 --c 3 --w 7 --aspect 3:2", "a boat --ar 3:2 --stylize 50 --chaos 3 --weird 7"],
    ["a boat --style raw", "a boat --raw"],
    ["a boat --v 8.2", "a boat"],
    ["a boat --version 7 --q 2", "a boat --quality 2 --v 7"],
  ])("%j is written %j", (content, fixed) => {
    expect(lintMidjourney(content)).toEqual({ content: fixed, faults: [], dropped: [] });
  });

  it.each([
    ["--ar 15:1", "--ar 14:1", "more than 14:1"],
    ["--ar 1:99", "--ar 1:14", "more than 14:1"],
    ["--stylize 1001", "--stylize 1000", "from 0 to 1000"],
    ["--chaos 101", "--chaos 100", "from 0 to 100"],
    ["--chaos -1", "--chaos 0", "from 0 to 100"],
    ["--weird 3001", "--weird 3000", "from 0 to 3000"],
    ["--stylize 2.5", "--stylize 3", "whole number"],
    ["--seed 4294967296", "--seed 4294967295", "from 0 to 4294967295"],
    [`--sref ${REF} --sw 1001`, `--sref ${REF} --sw 1000`, "from 0 to 1000"],
    [`--oref ${REF} --ow 0 --v 7`, `--oref ${REF} --ow 1 --v 7`, "from 1 to 1000"],
  ])("%s is taken as %s", (given, taken, words) => {
    const { content, dropped } = lintMidjourney(`a boat ${given}`);
    expect(content).toBe(`a boat ${taken}`);
    expect(dropped).toEqual([expect.stringContaining(words)]);
  });
});

describe("what cannot", () => {
  it.each([
    ["--ar 1.85:1", "two whole numbers"],
    ["--ar 0:1", "two whole numbers"],
    ["--ar", "no value"],
    ["--stylize", "no value"],
    ["--chaos 3x", "no number"],
    ["--no", "no value"],
    ["--q 2", "versions that do: 7"],
    ["--draft", "versions that do: 7"],
    ["--turbo", "versions that do: 7"],
    [`--oref ${REF}`, "versions that do: 7"],
    [`--cref ${REF}`, "no version here does"],
    ["--stop 50", "no version here does"],
    ["--sw 100", "without --sref"],
    ["--iw 2", "without an image"],
    ["--upbeta", "no parameter --upbeta"],
    ["--test 5", "no parameter --test"],
    ["--v 6.1", "8.2 was taken"],
    ["--niji 5", "8.2 was taken"],
  ])("%s is left out, and why is said", (given, words) => {
    const { content, dropped } = lintMidjourney(`a boat ${given}`);
    expect(content).toBe("a boat");
    expect(dropped).toEqual([expect.stringContaining(words)]);
  });

  it.each([
    ["--ar 5:1 --hd", "--ar 5:1", "at most 4:1"],
    ["--hd --v 7", "--v 7", "versions that do: 8.2, 8.1"],
    ["--quality 3 --v 7", "--v 7", "one of 1, 2, 4"],
    [`--oref ${REF} --draft --v 7`, `--oref ${REF} --v 7`, "does not go with --oref"],
    [`--oref ${REF} --ow 5 --niji 7`, "--niji 7", "--oref"],
  ])("of %s, %s stays", (given, left, words) => {
    const { content, dropped } = lintMidjourney(`a boat ${given}`);
    expect(content).toBe(`a boat ${left}`);
    expect(dropped[0]).toContain(words);
  });
});

it("what was linted once is right, whatever it was", () => {
  const random = seededRandom(8_2026);
  const pieces = [
    "--ar",
    "16:9",
    "--no",
    "::2",
    "--hd",
    "--v 7",
    "--niji 7",
    "--sref",
    "random",
    "--iw 9",
    "—ar",
    "a boat",
    REF,
  ];
  for (let round = 0; round < 300; round += 1) {
    const parts = Array.from({ length: 8 }, () => pieces[Math.floor(random() * pieces.length)] ?? "");
    const { content } = lintMidjourney(`${randomText(random).slice(0, 200)} ${parts.join(" ")}`);
    expect(lintMidjourney(content)).toEqual({ content, faults: [], dropped: [] });
  }
});
