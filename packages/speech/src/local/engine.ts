import type { Warning } from "@phonoscene/contracts";
import { AppError, type Logger } from "@phonoscene/kernel";

import type { SpeechEngine, SpeechResult, SpeechSegment } from "../port.ts";
import { onlyRising } from "../rising.ts";
import type { LocalSummary } from "./messages.ts";
import type { ModelName } from "./model-files.ts";
import { runChild } from "./run-child.ts";

export type LocalSpeechConfig = {
  /** `tiny` is twice as fast and makes a third more mistakes. */
  model: ModelName;
  /** A folder with `base/` or `tiny/` in place of the weights that come with the package. */
  modelDir?: string;
  /** In place of the ffmpeg on PATH. */
  ffmpegPath?: string;
  maxDurationMs: number;
  logger?: Logger;
};

/** Clean English has a median of -.08, hard English -.4 and below; other languages mostly -.4 to -1.6. */
const DOUBTFUL_LOG_PROBABILITY = -0.45;

const refuseLanguage = (language: string): void => {
  if (/^(auto|en(-.*)?)$/i.test(language)) return;
  throw new AppError("language_unsupported", {
    detail: `The speech engine on this machine knows English only, not "${language}": set SPEECH_ENGINE=whisper, which knows 99 languages and stays on this machine, or ASSEMBLYAI_API_KEY (and SPEECH_ENGINE=assemblyai), or send the text.`,
  });
};

export const truncationWarnings = ({ isTruncated }: LocalSummary): Warning[] => {
  const message = "The recording ends in the middle: what could be read was used. Send the whole file for the rest.";
  return isTruncated ? [{ code: "audio_truncated", message }] : [];
};

const warningsFor = (language: string, summary: LocalSummary): Warning[] => {
  const { medianLogProbability } = summary;
  const warnings = truncationWarnings(summary);
  if (language === "auto" && medianLogProbability < DOUBTFUL_LOG_PROBABILITY) {
    const message =
      "The recogniser was unsure: the speech is possibly not English, or hard to hear. Check the transcript; other languages need SPEECH_ENGINE=whisper or ASSEMBLYAI_API_KEY.";
    warnings.push({ code: "language_low_confidence", message });
  }
  return warnings;
};

/** Rounding must not let a segment begin before the last one's end, or end after the recording. */
export const inOrder = (segments: readonly SpeechSegment[], durationMs: number): SpeechSegment[] => {
  let earliestMs = 0;
  const ordered: SpeechSegment[] = [];
  for (const segment of segments) {
    const startMs = Math.min(durationMs, Math.max(earliestMs, segment.startMs));
    const endMs = Math.min(durationMs, Math.max(startMs, segment.endMs));
    if (endMs > startMs) ordered.push({ ...segment, startMs, endMs });
    earliestMs = endMs;
  }
  return ordered;
};

/**
 * English speech on this machine, without the internet: Moonshine (MIT) through ONNX Runtime, in a process a recording.
 * Takes `auto` and `en`; base needs .06 of the recording's time on one core, tiny .035, and 470-570 MB.
 */
export const createLocalSpeechEngine = (config: LocalSpeechConfig): SpeechEngine<SpeechResult> => {
  const { model, modelDir, ffmpegPath, maxDurationMs, logger } = config;
  const name = `local/moonshine-${model}`;
  return {
    name,
    transcribe: async ({ filePath, language, signal, onProgress }): Promise<SpeechResult> => {
      signal.throwIfAborted();
      refuseLanguage(language);
      const rise = onlyRising(onProgress);
      const segments: SpeechSegment[] = [];
      const job = { filePath, model, modelDir, ffmpegPath, maxDurationMs };
      const summary = await runChild(job, {
        signal,
        logger,
        onSegments: (more) => segments.push(...more),
        onProgress: rise,
      });
      rise(1);
      return {
        language: language === "auto" ? "en" : language,
        durationMs: summary.durationMs,
        segments: inOrder(segments, summary.durationMs),
        engine: name,
        warnings: warningsFor(language, summary),
      };
    },
  };
};
