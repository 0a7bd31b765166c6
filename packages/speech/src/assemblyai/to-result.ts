import { AppError } from "@phonoscene/kernel";

import type { SpeechResult, SpeechSegment } from "../port.ts";
import { groupWords, joinWords, type TimedWord } from "../sentences.ts";
import type { Transcript, Word } from "./client.ts";
import { fromProviderLanguage } from "./languages.ts";

type SureWord = TimedWord & { confidence: number | null };

const toWord = ({ text, start, end, confidence }: Word): SureWord => ({
  text,
  startMs: start,
  endMs: Math.max(start, end),
  confidence: confidence ?? null,
});

const meanConfidence = (words: readonly SureWord[]): number | null => {
  const known = words.map(({ confidence }) => confidence).filter((confidence) => confidence !== null);
  return known.length === 0 ? null : known.reduce((sum, confidence) => sum + confidence, 0) / known.length;
};

/** Words of several speakers may overlap: a segment begins no earlier than the one before it ends. */
const toSegments = (words: readonly SureWord[]): SpeechSegment[] => {
  let earliestMs = 0;
  return groupWords(words).map((unit) => {
    const startMs = Math.round(Math.max(earliestMs, unit[0]?.startMs ?? 0));
    const endMs = Math.round(Math.max(startMs + 1, ...unit.map((word) => word.endMs)));
    earliestMs = endMs;
    return { startMs, endMs, text: joinWords(unit), confidence: meanConfidence(unit) };
  });
};

/**
 * A completed transcript as sentences.
 * @throws AppError "no_speech" where it has no words.
 */
export const toResult = (transcript: Transcript, engine: string): SpeechResult => {
  const words = (transcript.words ?? []).filter(({ text }) => text.trim() !== "").map(toWord);
  const segments = toSegments(words.sort((a, b) => a.startMs - b.startMs));
  if (segments.length === 0) {
    const detail = "AssemblyAI found no speech in the recording: send one in which somebody speaks.";
    throw new AppError("no_speech", { detail });
  }
  // Whole seconds, rounded: the last word may end behind it.
  const durationMs = Math.max((transcript.audio_duration ?? 0) * 1000, segments.at(-1)?.endMs ?? 0);
  const model = transcript.speech_model_used;
  return {
    language: fromProviderLanguage(transcript.language_code ?? "und"),
    durationMs: Math.round(durationMs),
    segments,
    engine: model === null || model === undefined ? engine : `${engine}/${model}`,
    warnings: [],
  };
};
