import type { SpeechSegment, SpeechWord } from "../port.ts";
import { groupWords, joinWords, type TimedWord } from "../sentences.ts";
import { spanMs } from "./chunks.ts";
import type { Heard } from "./recogniser.ts";
import { alignUnits, spokenWeight } from "./timing.ts";

type WeighedWord = TimedWord & { weight: number };

/** Words on a clock that counts only voiced time: enough to see which sentences are long. */
const toWords = (text: string, voicedMs: number): WeighedWord[] => {
  const weighed = text
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => ({ text: word, weight: spokenWeight(word) }));
  const perWeight = voicedMs / weighed.reduce((sum, { weight }) => sum + weight, 0);
  let elapsedMs = 0;
  return weighed.map(({ text, weight }) => {
    const startMs = elapsedMs;
    elapsedMs += weight * perWeight;
    return { text, weight, startMs, endMs: elapsedMs };
  });
};

/** Words with times of their own say where the sentences are. */
const fromWords = (words: readonly SpeechWord[], confidence: number): SpeechSegment[] =>
  groupWords(words).map((unit) => ({
    startMs: unit[0]?.startMs ?? 0,
    endMs: unit.at(-1)?.endMs ?? 0,
    text: joinWords(unit),
    confidence,
    words: unit,
  }));

/** Cuts what was heard into timed sentences, in order. */
export const toSegments = ({ text, frames, voiced, logProbability, words }: Heard): SpeechSegment[] => {
  if (words !== null && words.length > 0) return fromWords(words, Math.exp(logProbability));
  const spans = (voiced.length > 0 ? voiced : [frames]).map(spanMs);
  const voicedMs = spans.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  const units = groupWords(toWords(text, voicedMs));
  const times = alignUnits(
    units.map((unit) => unit.reduce((sum, { weight }) => sum + weight, 0)),
    spans,
  );
  return units.map((unit, index) => ({
    startMs: Math.round(times[index]?.startMs ?? 0),
    endMs: Math.round(times[index]?.endMs ?? 0),
    text: joinWords(unit),
    confidence: Math.exp(logProbability),
  }));
};
