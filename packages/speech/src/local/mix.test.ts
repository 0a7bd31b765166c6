import { expect, test } from "vitest";

import { amplify, mixDown, peakOf } from "./mix.ts";

const stereo = (frame: (index: number) => [number, number]): Float32Array =>
  Float32Array.from({ length: 1000 }, (_, index) => index).reduce((samples, index) => {
    samples.set(frame(index), index * 2);
    return samples;
  }, new Float32Array(2000));

const tone = (index: number): number => 0.5 * Math.sin(index / 7);

test("equal channels mix to themselves", () => {
  const mix = mixDown(stereo((index) => [tone(index), tone(index)]));
  expect(mix).toHaveLength(1000);
  expect(mix[3]).toBeCloseTo(tone(3));
});

test("channels in anti-phase do not cancel each other out", () => {
  const mix = mixDown(stereo((index) => [tone(index), -0.98 * tone(index)]));
  expect(peakOf(mix)).toBeCloseTo(0.5, 1);
});

test("samples that are not numbers, or out of range, do no harm", () => {
  const mix = mixDown(Float32Array.of(Number.NaN, 9, Number.POSITIVE_INFINITY, -9));
  expect([...mix]).toEqual([0.5, -0.5]);
});

test("amplified samples stay within the range", () => {
  const samples = Float32Array.of(0.01, -0.9);
  amplify(samples, 10);
  expect(samples[0]).toBeCloseTo(0.1);
  expect(samples[1]).toBe(-1);
});
