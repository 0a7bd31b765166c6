import { mixDown } from "../local/mix.ts";
import { SAMPLE_RATE_HZ } from "../local/pcm-format.ts";

/** A stretch of a recording, 16 kHz mono; times in milliseconds from the start of the audio. */
export type Piece = { startMs: number; endMs: number; samples: Float32Array };

export type PieceLength = {
  maxMs: number;
  /** At the end of a piece that is full, the quietest moment of this much is where it is cut. */
  searchMs: number;
};

const FRAME_SAMPLES = 512;

const toSamples = (ms: number): number => Math.floor((ms * SAMPLE_RATE_HZ) / 1000);
const toMs = (samples: number): number => Math.round((samples * 1000) / SAMPLE_RATE_HZ);

/** Energy of each frame of 32 ms. */
export const frameEnergies = (samples: Float32Array): number[] => {
  const energies: number[] = [];
  for (let at = 0; at + FRAME_SAMPLES <= samples.length; at += FRAME_SAMPLES) {
    let sum = 0;
    for (let index = at; index < at + FRAME_SAMPLES; index += 1) sum += (samples[index] ?? 0) ** 2;
    energies.push(sum / FRAME_SAMPLES);
  }
  return energies;
};

/** The middle of the quietest fifth of a second near the end. */
const cutAt = (samples: Float32Array, searchSamples: number): number => {
  const from = samples.length - searchSamples;
  const energies = frameEnergies(samples.subarray(from));
  let best = { frame: energies.length, sum: Number.POSITIVE_INFINITY };
  for (let frame = 3; frame < energies.length - 3; frame += 1) {
    const sum = energies.slice(frame - 3, frame + 4).reduce((total, energy) => total + energy, 0);
    if (sum < best.sum) best = { frame, sum };
  }
  return from + best.frame * FRAME_SAMPLES + FRAME_SAMPLES / 2;
};

/** Whether there is anything to hear: some 54 dB below full scale is less than a quiet voice in a quiet room. */
const AUDIBLE_ENERGY = 0.002 ** 2;

export const isSilent = ({ samples }: Piece): boolean =>
  frameEnergies(samples).every((energy) => energy < AUDIBLE_ENERGY);

/**
 * Cuts a recording into pieces at its pauses, wherever the blocks end: the same recording always gives the same pieces.
 * Holds one piece and one block.
 * @param blocks interleaved stereo at 16 kHz.
 */
export const cutAtPauses = async function* (
  blocks: AsyncIterable<Float32Array>,
  { maxMs, searchMs }: PieceLength,
): AsyncGenerator<Piece> {
  const full = toSamples(maxMs);
  const buffer = new Float32Array(full);
  let length = 0;
  let start = 0;
  const take = (count: number): Piece => {
    const samples = buffer.slice(0, count);
    buffer.copyWithin(0, count, length);
    length -= count;
    start += count;
    return { startMs: toMs(start - count), endMs: toMs(start), samples };
  };
  for await (const block of blocks) {
    const samples = mixDown(block);
    for (let at = 0; at < samples.length;) {
      const part = samples.subarray(at, at + full - length);
      buffer.set(part, length);
      length += part.length;
      at += part.length;
      if (length === full) yield take(cutAt(buffer, toSamples(searchMs)));
    }
  }
  if (length > 0) yield take(length);
};

export const WAV_HEADER_BYTES = 44;
export const WAV_BYTES_PER_MS = (SAMPLE_RATE_HZ * 2) / 1000;

/** RIFF WAVE, 16 bit mono: 1.9 MB a minute, and every server reads it. */
export const toWav = (samples: Float32Array): Buffer => {
  const dataBytes = samples.length * 2;
  const wav = Buffer.alloc(WAV_HEADER_BYTES + dataBytes);
  wav.write("RIFF", 0, "latin1");
  wav.writeUInt32LE(WAV_HEADER_BYTES - 8 + dataBytes, 4);
  wav.write("WAVEfmt ", 8, "latin1");
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  wav.writeUInt32LE(SAMPLE_RATE_HZ * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36, "latin1");
  wav.writeUInt32LE(dataBytes, 40);
  samples.forEach((sample, index) => wav.writeInt16LE(Math.round(sample * 32_767), WAV_HEADER_BYTES + index * 2));
  return wav;
};

/** Below this part of the loudest frame there is no voice. */
const VOICE_SHARE = 0.003;
const MAX_DIP_FRAMES = 5;
const FRAME_MS = (FRAME_SAMPLES * 1000) / SAMPLE_RATE_HZ;

/** Where there is sound in a piece, dips of a sixth of a second left in: the clock of words that come without times. */
export const voicedSpans = ({ startMs, endMs, samples }: Piece): { startMs: number; endMs: number }[] => {
  const energies = frameEnergies(samples);
  const loudest = energies.reduce((most, energy) => Math.max(most, energy), 0);
  const spans: { startMs: number; endMs: number }[] = [];
  for (const [frame, energy] of energies.entries()) {
    if (energy < VOICE_SHARE * loudest || energy === 0) continue;
    const span = { startMs: startMs + frame * FRAME_MS, endMs: startMs + (frame + 1) * FRAME_MS };
    const before = spans.at(-1);
    if (before !== undefined && span.startMs - before.endMs <= MAX_DIP_FRAMES * FRAME_MS) before.endMs = span.endMs;
    else spans.push(span);
  }
  return spans.length === 0 ? [{ startMs, endMs }] : spans;
};
