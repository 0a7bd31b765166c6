import { AppError, SECOND } from "@phonoscene/kernel";
import { z } from "zod";

/**
 * Why a call gave no answer, by what is to be done about it:
 * - `unsupported`: the server does not take this form of question; ask in the next one
 * - `too-long`: question or answer exceeds the model; ask about fewer scenes
 * - `transient`: may work on the next try
 * - `denied`: key, credit or model; no call of this run can work
 * - `blocked`: the model will not write about these scenes
 */
type FailureKind = "unsupported" | "too-long" | "transient" | "denied" | "blocked";

export type Failure = {
  kind: FailureKind;
  /** Safe to show: says what was wrong and what to do. */
  error: AppError;
  /** HTTP status, for the log. */
  status: number | null;
};

const VendorError = z.object({
  status: z.number(),
  code: z.string().nullish().catch(null),
  type: z.string().nullish().catch(null),
  message: z.string().catch(""),
  headers: z.instanceof(Headers).optional().catch(undefined),
});
type VendorError = z.infer<typeof VendorError>;

/** How long the server asks to wait; undefined where it does not say. Reads seconds and HTTP dates. */
export const readRetryAfterMs = (headers: Headers | undefined, nowMs: number): number | undefined => {
  const milliseconds = Number.parseFloat(headers?.get("retry-after-ms") ?? "");
  if (milliseconds >= 0) return milliseconds;
  const header = headers?.get("retry-after")?.trim() ?? "";
  if (/^\d+(?:\.\d+)?$/u.test(header)) return Number(header) * SECOND;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
};

const denied = (status: number, detail: string): Failure => ({
  kind: "denied",
  status,
  error: new AppError("provider_rejected", { detail }),
});

const readDenial = ({ status, code, type }: VendorError): Failure | null => {
  const label = `${code ?? ""} ${type ?? ""}`;
  if (status === 401 || label.includes("invalid_api_key"))
    return denied(status, "The language model's server refused the API key: set OPENAI_API_KEY to a valid one.");
  if (status === 402 || /insufficient_quota|billing/u.test(label))
    return denied(status, "The account of OPENAI_API_KEY has no credit left: add credit, or use another key.");
  if (status === 403)
    return denied(status, "The key in OPENAI_API_KEY may not use this model: allow it, or choose another model.");
  if (status === 404 && /model|deployment/iu.test(label))
    return denied(status, "The server does not know this language model: set OPENAI_MODEL to one that it serves.");
  return null;
};

export const blockedFailure = (status: number | null): Failure => ({
  kind: "blocked",
  status,
  error: new AppError("content_blocked", {
    detail: "The language model refused to write about their words: change the text, or use another model.",
  }),
});

export const tooLongFailure = (status: number | null): Failure => ({
  kind: "too-long",
  status,
  error: new AppError("llm_invalid_output", {
    detail: "They are longer than the language model can take: ask for more scenes, or use a model with more context.",
  }),
});

/** For an answer that is still not usable after its repair. */
export const invalidAnswerError = (): AppError =>
  new AppError("llm_invalid_output", {
    detail:
      "The language model's answer did not fit the formula, even after a repair: try again, or use another model.",
  });

const transient = (status: number | null, retryAfterMs?: number): Failure => {
  const what = status === null ? "broke the connection" : status === 429 ? "asks to slow down" : `answers ${status}`;
  return {
    kind: "transient",
    status,
    error: new AppError("provider_unavailable", {
      detail: `The language model's server ${what}: try again later.`,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    }),
  };
};

const timedOut = (): Failure => ({
  kind: "transient",
  status: null,
  error: new AppError("provider_timeout", {
    detail: "The language model did not answer in time: try again later, or allow it more time.",
  }),
});

const readStatus = (error: VendorError): Failure => {
  const { status, code, type, message } = error;
  const label = `${code ?? ""} ${type ?? ""}`;
  const denial = readDenial(error);
  // A moderation filter may answer 403 as well, so it is looked for first.
  if (/content_filter|content_policy|moderation/u.test(label)) return blockedFailure(status);
  if (denial !== null) return denial;
  if (status === 413 || /context_length|maximum context length|context window/u.test(`${label} ${message}`))
    return tooLongFailure(status);
  if (status === 501 || (status >= 400 && status < 500 && ![408, 409, 425, 429].includes(status)))
    return {
      kind: "unsupported",
      status,
      error: new AppError("provider_rejected", {
        detail: `The language model's server takes none of our forms of question (${status}): use another server or model.`,
      }),
    };
  return transient(status, readRetryAfterMs(error.headers, Date.now()));
};

/**
 * Sorts what the gate gave up with: a call that failed as often as it may, or one that was not made at all.
 * @throws the error itself where it is something else.
 */
export const readRefusal = (error: unknown): Failure => {
  if (!(error instanceof AppError)) throw error;
  if (error.code === "spend_limit") return { kind: "denied", error, status: null };
  if (error.code !== "provider_unavailable" && error.code !== "provider_timeout") throw error;
  return { kind: "transient", error, status: null };
};

/** The vendor's client exports no error that survives LangChain's wrapping, but the names do. */
const nameOf = (error: unknown): string =>
  error instanceof Error ? (error.constructor.name === "Error" ? error.name : error.constructor.name) : "";

/**
 * Sorts what the vendor's client threw. The vendor's own words are dropped: they may hold the key or the transcript.
 * @throws the error itself where it did not come from the vendor.
 */
export const readFailure = (error: unknown): Failure => {
  const name = nameOf(error);
  if (name === "ContextOverflowError") return tooLongFailure(null);
  if (name === "TimeoutError" || name === "APIConnectionTimeoutError") return timedOut();
  const vendorError = VendorError.safeParse(error);
  if (vendorError.success) return readStatus(vendorError.data);
  if (name === "APIConnectionError") return transient(null);
  throw error;
};
