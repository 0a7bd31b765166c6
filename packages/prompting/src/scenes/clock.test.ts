import { describe, expect, it } from "vitest";

import { seededRandom } from "../testing/random-text.ts";
import type { Unit } from "../text/units.ts";
import { cutByClock } from "./clock.ts";

const timed = (startsMs: readonly number[], endMs: number): Unit[] =>
  startsMs.map((startMs, id) => ({
    text: "one two",
    breakBefore: 0,
    segment: { id, startMs, endMs: startsMs[id + 1] ?? endMs, text: "One two.", confidence: null },
  }));
const firstIds = (scenes: readonly Unit[][]): (number | undefined)[] => scenes.map((units) => units[0]?.segment.id);

describe("cutting by the clock", () => {
  it("each scene begins with the unit that starts nearest to its time", () => {
    expect(firstIds(cutByClock(timed([0, 4000, 9000, 13_000, 18_000, 23_000], 30_000), 10_000))).toEqual([0, 2, 4]);
  });

  it("the clock begins with the first unit, and a late start is no scene", () => {
    expect(firstIds(cutByClock(timed([60_000, 70_000, 80_000], 90_000), 10_000))).toEqual([0, 1, 2]);
  });

  it("the last scene takes what is left", () => {
    const starts = Array.from({ length: 24 }, (_, index) => index * 1000);
    expect(cutByClock(timed(starts, 24_000), 10_000).map((units) => units.length)).toEqual([10, 14]);
  });

  it("loses, repeats and reorders no unit, whatever the times", () => {
    const random = seededRandom(7);
    for (let round = 0; round < 200; round += 1) {
      let at = 0;
      const starts = Array.from({ length: 1 + Math.floor(random() * 60) }, () => {
        at += Math.floor(random() * 8000);
        return at;
      });
      const units = timed(starts, at + 1 + Math.floor(random() * 5000));
      const scenes = cutByClock(units, 2000 + Math.floor(random() * 20_000));
      expect(scenes.flat()).toEqual(units);
      expect(scenes.every((scene) => scene.length > 0)).toBe(true);
    }
  });
});
