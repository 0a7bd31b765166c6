import type { SpeechWord } from "../port.ts";
import { type Chunk, spanMs } from "./chunks.ts";
import { amplify, peakOf } from "./mix.ts";
import type { Moonshine } from "./moonshine.ts";
import { FRAME_MS, FRAME_SAMPLES, type Frames } from "./voice-runs.ts";

/** What was heard in a part of the recording. */
export type Heard = {
  text: string;
  frames: Frames;
  voiced: Frames[];
  /** Mean log-probability of the tokens. */
  logProbability: number;
  tokens: number;
  /** On the recording's clock; null where the model does not say. */
  words: SpeechWord[] | null;
};

/** A voice as sure as this was there: an empty answer is the model's mistake (digits over the telephone). */
const CERTAIN_VOICE = 0.6;
/**
 * Plucked strings pass for a voice, but not for a sure one, and give a few words ("One, two, three, four"). A guitar has
 * .73; speech has .84 and more, under loud noise .79, and then sentences come of it.
 */
const DOUBTFUL_VOICE = 0.76;
const FEW_TOKENS = 12;
const MIN_HALF_FRAMES = Math.floor(3000 / FRAME_MS);
/** Raised to a normal level first: the model was trained on no whispers. */
const QUIET_PEAK = 0.1;
const TARGET_PEAK = 0.5;
const MAX_GAIN = 100;

const clip = (parts: readonly Frames[], { start, end }: Frames): Frames[] =>
  parts
    .map((part) => ({ start: Math.max(part.start, start), end: Math.min(part.end, end) }))
    .filter((part) => part.end > part.start);

const partOf = (chunk: Chunk, frames: Frames): Chunk => {
  const offset = chunk.frames.start;
  const samples = chunk.samples.slice((frames.start - offset) * FRAME_SAMPLES, (frames.end - offset) * FRAME_SAMPLES);
  return { ...chunk, frames, samples, voiced: clip(chunk.voiced, frames) };
};

/** The middle of the pause nearest to the middle; the middle itself without a pause. */
const halvingFrame = ({ frames, voiced }: Chunk): number => {
  const middle = Math.floor((frames.start + frames.end) / 2);
  const pauses = voiced
    .slice(1)
    .map((part, index) => Math.floor(((voiced[index]?.end ?? part.start) + part.start) / 2));
  const inside = pauses.filter((at) => at - frames.start >= MIN_HALF_FRAMES && frames.end - at >= MIN_HALF_FRAMES);
  return inside.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0] ?? middle;
};

const halves = (chunk: Chunk): Chunk[] => {
  if (chunk.frames.end - chunk.frames.start < 2 * MIN_HALF_FRAMES) return [];
  const at = halvingFrame(chunk);
  const { start, end } = chunk.frames;
  return [partOf(chunk, { start, end: at }), { ...partOf(chunk, { start: at, end }), isAbrupt: false }];
};

export const onRecordingsClock = (words: readonly SpeechWord[], { frames }: Chunk): SpeechWord[] => {
  const { startMs: offsetMs } = spanMs(frames);
  return words.map((word) => ({ ...word, startMs: word.startMs + offsetMs, endMs: word.endMs + offsetMs }));
};

export const level = (samples: Float32Array): void => {
  const peak = peakOf(samples);
  if (peak > 0 && peak < QUIET_PEAK) amplify(samples, Math.min(MAX_GAIN, TARGET_PEAK / peak));
};

/**
 * Recognises a chunk. Where the model repeats itself or finds no end, both halves are tried once; what still loops
 * stays cut short. Chunks without a word give nothing, and few words of a doubtful voice count as none.
 */
export const hear = async (model: Pick<Moonshine, "recognise">, chunk: Chunk, mayHalve = true): Promise<Heard[]> => {
  level(chunk.samples);
  const recognition = await model.recognise(chunk.samples, {
    mayBeEmpty: chunk.voice <= CERTAIN_VOICE,
    isAbrupt: chunk.isAbrupt,
  });
  const { text, logProbability, tokens, ending, words } = recognition;
  const parts = ending !== "end" && mayHalve ? halves(chunk) : [];
  if (parts.length > 0) {
    const heard: Heard[] = [];
    for (const part of parts) heard.push(...(await hear(model, part, false)));
    return heard;
  }
  if (!/[\p{L}\p{N}]/u.test(text) || (chunk.voice < DOUBTFUL_VOICE && tokens < FEW_TOKENS)) return [];
  const timed = words === undefined || words === null ? null : onRecordingsClock(words, chunk);
  return [{ text, frames: chunk.frames, voiced: chunk.voiced, logProbability, tokens, words: timed }];
};
