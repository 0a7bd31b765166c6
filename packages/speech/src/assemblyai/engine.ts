import { stat } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

import { AppError, MINUTE, SECOND } from "@phonoscene/kernel";

import type { SpeechEngine, SpeechRequest, SpeechResult } from "../port.ts";
import { onlyRising } from "../rising.ts";
import { createTranscriptClient, type Transcript, type TranscriptClient } from "./client.ts";
import { transcriptFailure } from "./failures.ts";
import { toProviderLanguage } from "./languages.ts";
import { type ProviderAccess, unreachable, unusable } from "./responses.ts";
import { toResult } from "./to-result.ts";
import { uploadFile } from "./upload.ts";

export type AssemblyAiConfig = {
  apiKey: string;
  baseUrl?: string;
  /** For the whole job: upload, waiting and all. */
  timeoutMs: number;
  pollIntervalMs?: number;
  /** For each request, and for the upload without a byte being taken. */
  requestTimeoutMs?: number;
};

const NAME = "assemblyai";
const BASE_URL = "https://api.assemblyai.com";
const POLL_INTERVAL_MS = 3 * SECOND;
const REQUEST_TIMEOUT_MS = MINUTE;
/** The upload's part of the progress; waiting goes from there towards the rest, as the provider tells nothing. */
const UPLOAD_SHARE = 0.3;
const WAITING_SHARE = 0.65;
const TYPICAL_WAIT_MS = 30 * SECOND;

type Run = {
  request: SpeechRequest;
  pollIntervalMs: number;
  provider: Provider;
  onProgress(fraction: number): void;
};

/** What is asked of the provider; every failure is an AppError or the caller's abort. */
type Provider = {
  upload(onProgress: (fraction: number) => void): Promise<string>;
  submit(uploadUrl: string): Promise<Transcript>;
  get(id: string): Promise<Transcript>;
  pause(delayMs: number): Promise<void>;
};

const submit = async ({ request, provider, onProgress }: Run): Promise<Transcript> => {
  const uploadUrl = await provider.upload((fraction) => onProgress(fraction * UPLOAD_SHARE));
  const transcript = await provider.submit(uploadUrl);
  await request.onProviderJobId(transcript.id);
  return transcript;
};

/** An earlier attempt's transcript, unless the provider gave it up through no fault of the recording. */
const resume = async ({ request, provider }: Run): Promise<Transcript | null> => {
  if (request.providerJobId === null) return null;
  const transcript = await provider.get(request.providerJobId);
  const isLost = transcript.status === "error" && transcriptFailure(transcript.error ?? "").retryable;
  return isLost ? null : transcript;
};

const waitFor = async (started: Transcript, { provider, pollIntervalMs, onProgress }: Run): Promise<Transcript> => {
  const startedAt = performance.now();
  let transcript = started;
  while (transcript.status === "queued" || transcript.status === "processing") {
    await provider.pause(pollIntervalMs);
    transcript = await provider.get(started.id);
    const waited = 1 - Math.exp((startedAt - performance.now()) / TYPICAL_WAIT_MS);
    onProgress(UPLOAD_SHARE + WAITING_SHARE * waited);
  }
  return transcript;
};

const transcribe = async (run: Run): Promise<SpeechResult> => {
  const transcript = await waitFor((await resume(run)) ?? (await submit(run)), run);
  if (transcript.status === "error") throw transcriptFailure(transcript.error ?? "");
  const result = toResult(transcript, NAME);
  run.onProgress(1);
  return result;
};

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === "TimeoutError";

const classify = (error: unknown, deadline: AbortSignal): AppError => {
  if (error instanceof AppError) return error;
  if (error instanceof SyntaxError) return unusable(error);
  if (!deadline.aborted && !isTimeout(error)) return unreachable(error);
  const detail = "AssemblyAI took too long; it is tried again, from where it stands.";
  return new AppError("provider_timeout", { detail }, { cause: error });
};

type Link = { client: TranscriptClient; uploads: ProviderAccess & { idleTimeoutMs: number }; signal: AbortSignal };

const createProvider = (request: SpeechRequest, { client, uploads, signal }: Link, deadline: AbortSignal): Provider => {
  const language = toProviderLanguage(request.language);
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
      const { size: sizeBytes } = await stat(filePath);
      return guarded(() => uploadFile({ ...uploads, filePath, sizeBytes, onProgress, signal }));
    },
    submit: (uploadUrl) => guarded(() => client.submit(uploadUrl, language)),
    get: (id) => guarded(() => client.get(id)),
    pause: (delayMs) => guarded(() => setTimeout(delayMs, undefined, { signal })),
  };
};

/**
 * AssemblyAI: 99 languages, the recording leaves this machine. What the provider was paid for is not asked for twice:
 * its id goes to `onProviderJobId` before the first poll, and a later attempt with that id only waits.
 * Nothing is retried here: the queue does that.
 */
export const createAssemblyAiEngine = (config: AssemblyAiConfig): SpeechEngine => {
  const { apiKey, timeoutMs, baseUrl = BASE_URL } = config;
  const { pollIntervalMs = POLL_INTERVAL_MS, requestTimeoutMs = REQUEST_TIMEOUT_MS } = config;
  return {
    name: NAME,
    transcribe: async (request) => {
      request.signal.throwIfAborted();
      const deadline = AbortSignal.timeout(timeoutMs);
      const signal = AbortSignal.any([request.signal, deadline]);
      const client = createTranscriptClient({ apiKey, baseUrl, requestTimeoutMs, signal });
      const uploads = { apiKey, baseUrl, idleTimeoutMs: requestTimeoutMs };
      const provider = createProvider(request, { client, uploads, signal }, deadline);
      return transcribe({ request, pollIntervalMs, provider, onProgress: onlyRising(request.onProgress) });
    },
  };
};
