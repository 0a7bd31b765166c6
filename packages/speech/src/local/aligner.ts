import type { Warning } from "@phonoscene/contracts";

import type { AlignmentRequest, SpeechAligner, SpeechResult, SpeechSegment, SpeechWord } from "../port.ts";
import { onlyRising } from "../rising.ts";
import { groupWords, joinWords } from "../sentences.ts";
import { hearRecording, localEngineName, type LocalSpeechConfig, wordsWithin } from "./engine.ts";
import { placeRoughly } from "./given-words.ts";
import type { GivenChunk, HeardChunk } from "./messages.ts";
import { runChild } from "./run-child.ts";

/** Recognising takes this much of the time; placing the rest. */
const HEARING_SHARE = 0.75;
/** Recognisers change one word in ten at worst, texts that belong to the recording some more. */
const LEAST_HEARD_SHARE = 0.5;

const MISMATCH: Warning = {
  code: "transcript_mismatch",
  message:
    "Most of the given words were not heard in the recording: their times are guesses. Check that the two belong together, or leave the transcript out to have the recording heard.",
};

const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/** Each word goes to the last chunk that begins before the word's middle. */
const toChunks = (words: readonly SpeechWord[], heard: readonly HeardChunk[]): GivenChunk[] => {
  const chunks = heard.map(({ startMs, endMs }): GivenChunk => ({ startMs, endMs, words: [] }));
  let at = 0;
  for (const word of words) {
    while ((chunks[at + 1]?.startMs ?? Number.POSITIVE_INFINITY) <= (word.startMs + word.endMs) / 2) at += 1;
    chunks[at]?.words.push(word);
  }
  return chunks;
};

const wordsIn = (segments: readonly SpeechSegment[]): SpeechWord[] => segments.flatMap(({ words }) => words ?? []);

const meanConfidence = (words: readonly SpeechWord[]): number | null => {
  const known = words.flatMap(({ confidence }) => (confidence === null ? [] : [confidence]));
  return known.length === 0 ? null : known.reduce((sum, confidence) => sum + confidence, 0) / known.length;
};

const toSegment = (words: SpeechWord[], text: string): SpeechSegment => ({
  startMs: words[0]?.startMs ?? 0,
  endMs: words.at(-1)?.endMs ?? 0,
  text,
  confidence: meanConfidence(words),
  words,
});

/** The given stretches with their words; a single one is cut into sentences. */
const toSegments = (given: AlignmentRequest["given"], words: readonly SpeechWord[]): SpeechSegment[] => {
  if (given.length === 1) return groupWords(words).map((unit) => toSegment(unit, joinWords(unit)));
  let next = 0;
  return given.map(({ text }) => {
    const from = next;
    next += wordsOf(text).length;
    return toSegment(words.slice(from, next), text);
  });
};

/** No word that was given is lost: a stretch without a time of its own gets a millisecond. */
const inOrder = (segments: readonly SpeechSegment[]): SpeechSegment[] => {
  let earliestMs = 0;
  return segments.map((segment) => {
    const startMs = Math.max(earliestMs, segment.startMs);
    const endMs = Math.max(startMs + 1, segment.endMs);
    earliestMs = endMs;
    return { ...segment, startMs, endMs, words: wordsWithin(segment, { startMs, endMs }) };
  });
};

/**
 * Finds given English words in their recording, on this machine. The recording is recognised first, which tells in which
 * stretch of at most 28 s each word is, and where. Stretches in which something else was heard than is given are read once
 * more: the model writes the given words, and the times are those of what it attends to.
 */
export const createLocalAligner = (config: LocalSpeechConfig): SpeechAligner => ({
  align: async ({ given, ...request }): Promise<SpeechResult> => {
    const rise = onlyRising(request.onProgress);
    const hearing = { ...request, onProgress: (fraction: number) => rise(fraction * HEARING_SHARE) };
    const { chunks, durationMs, warnings } = await hearRecording(config, hearing);
    const rough = placeRoughly(
      given.flatMap(({ text }) => wordsOf(text)),
      chunks.flatMap(({ segments }) => wordsIn(segments)),
    );
    const { model, modelDir, ffmpegPath, maxDurationMs, logger } = config;
    const job = { filePath: request.filePath, model, modelDir, ffmpegPath, maxDurationMs, known: [] };
    const spoken = toChunks(rough.words, chunks);
    const unsure = spoken.filter(({ words }) => words.some(({ confidence }) => confidence === null));
    const placed = new Map<number, SpeechWord[]>();
    if (unsure.length > 0) {
      await runChild(
        { ...job, given: unsure },
        {
          signal: request.signal,
          logger,
          onHeard: ({ startMs, segments }) => placed.set(startMs, wordsIn(segments)),
          onProgress: (fraction) => rise(HEARING_SHARE + fraction * (1 - HEARING_SHARE)),
        },
      );
    }
    const words = spoken.flatMap((chunk) => {
      const found = placed.get(chunk.startMs) ?? [];
      return found.length > 0 ? found : chunk.words;
    });
    rise(1);
    return {
      language: request.language === "auto" ? "en" : request.language,
      durationMs,
      wordTiming: "aligned",
      segments: inOrder(toSegments(given, words)),
      engine: localEngineName(config),
      warnings: rough.heardShare < LEAST_HEARD_SHARE ? [...warnings, MISMATCH] : warnings,
    };
  },
});
