import type { ProblemCode } from "@phonoscene/contracts";

import type { ModelFile } from "../models/registry.ts";
import type { SpeechSegment } from "../port.ts";
import type { ModelName } from "./model-files.ts";

export type WhisperJob = {
  folder: string;
  /** Verified before they are loaded; none for a folder of somebody's own. */
  files: readonly ModelFile[];
  /** What to do about a file that is missing or damaged. */
  repair: string;
  /** What Whisper calls it; null to find out. */
  language: string | null;
};

/** A BCP 47 tag, and how sure the model is of it, 0..1. */
export type DetectedLanguage = { tag: string; probability: number };

/** What a recognition process is told, once. */
export type LocalJob = {
  filePath: string;
  ffmpegPath: string | undefined;
  maxDurationMs: number;
} & ({ model: ModelName; modelDir: string | undefined } | { whisper: WhisperJob });

export type LocalSummary = {
  durationMs: number;
  /** The file ends too early. */
  isTruncated: boolean;
  /** Of the chunks' mean log-probabilities: how sure the recogniser was of the whole. */
  medianLogProbability: number;
  /** Null where the model does not look for it. */
  language: DetectedLanguage | null;
};

/** What a recognition process says: segments and progress as they come, then `done` or `failed`, then nothing. */
export type LocalMessage =
  | { type: "segments"; segments: SpeechSegment[] }
  | { type: "progress"; fraction: number }
  | ({ type: "done" } & LocalSummary)
  | { type: "failed"; code: ProblemCode; detail: string; trace: string };
