import type { WordTiming } from "@phonoscene/contracts";

import type { SpeechSegment, SpeechWord } from "../port.ts";
import { alignUnits, type SpanMs, spokenWeight } from "./timing.ts";
import type { TokenWord } from "./tokens.ts";

/** Less voice than this at a word's edge is the neighbour's, heard across the pause between them. */
const MIN_VOICE_MS = 100;

/** Tokens that begin in the same frame share the time until the next one begins. */
const spread = (starts: readonly number[]): number[] =>
  starts.map((start, at) => {
    const first = starts.indexOf(start);
    const next = starts.findIndex((other) => other > start);
    const isLast = next === -1;
    const room = isLast ? 1 : (starts[next] ?? start) - start;
    return start + (room * (at - first)) / ((isLast ? starts.length : next) - first);
  });

export type TokenTimes = {
  /** The frame at which each token begins; one more than there are tokens: the end. */
  starts: readonly number[];
  frameMs: number;
  /** The model attends to a sound so much later than it begins. */
  lagMs: number;
  logProbabilities: readonly number[];
};

/** Words from the start of the samples, in order, none without a length; a word's confidence is the mean of its tokens'. */
export const timeWords = (words: readonly TokenWord[], times: TokenTimes): SpeechWord[] => {
  const { frameMs, lagMs, logProbabilities } = times;
  const starts = spread(times.starts);
  const momentOf = (token: number): number => Math.round((starts[token] ?? 0) * frameMs - lagMs);
  let earliestMs = 0;
  return words.map(({ text, start, end }) => {
    const startMs = Math.max(earliestMs, momentOf(start));
    const endMs = Math.max(startMs + 1, momentOf(end));
    earliestMs = endMs;
    const sum = logProbabilities.slice(start, end).reduce((total, logProbability) => total + logProbability, 0);
    return { text, startMs, endMs, confidence: Math.min(1, Math.exp(sum / (end - start))) };
  });
};

const partsWithin = (span: SpanMs, voiced: readonly SpanMs[]): SpanMs[] => {
  const parts = voiced
    .map(({ startMs, endMs }) => ({ startMs: Math.max(startMs, span.startMs), endMs: Math.min(endMs, span.endMs) }))
    .filter(({ startMs, endMs }) => endMs > startMs);
  return parts.length > 0 ? parts : [{ startMs: span.startMs, endMs: span.endMs }];
};

/** A word begins and ends with a voice: the pause before or after it is not its own. */
const withinVoice = (word: SpeechWord, voiced: readonly SpanMs[]): SpeechWord => {
  const parts = partsWithin(word, voiced);
  const long = parts.filter(({ startMs, endMs }) => endMs - startMs > MIN_VOICE_MS);
  const longest = parts.toSorted((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs)).slice(0, 1);
  const kept = long.length > 0 ? long : longest;
  return { ...word, startMs: kept[0]?.startMs ?? word.startMs, endMs: kept.at(-1)?.endMs ?? word.endMs };
};

/** Words, in order, on the clock of `voiced`: each is cut to where there is a voice. */
export const cutToVoice = (words: readonly SpeechWord[], voiced: readonly SpanMs[]): SpeechWord[] =>
  words.map((word) => withinVoice(word, voiced));

/**
 * The words of a stretch by their lengths over its time with a voice: half a second off where it is long and has no pause.
 * Such words have no confidence of their own.
 */
export const interpolateWords = (stretch: SpanMs & { text: string }, voiced: readonly SpanMs[]): SpeechWord[] => {
  const texts = stretch.text.split(/\s+/).filter((word) => word !== "");
  const times = texts.length === 0 ? [] : alignUnits(texts.map(spokenWeight), partsWithin(stretch, voiced));
  return texts.map((text, at) => ({
    text,
    startMs: Math.round(times[at]?.startMs ?? stretch.startMs),
    endMs: Math.round(times[at]?.endMs ?? stretch.endMs),
    confidence: null,
  }));
};

/** How the local engine found the times: the least exact way of any word. */
export const wordTimingOf = (segments: readonly SpeechSegment[]): WordTiming =>
  segments.every(({ words }) => words?.every(({ confidence }) => confidence !== null)) ? "attention" : "interpolated";
