import { expect, it } from "vitest";

import { draftScene } from "./testing/drafts.ts";
import { takeWindow } from "./windows.ts";

const scenes = ["a".repeat(40), "b".repeat(40), "c".repeat(500), "d".repeat(10)].map((text, index) =>
  draftScene(index, text),
);

it("takes as many scenes as fit", () => {
  expect(takeWindow(scenes, 0, { characters: 100, scenes: 12 }).map(({ number }) => number)).toEqual([0, 1]);
});

it("takes a scene over the limit alone and whole", () => {
  expect(takeWindow(scenes, 2, { characters: 100, scenes: 12 })).toEqual([{ number: 2, scene: scenes[2] }]);
});

it("takes no more scenes than allowed", () => {
  expect(takeWindow(scenes, 0, { characters: 10_000, scenes: 3 })).toHaveLength(3);
});

it("ends with the last scene", () => {
  expect(takeWindow(scenes, 3, { characters: 100, scenes: 12 }).map(({ number }) => number)).toEqual([3]);
});
