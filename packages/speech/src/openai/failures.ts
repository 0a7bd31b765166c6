import { AppError } from "@phonoscene/kernel";
import { z } from "zod";

import { createVendorFailures } from "../vendor-failures.ts";

export const failures = createVendorFailures({
  name: "The speech service at OPENAI_SPEECH_BASE_URL",
  keyVariable: "OPENAI_API_KEY",
  refusals: {
    404: "The speech service does not know the model or the address: correct OPENAI_SPEECH_MODEL or OPENAI_SPEECH_BASE_URL.",
    413: "The speech service finds the upload too large: it takes less than the 25 MB that OpenAI does.",
  },
});

const Refusal = z.object({ error: z.object({ message: z.string().nullish(), code: z.string().nullish() }) });

/** What refusals of status 400 mean, first match wins. */
const MEANINGS = [
  {
    pattern: /too short|minimum (audio )?length|empty/i,
    code: "audio_empty",
    detail: "The recording is too short to transcribe: send a longer one.",
  },
  {
    pattern: /language/i,
    code: "language_unsupported",
    detail: "The speech service does not know the language: take another tag, or auto to have it found out.",
  },
  {
    pattern: /decod|format|corrupt|unsupported file|could not be read|invalid file/i,
    code: "audio_unreadable",
    detail: "The speech service cannot read the recording: export it as WAV or MP3 and send it again.",
  },
] as const;

const readRefusal = (body: string): { message: string; code: string } => {
  try {
    const { error } = Refusal.parse(JSON.parse(body));
    return { message: error.message ?? "", code: error.code ?? "" };
  } catch (error) {
    // Not every server that speaks this API words its refusals like OpenAI: the status has to do.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return { message: "", code: "" };
    throw error;
  }
};

/** An HTTP error status as a failure of the task. */
export const refusal = (status: number, body: string, retryAfter: string | undefined): AppError => {
  const { message, code } = readRefusal(body);
  const cause = { cause: new Error(`HTTP ${status}: ${body.trim().slice(0, 300)}`) };
  if (status === 429 && code === "insufficient_quota") {
    const detail = "The speech service wants to be paid: top up the account that OPENAI_API_KEY belongs to.";
    return new AppError("provider_rejected", { detail }, cause);
  }
  if (/response_format|timestamp_granularities/.test(message)) {
    const detail =
      "The model gives no times in the form that was asked for: take whisper-1 or gpt-4o-transcribe as OPENAI_SPEECH_MODEL.";
    return new AppError("provider_rejected", { detail }, cause);
  }
  const meaning = status === 400 ? MEANINGS.find(({ pattern }) => pattern.test(message)) : undefined;
  if (meaning !== undefined) return new AppError(meaning.code, { detail: meaning.detail }, cause);
  return failures.rejection(status, body, retryAfter);
};
