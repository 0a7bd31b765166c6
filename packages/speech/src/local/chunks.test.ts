import { describe, expect, test } from "vitest";

import { type Chunk, createChunker } from "./chunks.ts";
import { FRAME_MS, FRAME_SAMPLES } from "./voice-runs.ts";

const covers = (spans: [number, number][], second: number): boolean =>
  spans.some(([from, to]) => second >= from && second < to);

/** Speech as [from, to] in seconds; the samples carry their own frame number, so that what is cut can be checked. */
const chunksOf = async (
  speech: [number, number][],
  seconds: number,
  dips: [number, number][] = [],
): Promise<Chunk[]> => {
  let frame = -1;
  const chunker = createChunker(() => {
    frame += 1;
    const second = (frame * FRAME_MS) / 1000;
    return Promise.resolve(covers(speech, second) && !covers(dips, second) ? 0.9 : 0.05);
  });
  const total = Math.ceil((seconds * 1000) / FRAME_MS);
  const chunks: Chunk[] = [];
  for (let index = 0; index < total; index += 1) {
    chunks.push(...(await chunker.push(new Float32Array(FRAME_SAMPLES).fill(index))));
  }
  return [...chunks, ...(await chunker.flush())];
};

const seconds = (frame: number): number => (frame * FRAME_MS) / 1000;

describe("createChunker", () => {
  test("joins speech over gaps of up to three seconds", async () => {
    const chunks = await chunksOf(
      [
        [1, 4],
        [6, 9],
        [14, 15],
      ],
      20,
    );
    expect(chunks).toHaveLength(2);
    expect(seconds(chunks[0]?.frames.start ?? 0)).toBeCloseTo(0.8, 1);
    expect(seconds(chunks[0]?.frames.end ?? 0)).toBeCloseTo(9.2, 1);
    expect(chunks[0]?.voiced).toHaveLength(2);
  });

  test("knows a recording that begins with speech, without a pause in front", async () => {
    expect((await chunksOf([[0.1, 4]], 6)).map(({ isAbrupt }) => isAbrupt)).toEqual([true]);
    expect((await chunksOf([[1, 4]], 6)).map(({ isAbrupt }) => isAbrupt)).toEqual([false]);
    expect((await chunksOf([[0.1, 40]], 42)).map(({ isAbrupt }) => isAbrupt)).toEqual([true, false]);
  });

  test("gives each chunk exactly the samples of its frames", async () => {
    for (const { frames, samples } of await chunksOf(
      [
        [1, 4],
        [9, 12],
      ],
      20,
    )) {
      expect(samples).toHaveLength((frames.end - frames.start) * FRAME_SAMPLES);
      expect(samples[0]).toBe(frames.start);
      expect(samples.at(-1)).toBe(frames.end - 1);
    }
  });

  test("never exceeds 28 seconds, cuts at the most silent place, loses and doubles nothing", async () => {
    const chunks = await chunksOf([[0, 100]], 100, [
      [24, 24.2],
      [50, 50.2],
    ]);
    for (const { frames } of chunks) expect(seconds(frames.end - frames.start)).toBeLessThanOrEqual(28.1);
    chunks.slice(1).forEach(({ frames }, index) => expect(frames.start).toBe(chunks[index]?.frames.end));
    expect(seconds(chunks[0]?.frames.end ?? 0)).toBeCloseTo(24.1, 0);
    expect(seconds(chunks.at(-1)?.frames.end ?? 0)).toBeCloseTo(100, 1);
  });

  test("takes no clicks of under .2 seconds for speech", async () => {
    expect(
      await chunksOf(
        [
          [1, 1.1],
          [5, 5.15],
        ],
        10,
      ),
    ).toEqual([]);
  });

  test("knows the short dips within a run as pauses", async () => {
    const [chunk] = await chunksOf([[1, 6]], 10, [[3, 3.2]]);
    expect(chunk?.voiced).toHaveLength(2);
    expect(seconds(chunk?.voiced[1]?.start ?? 0)).toBeCloseTo(3.2, 1);
  });
});
