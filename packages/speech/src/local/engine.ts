import type { Warning } from "@phonoscene/contracts";
import type { Logger } from "@phonoscene/kernel";

import type { SpeechEngine, SpeechRequest, SpeechResult, SpeechSegment, SpeechWord } from "../port.ts";
import { onlyRising } from "../rising.ts";
import { hearInChild } from "./hear-in-child.ts";
import { doubtLanguage, isHopeless, refuseLanguage, uncertainLanguage } from "./language-doubt.ts";
import type { Evidence, HeardChunk } from "./messages.ts";
import type { ModelName } from "./model-files.ts";
import type { SpanMs } from "./timing.ts";
import { wordTimingOf } from "./word-times.ts";

export type LocalSpeechConfig = {
  /** `tiny` is twice as fast and makes a third more mistakes. */
  model: ModelName;
  /** A folder with `base/` or `tiny/` in place of the weights that come with the package. */
  modelDir?: string;
  /** In place of the ffmpeg on PATH. */
  ffmpegPath?: string;
  maxDurationMs: number;
  /** How often what was heard is kept over restarts; 10 s unless told. */
  saveEveryMs?: number;
  logger?: Logger;
};

/** Changes when the same recording would be cut or heard otherwise: what was kept before is then of no use. */
const HEARING = "4";

export const TRUNCATED: Warning = {
  code: "audio_truncated",
  message: "The recording ends in the middle: what could be read was used. Send the whole file for the rest.",
};

/** A segment's words, none outside of it. */
export const wordsWithin = ({ words = null }: SpeechSegment, { startMs, endMs }: SpanMs): SpeechWord[] | null =>
  words &&
  words.map((word) => ({
    ...word,
    startMs: Math.min(endMs, Math.max(startMs, word.startMs)),
    endMs: Math.min(endMs, Math.max(startMs, word.endMs)),
  }));

/** Rounding must not let a segment begin before the last one's end, or end after the recording. */
export const inOrder = (segments: readonly SpeechSegment[], durationMs: number): SpeechSegment[] => {
  let earliestMs = 0;
  const ordered: SpeechSegment[] = [];
  for (const segment of segments) {
    const startMs = Math.min(durationMs, Math.max(earliestMs, segment.startMs));
    const endMs = Math.min(durationMs, Math.max(startMs, segment.endMs));
    if (endMs > startMs) ordered.push({ ...segment, startMs, endMs, words: wordsWithin(segment, { startMs, endMs }) });
    earliestMs = endMs;
  }
  return ordered;
};

export const localEngineName = ({ model }: LocalSpeechConfig): string => `local/moonshine-${model}`;

const evidenceOf = (chunks: readonly HeardChunk[]): Evidence[] => chunks.flatMap(({ evidence }) => evidence);

export type HeardRecording = {
  chunks: HeardChunk[];
  durationMs: number;
  warnings: Warning[];
};

type Hearing = Pick<SpeechRequest, "filePath" | "language" | "signal" | "pieces" | "onProgress">;

/** Hears a recording, chunk by chunk, and keeps what is heard. @throws as `SpeechEngine` does. */
export const hearRecording = async (config: LocalSpeechConfig, request: Hearing): Promise<HeardRecording> => {
  const { model, modelDir, ffmpegPath, maxDurationMs, saveEveryMs, logger } = config;
  const { filePath, language, signal, pieces, onProgress } = request;
  signal.throwIfAborted();
  refuseLanguage(language);
  const { chunks, summary } = await hearInChild(
    { filePath, model, modelDir, ffmpegPath, maxDurationMs },
    {
      engine: `${localEngineName(config)}, ${HEARING}`,
      pieces,
      saveEveryMs,
      signal,
      logger,
      onProgress,
      giveUp: (heard) => (language === "auto" && isHopeless(evidenceOf(heard)) ? uncertainLanguage() : null),
    },
  );
  return {
    chunks,
    durationMs: summary.durationMs,
    warnings: [...(summary.isTruncated ? [TRUNCATED] : []), ...doubtLanguage(model, language, evidenceOf(chunks))],
  };
};

/**
 * English speech on this machine, without the internet: Moonshine (MIT) through ONNX Runtime, in a process a recording.
 * Takes `auto` and `en`; base needs .1 of the recording's time of one core, tiny .06, and 370-730 MB.
 */
export const createLocalSpeechEngine = (config: LocalSpeechConfig): SpeechEngine<SpeechResult> => {
  const name = localEngineName(config);
  return {
    name,
    transcribe: async (request): Promise<SpeechResult> => {
      const rise = onlyRising(request.onProgress);
      const { chunks, durationMs, warnings } = await hearRecording(config, { ...request, onProgress: rise });
      const segments = chunks.flatMap((chunk) => chunk.segments);
      rise(1);
      return {
        language: request.language === "auto" ? "en" : request.language,
        durationMs,
        wordTiming: wordTimingOf(segments),
        segments: inOrder(segments, durationMs),
        engine: name,
        warnings,
      };
    },
  };
};
