import { describe, expect, it } from "vitest";

import { type Unit, unitsOfText } from "../text/units.ts";
import { defaultSceneCount, segmentUnits } from "./segment.ts";

const timed = (texts: readonly string[], startsMs: readonly number[]): Unit[] =>
  texts.map((text, id) => ({
    text,
    breakBefore: 0,
    segment: { id, startMs: startsMs[id] ?? 0, endMs: (startsMs[id] ?? 0) + 2000, text, confidence: null },
  }));
const firstIds = (scenes: readonly Unit[][]): (number | undefined)[] => scenes.map((units) => units[0]?.segment.id);

describe("segmentation", () => {
  it("cuts where a paragraph begins rather than at equal lengths", () => {
    const units = unitsOfText(
      "The dog ran home. The cat slept well.\n\nThe storm came late. The boat sank fast. The crew swam on.",
    );
    expect(firstIds(segmentUnits(units, 2))).toEqual([0, 2]);
  });

  it("cuts at a long silence", () => {
    const units = timed(["one.", "two.", "three.", "four.", "five."], [0, 2100, 9000, 11_100, 13_200]);
    expect(firstIds(segmentUnits(units, 2))).toEqual([0, 2]);
  });

  it("cuts at words that turn the story", () => {
    const units = unitsOfText(
      "The king slept in his tent. The guards played dice. The fire burned low. Suddenly a horn called. The camp woke up. The men ran out.",
    );
    expect(firstIds(segmentUnits(units, 2))).toEqual([0, 3]);
  });

  it("gives exactly as many scenes as there are to be, whatever the lengths", () => {
    const units = unitsOfText(
      `${"Short one. ".repeat(30)}${"A very long sentence with many words that goes on and on and on. ".repeat(3)}`,
    );
    for (const count of [1, 2, 7, 20, units.length]) {
      const scenes = segmentUnits(units, count);
      expect(scenes.length).toBe(count);
      expect(scenes.flat()).toEqual(units);
    }
  });

  it("gives a scene to each 10 seconds of audio and to each 28 words of text, at most 24", () => {
    const spoken = timed(
      Array.from({ length: 80 }, () => "word word"),
      Array.from({ length: 80 }, (_, index) => index * 2000),
    );
    expect(defaultSceneCount(spoken)).toBe(16);
    expect(defaultSceneCount(unitsOfText("The old man walked down the road. ".repeat(30)))).toBe(8);
    expect(defaultSceneCount(unitsOfText("The old man walked down the road. ".repeat(3000)))).toBe(24);
  });

  it("gives four short stanzas four scenes", () => {
    const stanza =
      "The moon is up above the silver hill,\nThe night is deep and all the owls are still,\nThe river runs beside the ruined mill,\nThe willows weep.";
    expect(defaultSceneCount(unitsOfText([stanza, stanza, stanza, stanza].join("\n\n")))).toBe(4);
  });
});
