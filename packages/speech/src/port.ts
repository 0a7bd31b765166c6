import type { Warning } from "@phonoscene/contracts";

/** A stretch of speech with its words; times in milliseconds from the start of the audio. */
export type SpeechSegment = {
  startMs: number;
  endMs: number;
  text: string;
  /** 0..1, or null where the engine does not say. */
  confidence: number | null;
};

export type SpeechResult = {
  /** BCP 47 tag of what was spoken. */
  language: string;
  durationMs: number;
  /** Ordered, not overlapping, within the duration. */
  segments: SpeechSegment[];
  /** Engine and model, such as `local/moonshine-base`. */
  engine: string;
  warnings: Warning[];
};

export type SpeechRequest = {
  /** A file on this machine, made by us; never a string from a caller. */
  filePath: string;
  /** `auto` or a BCP 47 tag. */
  language: string;
  /** The provider's id of an earlier attempt: resumed, not paid for twice. */
  providerJobId: string | null;
  /** Must be stored before the engine goes on: called before the first poll. */
  onProviderJobId(id: string): Promise<void>;
  /** Fraction done, 0..1, never decreasing. */
  onProgress(fraction: number): void;
  signal: AbortSignal;
};

/** Turns a recording into timed words. */
export type SpeechEngine = {
  name: string;
  /** @throws AppError with a failure code of `PROBLEMS`; the signal's reason when aborted. */
  transcribe(request: SpeechRequest): Promise<SpeechResult>;
};
