import { AppError } from "@phonoscene/kernel";

import type { SpeechResult, SpeechSegment } from "../port.ts";
import { groupWords, joinWords, type TimedWord } from "../sentences.ts";
import type { Transcript, Word } from "./client.ts";
import { fromProviderLanguage } from "./languages.ts";

type SureWord = TimedWord & { confidence: number | null; speaker: string | null };

const toWord = ({ text, start, end, confidence, speaker }: Word): SureWord => ({
  text,
  startMs: Math.round(start),
  endMs: Math.round(Math.max(start, end)),
  confidence: confidence ?? null,
  speaker: speaker ?? null,
});

const meanConfidence = (words: readonly SureWord[]): number | null => {
  const known = words.map(({ confidence }) => confidence).filter((confidence) => confidence !== null);
  return known.length === 0 ? null : known.reduce((sum, confidence) => sum + confidence, 0) / known.length;
};

/** Runs of one speaker's words: a segment has one speaker. */
const turnsOf = (words: readonly SureWord[]): SureWord[][] => {
  const turns: SureWord[][] = [];
  for (const word of words) {
    const turn = turns.at(-1);
    if (turn?.[0]?.speaker === word.speaker) turn.push(word);
    else turns.push([word]);
  }
  return turns;
};

/** Words of several speakers may overlap: a segment begins no earlier than the one before it ends. */
const toSegments = (words: readonly SureWord[]): SpeechSegment[] => {
  let earliestMs = 0;
  return turnsOf(words)
    .flatMap((turn) => groupWords(turn))
    .map((unit) => {
      const startMs = Math.round(Math.max(earliestMs, unit[0]?.startMs ?? 0));
      const endMs = Math.round(Math.max(startMs + 1, ...unit.map((word) => word.endMs)));
      earliestMs = endMs;
      return {
        startMs,
        endMs,
        text: joinWords(unit),
        confidence: meanConfidence(unit),
        speaker: unit[0]?.speaker ?? null,
        words: unit.map(({ speaker: _speaker, ...word }) => word),
      };
    });
};

export type Limits = {
  /** Of a language that the provider found out, 0..1; null where it was told. */
  languageConfidence: number | null;
  maxDurationMs: number;
};

const refuse = (transcript: Transcript, { languageConfidence, maxDurationMs }: Limits): void => {
  if ((transcript.audio_duration ?? 0) * 1000 > maxDurationMs) {
    const detail = `The recording is longer than ${Math.floor(maxDurationMs / 60_000)} minutes: cut it into parts and send each.`;
    throw new AppError("audio_too_long", { detail });
  }
  const found = transcript.language_confidence;
  if (languageConfidence === null || found === null || found === undefined || found >= languageConfidence) return;
  const detail = `The language is ${fromProviderLanguage(transcript.language_code ?? "und")} with a confidence of ${found.toFixed(2)} only: name it (language=en, for example) in place of auto.`;
  throw new AppError("language_uncertain", { detail });
};

/**
 * A completed transcript as sentences.
 * @throws AppError "no_speech" where it has no words, "audio_too_long", "language_uncertain".
 */
export const toResult = (transcript: Transcript, engine: string, limits: Limits): SpeechResult => {
  refuse(transcript, limits);
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
    wordTiming: "provider",
    segments,
    engine: model === null || model === undefined ? engine : `${engine}/${model}`,
    warnings: [],
  };
};
