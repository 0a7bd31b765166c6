import { alignUnits, type SpanMs, spokenWeight } from "../local/timing.ts";
import type { SpeechSegment, SpeechWord } from "../port.ts";
import { groupWords, joinWords } from "../sentences.ts";
import type { Transcription } from "./client.ts";

type Span = { startMs: number; endMs: number };
type Heard = NonNullable<Transcription["segments"]>[number];
type TimedToken = SpeechWord & { isTimed: boolean };

/** Whisper's own rule for silence that it wrote something into. */
const NO_SPEECH = 0.6;
const UNSURE_LOG_PROBABILITY = -1;

const isInvented = ({ no_speech_prob: noSpeech, avg_logprob: sure }: Heard): boolean =>
  (noSpeech ?? 0) > NO_SPEECH && (sure ?? 0) < UNSURE_LOG_PROBABILITY;

const tokensOf = (text: string): string[] => text.split(/\s+/).filter((token) => token !== "");

/** Tokens share a span by how long they take to say. */
const share = (tokens: readonly string[], spans: readonly SpanMs[], confidence: number | null): TimedToken[] => {
  const times = tokens.length === 0 ? [] : alignUnits(tokens.map(spokenWeight), spans);
  return tokens.map((text, index) => {
    const { startMs = 0, endMs = 0 } = times[index] ?? {};
    return { text, startMs: Math.round(startMs), endMs: Math.round(endMs), confidence, isTimed: false };
  });
};

/** The model's words have times and no punctuation, its segments punctuation: matched where they are as many. */
const tokensIn = (heard: Heard, words: NonNullable<Transcription["words"]>, offsetMs: number): TimedToken[] => {
  const tokens = tokensOf(heard.text);
  const logProbability = heard.avg_logprob;
  const confidence =
    logProbability === null || logProbability === undefined ? null : Math.min(1, Math.exp(logProbability));
  const inside = words.filter(({ start, end }) => {
    const middle = (start + end) / 2;
    return middle >= heard.start && middle < heard.end;
  });
  const at = (seconds: number): number => Math.round(offsetMs + seconds * 1000);
  if (inside.length !== tokens.length) {
    const span = { startMs: at(heard.start), endMs: Math.max(at(heard.start) + 1, at(heard.end)) };
    return share(tokens, [span], confidence);
  }
  return tokens.map((text, index) => {
    const { start = heard.start, end = heard.end } = inside[index] ?? {};
    return { text, startMs: at(start), endMs: at(Math.max(start, end)), confidence, isTimed: true };
  });
};

const mean = (words: readonly SpeechWord[]): number | null => {
  const known = words.map(({ confidence }) => confidence).filter((confidence) => confidence !== null);
  return known.length === 0 ? null : known.reduce((sum, confidence) => sum + confidence, 0) / known.length;
};

/** In order, not overlapping, within the piece. */
const inOrder = (units: readonly TimedToken[][], piece: Span): SpeechSegment[] => {
  let earliestMs = piece.startMs;
  return units.flatMap((unit) => {
    const startMs = Math.min(piece.endMs, Math.max(earliestMs, unit[0]?.startMs ?? 0));
    const endMs = Math.min(piece.endMs, Math.max(startMs + 1, ...unit.map((token) => token.endMs)));
    if (endMs <= startMs) return [];
    earliestMs = endMs;
    const words = unit.every(({ isTimed }) => isTimed)
      ? unit.map(({ isTimed: _isTimed, ...word }) => ({ ...word, confidence: null }))
      : null;
    return [{ startMs, endMs, text: joinWords(unit), confidence: mean(unit), words }];
  });
};

/**
 * An answer as sentences on the recording's clock.
 * @param piece what was sent, and where it has a voice: the clock of an answer without times.
 */
export const toSegments = (answer: Transcription, piece: Span & { voiced: readonly SpanMs[] }): SpeechSegment[] => {
  const heard = answer.segments ?? [];
  const tokens =
    heard.length === 0
      ? share(tokensOf(answer.text), piece.voiced, null)
      : heard.filter((one) => !isInvented(one)).flatMap((one) => tokensIn(one, answer.words ?? [], piece.startMs));
  const spoken = tokens.some(({ text }) => /[\p{L}\p{N}]/u.test(text)) ? tokens : [];
  return inOrder(groupWords(spoken), piece);
};
