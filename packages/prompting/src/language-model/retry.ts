import { setTimeout as sleep } from "node:timers/promises";

import { MINUTE } from "@phonoscene/kernel";

import type { Failure } from "./failures.ts";

const MAX_TRIES = 3;

/** A server that asks for more is as good as down: the caller has another engine. */
const MAX_WAIT_MS = MINUTE;

type RetryOptions = {
  /** Doubles from try to try, with a quarter of jitter; the server's `Retry-After` wins. */
  baseDelayMs: number;
  signal: AbortSignal;
  onFailure(failure: Failure, tries: number): void;
};

/**
 * Calls up to three times while the failure is transient: the only retry layer there is, LangChain's is off.
 * @throws the signal's reason when aborted.
 */
export const withRetry = async <Reply extends object>(
  call: () => Promise<Reply | { failure: Failure }>,
  { baseDelayMs, signal, onFailure }: RetryOptions,
): Promise<Reply | { failure: Failure }> => {
  for (let tries = 1; ; tries++) {
    const outcome = await call();
    if (!("failure" in outcome)) return outcome;
    const { failure } = outcome;
    onFailure(failure, tries);
    const delayMs = failure.error.retryAfterMs ?? baseDelayMs * 2 ** (tries - 1) * (0.75 + Math.random() / 2);
    if (failure.kind !== "transient" || tries === MAX_TRIES || delayMs > MAX_WAIT_MS) return outcome;
    await sleep(delayMs, undefined, { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
  }
};
