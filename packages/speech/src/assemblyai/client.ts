import { AppError } from "@phonoscene/kernel";
import { AssemblyAI } from "assemblyai";
import { z } from "zod";

import type { ProviderCallback } from "../port.ts";
import { type ProviderAccess, readBody, rejection, unusable } from "./responses.ts";

const Word = z.object({
  text: z.string(),
  start: z.number().min(0),
  end: z.number().min(0),
  confidence: z.number().min(0).max(1).nullish(),
  speaker: z.string().max(100).nullish(),
});

/** The part of a transcript that is used; anything else in it may change. */
const Transcript = z.object({
  id: z.string().min(1).max(200),
  status: z.enum(["queued", "processing", "completed", "error"]),
  error: z.string().nullish(),
  language_code: z.string().nullish(),
  language_confidence: z.number().nullish(),
  speech_model_used: z.string().nullish(),
  audio_duration: z.number().min(0).nullish(),
  words: z.array(Word).nullish(),
});
export type Transcript = z.infer<typeof Transcript>;
export type Word = z.infer<typeof Word>;

export type Job = ProviderAccess & {
  /** Each request may take this long. */
  requestTimeoutMs: number;
  signal: AbortSignal;
};

type FetchResponse = (input: string, init?: RequestInit) => Promise<Response>;
/** The SDK's hook is protected: its errors have no status, its requests no timeout and no way to be stopped. */
type Hooked = { fetchResponse: FetchResponse };

const readResponse = async (response: Response): Promise<string> =>
  response.body === null ? "" : readBody(response.body);

const watched =
  (fetchResponse: FetchResponse, { signal, requestTimeoutMs }: Job): FetchResponse =>
  async (input, init) => {
    const response = await fetchResponse(input, {
      ...init,
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
    });
    const text = await readResponse(response);
    if (response.status >= 400) throw rejection(response.status, text, response.headers.get("retry-after"));
    return new Response(text, { status: response.status, headers: response.headers });
  };

const parse = (answer: unknown): Transcript => {
  const parsed = Transcript.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw unusable(parsed.error);
};

export type TranscriptClient = {
  submit(order: TranscriptOrder): Promise<Transcript>;
  get(id: string): Promise<Transcript>;
  /** Also where there is nothing (any more). */
  delete(id: string): Promise<void>;
};

export type TranscriptOrder = {
  uploadUrl: string;
  /** A code of the provider's; null lets it find out. */
  language: string | null;
  /** Found out with less than this (0..1), it is not worth a transcript. */
  languageConfidence: number;
  /** Codes of the provider's; empty: any. */
  expectedLanguages: readonly string[];
  /** In order of preference: the provider takes the first that knows the language. */
  speechModels: readonly string[];
  hasSpeakerLabels: boolean;
  callback: ProviderCallback | null;
};

const languageOf = ({ language, languageConfidence, expectedLanguages }: TranscriptOrder) =>
  language === null
    ? {
        language_detection: true,
        language_confidence_threshold: languageConfidence,
        ...(expectedLanguages.length > 0 && {
          language_detection_options: { expected_languages: [...expectedLanguages] },
        }),
      }
    : { language_code: language };

const callbackOf = ({ callback }: TranscriptOrder) =>
  callback === null
    ? {}
    : {
        webhook_url: callback.url,
        webhook_auth_header_name: callback.headerName,
        webhook_auth_header_value: callback.headerValue,
      };

const isGone = (error: unknown): boolean =>
  error instanceof AppError && error.cause instanceof Error && error.cause.message.startsWith("HTTP 404:");

/** The real SDK for one job, with timeouts, cancellation and HTTP errors that say what they are. */
export const createTranscriptClient = (job: Job): TranscriptClient => {
  const { transcripts } = new AssemblyAI({ apiKey: job.apiKey, baseUrl: job.baseUrl.replace(/\/$/, "") });
  const hooked = transcripts as unknown as Hooked; // protected in its types, an ordinary method at run time
  hooked.fetchResponse = watched(hooked.fetchResponse.bind(transcripts), job);
  return {
    submit: async (order) =>
      // `audio_url`, never `audio`: the SDK would open a string there as a file of this machine.
      parse(
        await transcripts.submit({
          audio_url: order.uploadUrl,
          speech_models: [...order.speechModels],
          ...languageOf(order),
          ...(order.hasSpeakerLabels && { speaker_labels: true }),
          ...callbackOf(order),
        }),
      ),
    delete: async (id) => {
      try {
        await transcripts.delete(encodeURIComponent(id));
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },
    get: async (id) => parse(await transcripts.get(encodeURIComponent(id))),
  };
};
