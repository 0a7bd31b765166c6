import type { ClaimedDelivery } from "@phonoscene/db";
import { SECOND } from "@phonoscene/kernel";
import {
  type AddressPolicy,
  type OutboundClient,
  OutboundError,
  type OutboundResponse,
  parseSecureUrl,
} from "@phonoscene/outbound";

import { retryAfterMsOf } from "./schedule.ts";
import { signedHeaders } from "./sign.ts";

const TIMEOUTS = { connectMs: 10 * SECOND, headersMs: 15 * SECOND, idleMs: 2 * SECOND, totalMs: 15 * SECOND };
const EXCERPT_BYTES = 1024;

export type Sent = {
  isSuccess: boolean;
  /** Of the answer; null where none came. */
  status: number | null;
  /** Why it did not succeed, in words for the webhook's owner. */
  error: string | null;
  excerpt: string | null;
  durationMs: number;
  retryAfterMs: number | null;
};

export type Sender = {
  outbound: OutboundClient;
  isAllowed: AddressPolicy;
  /** Of a request from its start to the last byte that is read. */
  totalMs?: number;
};

/** The first KiB of the answer, or as much as came: the head has decided already. */
const readExcerpt = async ({ body }: OutboundResponse, signal: AbortSignal): Promise<string> => {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= EXCERPT_BYTES) break;
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof OutboundError)) throw error;
  }
  // The database stores no NUL character.
  return Buffer.concat(chunks).subarray(0, EXCERPT_BYTES).toString().replaceAll("\0", "\uFFFD");
};

const post = (
  { outbound, isAllowed, totalMs = TIMEOUTS.totalMs }: Sender,
  delivery: ClaimedDelivery,
  signal: AbortSignal,
): Promise<OutboundResponse> => {
  const url = parseSecureUrl(delivery.url, isAllowed);
  return outbound.request({
    url: url.href,
    method: "POST",
    headers: signedHeaders(delivery, Math.floor(Date.now() / SECOND)),
    body: delivery.body,
    // Only the beginning is read, however much comes.
    maxBytes: Number.MAX_SAFE_INTEGER,
    redirects: "refuse",
    httpsOnly: url.protocol === "https:",
    timeouts: { ...TIMEOUTS, totalMs },
    signal,
  });
};

/** Makes one attempt; every way to fail is an answer. @throws the signal's reason where that aborted. */
export const sendDelivery = async (sender: Sender, delivery: ClaimedDelivery, signal: AbortSignal): Promise<Sent> => {
  const startedAt = performance.now();
  const durationMs = (): number => Math.round(performance.now() - startedAt);
  try {
    const response = await post(sender, delivery, signal);
    const { status, headers } = response;
    const excerpt = await readExcerpt(response, signal);
    const isSuccess = status >= 200 && status < 300;
    const error = isSuccess ? null : `The receiver answered ${status}; 200 to 299 counts as received.`;
    const retryAfterMs = retryAfterMsOf(headers["retry-after"], headers.date);
    return { isSuccess, status, error, excerpt, durationMs: durationMs(), retryAfterMs };
  } catch (error) {
    if (signal.aborted || !(error instanceof OutboundError)) throw error;
    const nothing = { isSuccess: false, status: null, excerpt: null, retryAfterMs: null };
    return { ...nothing, error: error.message, durationMs: durationMs() };
  }
};
