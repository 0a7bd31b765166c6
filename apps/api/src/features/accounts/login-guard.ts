import { DAY, MINUTE, SECOND } from "@phonoscene/kernel";

import type { RateLimitStore } from "../../http/rate-limit-store.ts";
import { counterKey, isOverLimit, networkOf, tooMany } from "../../http/rate-limits.ts";

/**
 * Guards passwords against guessing, by account and network: after `maxFailures` in 15 minutes nothing is tried for 15
 * minutes, the next time for 30, then 60, up to a day. Two days without another block forget the doubling.
 */
export type LoginGuard = {
  /**
   * Resolves to what `verify` says. Counted as a failure before it runs, so that parallel guesses count too.
   * @throws AppError "request/rate-limited", without running it.
   */
  check(who: { email: string; ip: string }, verify: () => Promise<boolean>): Promise<boolean>;
};

const WINDOW_MS = 15 * MINUTE;

/** `maxFailures` 0: as many as come. */
export const createLoginGuard = (store: RateLimitStore, maxFailures: number): LoginGuard => {
  if (maxFailures === 0) return { check: (_who, verify) => verify() };
  const failures = store.createLimiter({ name: "login-failures", points: maxFailures, durationMs: WINDOW_MS });
  const blocks = store.createLimiter({ name: "login-blocks", points: Number.MAX_SAFE_INTEGER, durationMs: 2 * DAY });

  const count = async (key: string): Promise<number> => {
    try {
      return (await failures.consume(key)).consumedPoints;
    } catch (error) {
      if (!isOverLimit(error)) throw error;
      throw tooMany("Too many wrong passwords for this account.", error.msBeforeNext);
    }
  };

  const block = async (key: string): Promise<void> => {
    const { consumedPoints: times } = await blocks.consume(key);
    await failures.block(key, Math.min(WINDOW_MS * 2 ** (times - 1), DAY) / SECOND);
  };

  return {
    check: async ({ email, ip }, verify) => {
      const key = counterKey(`${email} ${networkOf(ip)}`);
      const counted = await count(key);
      try {
        const isRight = await verify();
        if (isRight) await failures.delete(key);
        else if (counted >= maxFailures) await block(key);
        return isRight;
      } catch (error) {
        // Nothing was learned about the password.
        await failures.reward(key);
        throw error;
      }
    },
  };
};
