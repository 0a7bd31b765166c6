import type { ProblemCode } from "@phonoscene/contracts";

import type { ModelFile } from "../models/registry.ts";
import type { SpeechSegment, SpeechWord } from "../port.ts";
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

export type MoonshineJob = { model: ModelName; modelDir: string | undefined };

/** What a recognition process is told, once. */
export type LocalJob = {
  filePath: string;
  ffmpegPath: string | undefined;
  maxDurationMs: number;
  /** What an earlier attempt heard: chunks with the same bounds are not heard again. */
  known: HeardChunk[];
  /** What is said, chunk by chunk: it is placed, and nothing is recognised. */
  given?: GivenChunk[];
} & (MoonshineJob | { whisper: WhisperJob });

/** The words of one chunk of the recording, roughly where they are. */
export type GivenChunk = { startMs: number; endMs: number; words: SpeechWord[] };

/** How sure the recogniser was of one stretch of speech. */
export type Evidence = {
  tokens: number;
  /** Mean of the tokens', <= 0. */
  logProbability: number;
};

/** What was heard in one chunk of the recording. */
export type HeardChunk = {
  startMs: number;
  endMs: number;
  segments: SpeechSegment[];
  evidence: Evidence[];
  /** What the recording is in, by all that was heard up to here; null where that was not looked for. */
  language: DetectedLanguage | null;
};

export type LocalSummary = {
  durationMs: number;
  /** The file ends too early. */
  isTruncated: boolean;
};

/** What a recognition process says: chunks and progress as they come, then `done` or `failed`, then nothing. */
export type LocalMessage =
  | { type: "heard"; chunk: HeardChunk }
  | { type: "progress"; fraction: number }
  | ({ type: "done" } & LocalSummary)
  | { type: "failed"; code: ProblemCode; detail: string; trace: string };
