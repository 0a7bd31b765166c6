import { AssemblyAI } from "assemblyai";
import { z } from "zod";

import { type ProviderAccess, readBody, rejection, unusable } from "./responses.ts";

const Word = z.object({
  text: z.string(),
  start: z.number().min(0),
  end: z.number().min(0),
  confidence: z.number().min(0).max(1).nullish(),
});

/** The part of a transcript that is used; anything else in it may change. */
const Transcript = z.object({
  id: z.string().min(1).max(200),
  status: z.enum(["queued", "processing", "completed", "error"]),
  error: z.string().nullish(),
  language_code: z.string().nullish(),
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
  /** @param language a code of the provider's; null lets it find out. */
  submit(uploadUrl: string, language: string | null): Promise<Transcript>;
  get(id: string): Promise<Transcript>;
};

/** In order of preference: the provider takes the first that knows the language. */
const SPEECH_MODELS = ["universal-3-pro", "universal-2"];

/** The real SDK for one job, with timeouts, cancellation and HTTP errors that say what they are. */
export const createTranscriptClient = (job: Job): TranscriptClient => {
  const { transcripts } = new AssemblyAI({ apiKey: job.apiKey, baseUrl: job.baseUrl.replace(/\/$/, "") });
  const hooked = transcripts as unknown as Hooked; // protected in its types, an ordinary method at run time
  hooked.fetchResponse = watched(hooked.fetchResponse.bind(transcripts), job);
  return {
    submit: async (uploadUrl, language) =>
      // `audio_url`, never `audio`: the SDK would open a string there as a file of this machine.
      parse(
        await transcripts.submit({
          audio_url: uploadUrl,
          speech_models: SPEECH_MODELS,
          ...(language === null ? { language_detection: true } : { language_code: language }),
        }),
      ),
    get: async (id) => parse(await transcripts.get(encodeURIComponent(id))),
  };
};
