import type { SpeechSegment, SpeechWord } from "../port.ts";
import { groupWords, joinWords, type TimedWord } from "../sentences.ts";
import { spanMs } from "./chunks.ts";
import type { Heard } from "./recogniser.ts";
import { alignUnits, spokenWeight } from "./timing.ts";
import { cutToVoice, interpolateWords } from "./word-times.ts";

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
  const spans = (voiced.length > 0 ? voiced : [frames]).map(spanMs);
  if (words !== null) return fromWords(cutToVoice(words, spans), Math.exp(logProbability));
  const voicedMs = spans.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  const units = groupWords(toWords(text, voicedMs));
  const times = alignUnits(
    units.map((unit) => unit.reduce((sum, { weight }) => sum + weight, 0)),
    spans,
  );
  return units.map((unit, index) => {
    const { startMs = 0, endMs = 0 } = times[index] ?? {};
    const segment = { startMs: Math.round(startMs), endMs: Math.round(endMs), text: joinWords(unit) };
    return { ...segment, confidence: Math.exp(logProbability), words: interpolateWords(segment, spans) };
  });
};
