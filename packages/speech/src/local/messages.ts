import type { ProblemCode } from "@phonoscene/contracts";

import type { SpeechSegment } from "../port.ts";
import type { ModelName } from "./model-files.ts";

/** What a recognition process is told, once. */
export type LocalJob = {
  filePath: string;
  model: ModelName;
  modelDir: string | undefined;
  ffmpegPath: string | undefined;
  maxDurationMs: number;
};

export type LocalSummary = {
  durationMs: number;
  /** The file ends too early. */
  isTruncated: boolean;
  /** Of the chunks' mean log-probabilities: how sure the recogniser was of the whole. */
  medianLogProbability: number;
};

/** What a recognition process says: segments and progress as they come, then `done` or `failed`, then nothing. */
export type LocalMessage =
  | { type: "segments"; segments: SpeechSegment[] }
  | { type: "progress"; fraction: number }
  | ({ type: "done" } & LocalSummary)
  | { type: "failed"; code: ProblemCode; detail: string; trace: string };
