import type { Warning, WordTiming } from "@phonoscene/contracts";
import type { ProviderGate } from "@phonoscene/kernel";

export type SpeechWord = { startMs: number; endMs: number; text: string; confidence: number | null };

/** A stretch of speech with its words; times in milliseconds from the start of the audio. */
export type SpeechSegment = {
  startMs: number;
  endMs: number;
  text: string;
  /** 0..1, or null where the engine does not say. */
  confidence: number | null;
  /** The provider's label, such as "A"; absent where the engine tells no speakers apart. */
  speaker?: string | null;
  /** Absent where the engine gives no times of words. */
  words?: SpeechWord[] | null;
};

export type SpeechResult = {
  /** BCP 47 tag of what was spoken. */
  language: string;
  durationMs: number;
  /** How the words' times were found; null where no word has any. */
  wordTiming: WordTiming | null;
  /** Ordered, not overlapping, within the duration. */
  segments: SpeechSegment[];
  /** Engine and model, such as `local/moonshine-base`. */
  engine: string;
  warnings: Warning[];
};

/** The provider has the work and will call: ask again then, or when the call is late. */
export type SpeechPending = { isPending: true };

/** Where a provider may call, and the header that it then sends. */
export type ProviderCallback = { url: string; headerName: string; headerValue: string };

/** What an engine keeps of a piece of the recording: it is paid for, in money or in time. */
export type KeptPiece = { startMs: number; endMs: number; result: object };

/** Keeps pieces over restarts, for one recording. */
export type PieceStore = {
  /** @param engine Who hears, and how: pieces heard otherwise are of no use. */
  find(engine: string): Promise<KeptPiece[]>;
  save(engine: string, piece: KeptPiece): Promise<void>;
};

export type SpeechRequest = {
  /** A file on this machine, made by us; never a string from a caller. */
  filePath: string;
  /** `auto` or a BCP 47 tag. */
  language: string;
  /** The provider's id of an earlier attempt: resumed, not paid for twice. */
  providerJobId: string | null;
  /** How long ago the provider took it; null or absent without one. */
  providerJobAgeMs?: number | null;
  /** Without it an engine that waits for a provider asks now and then, and answers when all is done. */
  callback?: ProviderCallback | null;
  /** Without it a restart hears everything anew, and pays for it again. */
  pieces?: PieceStore;
  /** Where requests to providers go through; without it each is made once, and nothing is counted. */
  gate?: ProviderGate;
  /** Must be stored before the engine goes on: called before the first poll. */
  onProviderJobId(id: string): Promise<void>;
  /** Fraction done, 0..1, never decreasing. */
  onProgress(fraction: number): void;
  signal: AbortSignal;
};

/** Turns a recording into timed words. */
export type SpeechEngine<Outcome extends SpeechResult | SpeechPending = SpeechResult | SpeechPending> = {
  name: string;
  /**
   * Pending only where the request has a `callback`.
   * @throws AppError with a failure code of `PROBLEMS`; the signal's reason when aborted.
   */
  transcribe(request: SpeechRequest): Promise<Outcome>;
  /** Deletes what the provider keeps of a job; resolves where it has nothing any more. Absent: nothing is kept. */
  forget?(providerJobId: string, signal: AbortSignal): Promise<void>;
};

export const isPending = (outcome: SpeechResult | SpeechPending): outcome is SpeechPending => "isPending" in outcome;

/** A recording and what is said in it. */
export type AlignmentRequest = Pick<SpeechRequest, "filePath" | "language" | "pieces" | "onProgress" | "signal"> & {
  /** All that is said, in order: sentences, or one text, which is cut into them. */
  given: readonly { text: string }[];
};

/** Finds the times of words that are known already. */
export type SpeechAligner = {
  /** @throws AppError as a `SpeechEngine` does: "language_unsupported", "no_speech" and the like. */
  align(request: AlignmentRequest): Promise<SpeechResult>;
};
