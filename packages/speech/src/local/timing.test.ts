import { describe, expect, test } from "vitest";

import { alignUnits, spokenWeight } from "./timing.ts";

describe("alignUnits", () => {
  test("one unit takes the whole of the voiced time", () => {
    expect(
      alignUnits(
        [10],
        [
          { startMs: 200, endMs: 900 },
          { startMs: 1500, endMs: 2000 },
        ],
      ),
    ).toEqual([{ startMs: 200, endMs: 2000 }]);
  });

  test("without a pause the time is shared out by weight", () => {
    expect(alignUnits([10, 30], [{ startMs: 1000, endMs: 5000 }])).toEqual([
      { startMs: 1000, endMs: 2000 },
      { startMs: 2000, endMs: 5000 },
    ]);
  });

  test("a boundary moves to the long pause near it, and the pause belongs to nobody", () => {
    const voiced = [
      { startMs: 0, endMs: 2300 },
      { startMs: 3000, endMs: 5000 },
    ];
    expect(alignUnits([20, 20], voiced)).toEqual([
      { startMs: 0, endMs: 2300 },
      { startMs: 3000, endMs: 5000 },
    ]);
  });

  test("a breath far from where the sentence should end is not taken for its end", () => {
    const voiced = [
      { startMs: 0, endMs: 1300 },
      { startMs: 1400, endMs: 4100 },
    ];
    const [first] = alignUnits([20, 20], voiced);
    expect(first?.endMs).toBeGreaterThan(2000);
  });

  test("what lies between two sure boundaries is shared out anew", () => {
    const voiced = [
      { startMs: 0, endMs: 1000 },
      { startMs: 2000, endMs: 4000 },
      { startMs: 5000, endMs: 6000 },
    ];
    expect(alignUnits([10, 10, 10, 10], voiced).map(({ startMs }) => startMs)).toEqual([0, 2000, 3000, 5000]);
  });

  test("spans are in order and do not overlap, whatever the weights", () => {
    const voiced = Array.from({ length: 12 }, (_, index) => ({ startMs: index * 1000, endMs: index * 1000 + 700 }));
    const spans = alignUnits([3, 40, 1, 25, 60, 2, 14], voiced);
    expect(spans).toHaveLength(7);
    spans.forEach(({ startMs, endMs }, index) => {
      expect(endMs).toBeGreaterThanOrEqual(startMs);
      expect(startMs).toBeGreaterThanOrEqual(spans[index - 1]?.endMs ?? 0);
    });
  });
});

test("a number weighs as the words that it is spoken as", () => {
  expect(spokenWeight("1450")).toBeGreaterThan(spokenWeight("house"));
  expect(spokenWeight("house,")).toBe(spokenWeight("house"));
});
