import type { Warning } from "@phonoscene/contracts";
import type { Logger } from "@phonoscene/kernel";

import type { SpeechEngine, SpeechRequest, SpeechResult, SpeechSegment, SpeechWord } from "../port.ts";
import { onlyRising } from "../rising.ts";
import { keepChunks } from "./kept-chunks.ts";
import { doubtLanguage, isHopeless, refuseLanguage, uncertainLanguage } from "./language-doubt.ts";
import type { Evidence, HeardChunk, LocalSummary } from "./messages.ts";
import type { ModelName } from "./model-files.ts";
import { runChild } from "./run-child.ts";
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
const HEARING = "2";

const TRUNCATED: Warning = {
  code: "audio_truncated",
  message: "The recording ends in the middle: what could be read was used. Send the whole file for the rest.",
};

const wordsWithin = ({ words = null }: SpeechSegment, { startMs, endMs }: SpanMs): SpeechWord[] | null =>
  words &&
  words.map((word) => ({
    ...word,
    startMs: Math.min(endMs, Math.max(startMs, word.startMs)),
    endMs: Math.min(endMs, Math.max(startMs, word.endMs)),
  }));

/** Rounding must not let a segment begin before the last one's end, or end after the recording. */
const inOrder = (segments: readonly SpeechSegment[], durationMs: number): SpeechSegment[] => {
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

const evidenceOf = (chunks: readonly HeardChunk[]): Evidence[] => chunks.flatMap(({ evidence }) => evidence);

type Heard = { chunks: HeardChunk[]; summary: LocalSummary };

/** Hears what was not heard before, and keeps it; ends early where it is plain that nothing will come of it. */
const hearRecording = async (config: LocalSpeechConfig, name: string, request: SpeechRequest): Promise<Heard> => {
  const { model, modelDir, ffmpegPath, maxDurationMs, saveEveryMs, logger } = config;
  const { filePath, language, pieces, onProgress } = request;
  const keeper = await keepChunks(pieces, `${name}, ${HEARING}`, saveEveryMs);
  const chunks: HeardChunk[] = [];
  const hopeless = new AbortController();
  const job = { filePath, model, modelDir, ffmpegPath, maxDurationMs, known: keeper.known };
  const summary = await runChild(job, {
    signal: AbortSignal.any([request.signal, keeper.failed, hopeless.signal]),
    logger,
    onHeard: (chunk) => {
      chunks.push(chunk);
      keeper.add(chunk);
      if (language === "auto" && isHopeless(evidenceOf(chunks))) hopeless.abort(uncertainLanguage());
    },
    onProgress,
  });
  await keeper.settled();
  keeper.failed.throwIfAborted();
  return { chunks, summary };
};

/**
 * English speech on this machine, without the internet: Moonshine (MIT) through ONNX Runtime, in a process a recording.
 * Takes `auto` and `en`; base needs .06 of the recording's time on one core, tiny .035, and 470-570 MB.
 */
export const createLocalSpeechEngine = (config: LocalSpeechConfig): SpeechEngine<SpeechResult> => {
  const name = `local/moonshine-${config.model}`;
  return {
    name,
    transcribe: async (request): Promise<SpeechResult> => {
      const { language, signal } = request;
      signal.throwIfAborted();
      refuseLanguage(language);
      const onProgress = onlyRising(request.onProgress);
      const { chunks, summary } = await hearRecording(config, name, { ...request, onProgress });
      const doubts = doubtLanguage(language, evidenceOf(chunks));
      const segments = chunks.flatMap((chunk) => chunk.segments);
      onProgress(1);
      return {
        language: language === "auto" ? "en" : language,
        durationMs: summary.durationMs,
        wordTiming: wordTimingOf(segments),
        segments: inOrder(segments, summary.durationMs),
        engine: name,
        warnings: [...(summary.isTruncated ? [TRUNCATED] : []), ...doubts],
      };
    },
  };
};
