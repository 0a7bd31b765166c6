import { stat } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

import { AppError, MINUTE, OPEN_GATE, type ProviderCall, SECOND } from "@phonoscene/kernel";

import { readRecordingLength } from "../local/recording-length.ts";
import type { SpeechEngine, SpeechPending, SpeechRequest, SpeechResult } from "../port.ts";
import { onlyRising } from "../rising.ts";
import { createTranscriptClient, type Transcript, type TranscriptClient, type TranscriptOrder } from "./client.ts";
import { transcriptFailure } from "./failures.ts";
import { toProviderLanguage } from "./languages.ts";
import { type ProviderAccess, tookTooLong, unreachable, unusable } from "./responses.ts";
import { toResult } from "./to-result.ts";
import { uploadFile } from "./upload.ts";

export type AssemblyAiConfig = {
  apiKey: string;
  baseUrl?: string;
  /** For the whole job: upload, waiting and all. */
  timeoutMs: number;
  /** Longer recordings are refused: before the upload where their header tells. */
  maxDurationMs: number;
  /** In place of the ffmpeg on PATH, which reads the header. */
  ffmpegPath?: string;
  /** In order of preference; the provider's own default unless told. */
  speechModels?: readonly string[];
  /** A language found out with less (0..1) ends as `language_uncertain`; .5 unless told. */
  languageConfidence?: number;
  /** BCP 47 tags that a language is looked for among; any unless told. */
  expectedLanguages?: readonly string[];
  /** Tells speakers apart, which the provider charges for. */
  hasSpeakerLabels?: boolean;
  pollIntervalMs?: number;
  /** For each request, and for the upload without a byte being taken. */
  requestTimeoutMs?: number;
};

const NAME = "assemblyai";
const BASE_URL = "https://api.assemblyai.com";
/** What the provider takes where it is not told. */
const SPEECH_MODELS = ["universal-3-pro", "universal-2"];
const LANGUAGE_CONFIDENCE = 0.5;
const POLL_INTERVAL_MS = 3 * SECOND;
const REQUEST_TIMEOUT_MS = MINUTE;
/** The upload's part of the progress; waiting goes from there towards the rest, as the provider tells nothing. */
const UPLOAD_SHARE = 0.3;
const WAITING_SHARE = 0.65;
const TYPICAL_WAIT_MS = 30 * SECOND;

type Run = {
  request: SpeechRequest;
  config: AssemblyAiConfig;
  pollIntervalMs: number;
  provider: Provider;
  onProgress(fraction: number): void;
};

/** What is asked of the provider; every failure is an AppError or the caller's abort. */
type Provider = {
  upload(onProgress: (fraction: number) => void): Promise<Uploaded>;
  /** Its id is stored before anything else is done. */
  submit(uploaded: Uploaded): Promise<Transcript>;
  get(id: string): Promise<Transcript>;
  pause(delayMs: number): Promise<void>;
};

/** `audioMs`: what its header claims, or more than so many bytes can hold. */
type Uploaded = { uploadUrl: string; audioMs: number };

const submit = async ({ provider, onProgress }: Run): Promise<Transcript> => {
  const uploaded = await provider.upload((fraction) => onProgress(fraction * UPLOAD_SHARE));
  return provider.submit(uploaded);
};

/** An earlier attempt's transcript, unless the provider gave it up through no fault of the recording. */
const resume = async (run: Run): Promise<Transcript | null> => {
  const { request } = run;
  if (request.providerJobId === null) return null;
  const transcript = await run.provider.get(request.providerJobId);
  const isLost = transcript.status === "error" && transcriptFailure(transcript.error ?? "").retryable;
  if (isLost) await settle(run, transcript);
  return isLost ? null : transcript;
};

const isWorking = ({ status }: Transcript): boolean => status === "queued" || status === "processing";

const waitFor = async (started: Transcript, { provider, pollIntervalMs, onProgress }: Run): Promise<Transcript> => {
  const startedAt = performance.now();
  let transcript = started;
  while (isWorking(transcript)) {
    await provider.pause(pollIntervalMs);
    transcript = await provider.get(started.id);
    const waited = 1 - Math.exp((startedAt - performance.now()) / TYPICAL_WAIT_MS);
    onProgress(UPLOAD_SHARE + WAITING_SHARE * waited);
  }
  return transcript;
};

/** @throws AppError "provider_timeout" where the provider has worked for too long. */
const leaveToProvider = ({ request, config }: Run): SpeechPending => {
  if ((request.providerJobAgeMs ?? 0) <= config.timeoutMs) return { isPending: true };
  throw tookTooLong(new Error(`The provider works since ${request.providerJobAgeMs} ms`));
};

/** Transcripts that ended in an error are not charged for. */
const settle = async ({ request }: Run, transcript: Transcript): Promise<void> => {
  const audioMs = transcript.status === "error" ? null : (transcript.audio_duration ?? 0) * SECOND;
  const job = { provider: NAME, jobId: transcript.id, model: transcript.speech_model_used ?? null };
  const usage = audioMs === null ? null : { audioMs: Math.round(audioMs), inputTokens: null, outputTokens: null };
  await (request.gate ?? OPEN_GATE).settle(job, usage);
};

const transcribe = async (run: Run): Promise<SpeechResult | SpeechPending> => {
  const { request, config } = run;
  const started = (await resume(run)) ?? (await submit(run));
  if (isWorking(started) && request.callback) return leaveToProvider(run);
  const transcript = await waitFor(started, run);
  await settle(run, transcript);
  if (transcript.status === "error") throw transcriptFailure(transcript.error ?? "");
  const isFoundOut = toProviderLanguage(request.language) === null;
  const { languageConfidence = LANGUAGE_CONFIDENCE, maxDurationMs } = config;
  const limits = { languageConfidence: isFoundOut ? languageConfidence : null, maxDurationMs };
  const result = toResult(transcript, NAME, limits);
  run.onProgress(1);
  return result;
};

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === "TimeoutError";

const classify = (error: unknown, deadline: AbortSignal): AppError => {
  if (error instanceof AppError) return error;
  if (error instanceof SyntaxError) return unusable(error);
  return deadline.aborted || isTimeout(error) ? tookTooLong(error) : unreachable(error);
};

/** No recording of speech is worth less than 8 kbit/s: one byte is at most a millisecond. */
const longestOf = (sizeBytes: number, { maxDurationMs }: AssemblyAiConfig): number =>
  Math.min(sizeBytes, maxDurationMs);

/**
 * The length that a header claims, where it can be read; whatever else is wrong with the recording, the provider says.
 * @throws AppError "audio_too_long".
 */
const readLength = async (
  filePath: string,
  { ffmpegPath, maxDurationMs }: AssemblyAiConfig,
): Promise<number | null> => {
  try {
    return (await readRecordingLength({ filePath, ffmpegPath, maxDurationMs })).durationMs;
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "audio_too_long") throw error;
    return null;
  }
};

const orderFrom = (config: AssemblyAiConfig, request: SpeechRequest): Omit<TranscriptOrder, "uploadUrl"> => ({
  language: toProviderLanguage(request.language),
  languageConfidence: config.languageConfidence ?? LANGUAGE_CONFIDENCE,
  expectedLanguages: (config.expectedLanguages ?? []).flatMap((tag) => toProviderLanguage(tag) ?? []),
  speechModels: config.speechModels ?? SPEECH_MODELS,
  hasSpeakerLabels: config.hasSpeakerLabels ?? false,
  callback: request.callback ?? null,
});

type Link = {
  config: AssemblyAiConfig;
  client: TranscriptClient;
  uploads: ProviderAccess & { idleTimeoutMs: number };
  signal: AbortSignal;
};

const createProvider = (request: SpeechRequest, link: Link, deadline: AbortSignal): Provider => {
  const { config, client, uploads, signal } = link;
  const order = orderFrom(config, request);
  const gate = request.gate ?? OPEN_GATE;
  const [model = NAME] = order.speechModels;
  const free: Omit<ProviderCall, "operation"> = { provider: NAME, model, estimate: null, takesSlot: false, signal };
  const guarded = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      request.signal.throwIfAborted();
      throw classify(error, deadline);
    }
  };
  return {
    upload: async (onProgress) => {
      const { filePath } = request;
      const durationMs = await readLength(filePath, config);
      const { size: sizeBytes } = await stat(filePath);
      const uploadUrl = await gate.run({ ...free, operation: "upload", takesSlot: true }, async () => ({
        value: await guarded(() => uploadFile({ ...uploads, filePath, sizeBytes, onProgress, signal })),
        usage: null,
      }));
      return { uploadUrl, audioMs: Math.round(durationMs ?? longestOf(sizeBytes, config)) };
    },
    submit: ({ uploadUrl, audioMs }) => {
      const estimate = { audioMs, inputTokens: null, outputTokens: null };
      return gate.run({ ...free, operation: "transcribe", estimate, takesSlot: true }, async () => {
        const transcript = await guarded(() => client.submit({ ...order, uploadUrl }));
        await request.onProviderJobId(transcript.id);
        return { value: transcript, usage: null, jobId: transcript.id };
      });
    },
    get: (id) =>
      gate.run({ ...free, operation: "look" }, async () => ({
        value: await guarded(() => client.get(id)),
        usage: null,
      })),
    pause: (delayMs) => guarded(() => setTimeout(delayMs, undefined, { signal })),
  };
};

/**
 * AssemblyAI: 99 languages, the recording leaves this machine. What the provider was paid for is not asked for twice:
 * its id goes to `onProviderJobId` before the first poll, and a later attempt with that id only waits. With a callback
 * nobody waits: the outcome is pending until the provider is done.
 * Nothing is retried here: the gate does that.
 * @throws AppError "language_unsupported" for an expected language that the provider does not know.
 */
export const createAssemblyAiEngine = (config: AssemblyAiConfig): SpeechEngine => {
  const { apiKey, timeoutMs, baseUrl = BASE_URL } = config;
  for (const tag of config.expectedLanguages ?? []) toProviderLanguage(tag);
  const { pollIntervalMs = POLL_INTERVAL_MS, requestTimeoutMs = REQUEST_TIMEOUT_MS } = config;
  return {
    name: NAME,
    forget: async (providerJobId, signal) => {
      const client = createTranscriptClient({ apiKey, baseUrl, requestTimeoutMs, signal });
      try {
        await client.delete(providerJobId);
      } catch (error) {
        signal.throwIfAborted();
        throw classify(error, signal);
      }
    },
    transcribe: async (request) => {
      request.signal.throwIfAborted();
      const deadline = AbortSignal.timeout(timeoutMs);
      const signal = AbortSignal.any([request.signal, deadline]);
      const client = createTranscriptClient({ apiKey, baseUrl, requestTimeoutMs, signal });
      const uploads = { apiKey, baseUrl, idleTimeoutMs: requestTimeoutMs };
      const provider = createProvider(request, { config, client, uploads, signal }, deadline);
      return transcribe({ request, config, pollIntervalMs, provider, onProgress: onlyRising(request.onProgress) });
    },
  };
};
