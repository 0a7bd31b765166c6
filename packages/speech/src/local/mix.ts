import { CHANNELS } from "./pcm-format.ts";

/** A mix this much weaker than either side (in energy) has cancelled itself out: the channels are in anti-phase. */
const CANCELLED = 0.02;
const SILENT_ENERGY = 1e-10;

const clean = (sample: number): number => (Number.isFinite(sample) ? Math.max(-1, Math.min(1, sample)) : 0);

/** Mixes interleaved stereo down to mono; of channels in anti-phase the louder one is taken alone. */
export const mixDown = (stereo: Float32Array): Float32Array<ArrayBuffer> => {
  const frames = Math.floor(stereo.length / CHANNELS);
  const left = new Float32Array(frames);
  const right = new Float32Array(frames);
  const mix = new Float32Array(frames);
  const energy = { left: 0, right: 0, mix: 0 };
  for (let frame = 0; frame < frames; frame += 1) {
    const l = clean(stereo[frame * CHANNELS] ?? 0);
    const r = clean(stereo[frame * CHANNELS + 1] ?? 0);
    const m = (l + r) / 2;
    left[frame] = l;
    right[frame] = r;
    mix[frame] = m;
    energy.left += l * l;
    energy.right += r * r;
    energy.mix += m * m;
  }
  const loudest = Math.max(energy.left, energy.right);
  if (loudest / frames < SILENT_ENERGY || energy.mix >= CANCELLED * loudest) return mix;
  return energy.left >= energy.right ? left : right;
};

/** Multiplies in place, within -1..1. */
export const amplify = (samples: Float32Array, gain: number): void => {
  if (gain === 1) return;
  samples.forEach((sample, index) => {
    samples[index] = clean(sample * gain);
  });
};

/** The largest magnitude. */
export const peakOf = (samples: Float32Array): number => {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return peak;
};
