import { z } from "zod";

import { postStream } from "../streamed-request.ts";
import { failures, refusal } from "./failures.ts";
import { type Sound, toMultipart } from "./multipart.ts";

const Seconds = z.number().min(0);

const Segment = z.object({
  start: Seconds,
  end: Seconds,
  text: z.string(),
  avg_logprob: z.number().nullish(),
  no_speech_prob: z.number().nullish(),
});

const Word = z.object({ word: z.string(), start: Seconds, end: Seconds });

/** The part of an answer that is used; plain `json` has the text alone. */
const Transcription = z.object({
  text: z.string(),
  /** A code from some servers, an English name from others. */
  language: z.string().nullish(),
  duration: z.coerce.number().min(0).nullish(),
  segments: z.array(Segment).nullish(),
  words: z.array(Word).nullish(),
});
export type Transcription = z.infer<typeof Transcription>;

export type SpeechServer = {
  apiKey: string;
  /** Up to and with the version: `https://api.openai.com/v1`. */
  baseUrl: string;
  model: string;
  /** Whether the model answers with segments and their times. */
  hasTimes: boolean;
  requestTimeoutMs: number;
};

export type Question = {
  sound: Sound;
  /** ISO 639-1; null lets the model find out. */
  language: string | null;
  /** What was said just before, for names and style; may be empty. */
  context: string;
  signal: AbortSignal;
};

const fieldsOf = ({ model, hasTimes }: SpeechServer, { language, context }: Question): [string, string][] => [
  ["model", model],
  ["response_format", hasTimes ? "verbose_json" : "json"],
  ...(hasTimes
    ? ([
        ["timestamp_granularities[]", "word"],
        ["timestamp_granularities[]", "segment"],
      ] as [string, string][])
    : []),
  ...(language === null ? [] : [["language", language] as [string, string]]),
  ...(context === "" ? [] : [["prompt", context.replaceAll(/\s+/g, " ")] as [string, string]]),
];

const parseAnswer = (text: string): Transcription => {
  try {
    return Transcription.parse(JSON.parse(text));
  } catch (error) {
    throw failures.unusable(error);
  }
};

/**
 * Asks the server once; nothing is retried here.
 * @throws AppError with a failure code; whatever the connection threw, for the caller to name.
 */
export const transcribeSound = async (server: SpeechServer, question: Question): Promise<Transcription> => {
  const body = toMultipart(fieldsOf(server, question), question.sound);
  const { status, text, retryAfter } = await postStream({
    url: new URL("audio/transcriptions", server.baseUrl.endsWith("/") ? server.baseUrl : `${server.baseUrl}/`),
    headers: {
      authorization: `Bearer ${server.apiKey}`,
      "content-type": body.contentType,
      "content-length": body.sizeBytes,
    },
    body: body.stream,
    idleTimeoutMs: server.requestTimeoutMs,
    signal: question.signal,
    failures,
  });
  if (status >= 400) throw refusal(status, text, retryAfter);
  return parseAnswer(text);
};
