import { describe, expect, test } from "vitest";

import type { Chunk } from "./chunks.ts";
import { peakOf } from "./mix.ts";
import type { Hints, Moonshine, Recognition } from "./moonshine.ts";
import { hear } from "./recogniser.ts";
import { FRAME_SAMPLES, type Frames } from "./voice-runs.ts";

type Call = Hints & { seconds: number; peak: number };

/** A recogniser that answers from a list, the last answer over and over. */
const answering = (...answers: Partial<Recognition>[]): { model: Pick<Moonshine, "recognise">; calls: Call[] } => {
  const calls: Call[] = [];
  const recognise: Moonshine["recognise"] = (samples, hints) => {
    const answer = answers[Math.min(calls.length, answers.length - 1)];
    calls.push({ seconds: samples.length / 16_000, peak: peakOf(samples), ...hints });
    return Promise.resolve({ text: "Some words.", logProbability: -0.1, tokens: 3, ending: "end", ...answer });
  };
  return { model: { recognise }, calls };
};

const chunkOf = (frames: Frames, voiced: Frames[], overrides: Partial<Chunk> = {}): Chunk => ({
  frames,
  voiced,
  voice: 0.9,
  isAbrupt: false,
  samples: new Float32Array((frames.end - frames.start) * FRAME_SAMPLES).fill(0.4),
  ...overrides,
});

const WHOLE = { start: 100, end: 700 };
const PARTS = [
  { start: 105, end: 300 },
  { start: 320, end: 695 },
];

describe("hear", () => {
  test("forbids an empty answer where a voice is certain, and only there", async () => {
    const { model, calls } = answering({});
    await hear(model, chunkOf(WHOLE, PARTS, { voice: 0.61 }));
    await hear(model, chunkOf(WHOLE, PARTS, { voice: 0.6 }));
    expect(calls.map(({ mayBeEmpty }) => mayBeEmpty)).toEqual([false, true]);
  });

  test("tells of an abrupt beginning, which a second half has not", async () => {
    const { model, calls } = answering({ ending: "loop" }, {});
    await hear(model, chunkOf(WHOLE, PARTS, { isAbrupt: true }));
    expect(calls.map(({ isAbrupt }) => isAbrupt)).toEqual([true, true, false]);
  });

  test("tries both halves, parted at the pause, when the recogniser repeats itself", async () => {
    const { model } = answering({ ending: "loop", text: "la la" }, { text: "First half." }, { text: "Second half." });
    const heard = await hear(model, chunkOf(WHOLE, PARTS));
    expect(heard.map(({ text, frames }) => ({ text, frames }))).toEqual([
      { text: "First half.", frames: { start: 100, end: 310 } },
      { text: "Second half.", frames: { start: 310, end: 700 } },
    ]);
    expect(heard.map(({ voiced }) => voiced)).toEqual([[PARTS[0]], [PARTS[1]]]);
  });

  test("keeps what was said before the repetition when a half still loops", async () => {
    const { model, calls } = answering({ ending: "loop", text: "Over and over." });
    const heard = await hear(model, chunkOf(WHOLE, PARTS));
    expect(heard.map(({ text }) => text)).toEqual(["Over and over.", "Over and over."]);
    expect(calls).toHaveLength(3);
  });

  test("does not halve what is too short for it", async () => {
    const { model, calls } = answering({ ending: "cap" });
    await hear(model, chunkOf({ start: 0, end: 100 }, [{ start: 5, end: 95 }]));
    expect(calls).toHaveLength(1);
  });

  test("raises a quiet chunk to a normal level first", async () => {
    const { model, calls } = answering({});
    const quiet = chunkOf(WHOLE, PARTS);
    await hear(model, { ...quiet, samples: quiet.samples.map((sample) => sample / 40) });
    expect(calls[0]?.peak).toBeCloseTo(0.5);
  });

  test("a few words of a doubtful voice are music, sentences are speech in noise", async () => {
    const doubtful = chunkOf(WHOLE, PARTS, { voice: 0.75 });
    expect(await hear(answering({ tokens: 11 }).model, doubtful)).toEqual([]);
    expect(await hear(answering({ tokens: 12 }).model, doubtful)).toHaveLength(1);
    expect(await hear(answering({ tokens: 2 }).model, chunkOf(WHOLE, PARTS, { voice: 0.8 }))).toHaveLength(1);
  });

  test("an answer without a word is nothing heard", async () => {
    const { model } = answering({ text: "..." });
    expect(await hear(model, chunkOf(WHOLE, PARTS))).toEqual([]);
  });
});
