import { DAY, HOUR, MINUTE, SECOND } from "@phonoscene/kernel";

/** Before each attempt, from the one before: about three days in all. */
export const DELAYS_MS = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;

/** Receivers that failed together are not asked again together: up to a fifth more. */
const JITTER = 0.2;

const MAX_RETRY_AFTER_MS = DAY;

/**
 * What a `Retry-After` asks for, at most a day: seconds, or a date, which counts from the answer's own `Date` so that
 * nobody's clock matters. Null where there is none, or it means nothing.
 */
export const retryAfterMsOf = (retryAfter: string | undefined, date: string | undefined): number | null => {
  if (retryAfter === undefined) return null;
  const ms = /^\s*\d+\s*$/.test(retryAfter)
    ? Number(retryAfter) * SECOND
    : Date.parse(retryAfter) - Date.parse(date ?? "");
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
};

/**
 * Until the attempt after the `made`-th, never sooner than the receiver asks; null where none is left.
 * `random` is 0..1.
 */
export const nextDelayMs = (made: number, retryAfterMs: number | null, random: number): number | null => {
  const delay = DELAYS_MS[made];
  return delay === undefined ? null : Math.max(delay * (1 + JITTER * random), retryAfterMs ?? 0);
};
