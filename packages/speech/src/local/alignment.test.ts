import { describe, expect, test } from "vitest";

import { tokenStarts } from "./alignment.ts";

const FRAMES = 40;

/** A head that looks at each token's own frames, and always at the last frame, as heads do. */
const looking = (starts: readonly number[], share = 1): Float32Array => {
  const weights = new Float32Array(starts.length * FRAMES).fill(0.001);
  starts.forEach((start, token) => {
    weights.fill(share / 5, token * FRAMES + start, token * FRAMES + (starts[token + 1] ?? FRAMES));
    weights[(token + 1) * FRAMES - 1] = 0.9;
  });
  return weights;
};

describe("tokenStarts", () => {
  test("each token begins where its attention does, whatever draws attention all the time", () => {
    const starts = [0, 7, 12, 30];
    expect(tokenStarts({ heads: [looking(starts)], tokens: 4, frames: FRAMES })).toEqual(starts);
  });

  test("a head that looks elsewhere is outvoted", () => {
    const starts = [0, 7, 12, 30];
    const heads = [looking(starts), looking([0, 3, 25, 33], 0.4), looking(starts)];
    const found = tokenStarts({ heads, tokens: 4, frames: FRAMES }) ?? [];
    expect(found.map((frame, token) => Math.abs(frame - (starts[token] ?? 0)) <= 1)).toEqual([true, true, true, true]);
  });

  test("attention that is no number gives no times", () => {
    const heads = [looking([0, 20]).fill(Number.NaN, 3, 4)];
    expect(tokenStarts({ heads, tokens: 2, frames: FRAMES })).toBeNull();
  });
});
