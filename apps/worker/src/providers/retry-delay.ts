import { AppError, SECOND } from "@phonoscene/kernel";

export type RetryPolicy = {
  maxTries: number;
  /** Before the second try; doubles from try to try, with jitter of a half. The server's `Retry-After` wins. */
  baseDelayMs: number;
  /** Who has to wait for longer gives up: whoever called has something better to do. */
  maxDelayMs: number;
};

/** Failures of the provider or of the way there, as the ports name them. */
export const isTransient = (error: unknown): error is AppError =>
  error instanceof AppError && ["provider_unavailable", "provider_timeout"].includes(error.code) && error.retryable;

/** How long to wait before the same request is made again; null: it is not. */
export const retryDelayMs = (
  error: unknown,
  tries: number,
  { policy, timeLeftMs }: { policy: RetryPolicy; timeLeftMs: number },
): number | null => {
  if (!isTransient(error) || tries >= policy.maxTries) return null;
  const delayMs = error.retryAfterMs ?? policy.baseDelayMs * 2 ** (tries - 1) * (0.5 + Math.random());
  return delayMs > policy.maxDelayMs || delayMs >= timeLeftMs ? null : delayMs;
};

export const FIRST_DELAY_MS = SECOND / 2;
