import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";

import { AppError, HOUR, MINUTE, SECOND } from "@phonoscene/kernel";
import { type RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";

import type { RateLimitStore } from "./rate-limit-store.ts";

/** Requests that are let through in each window; 0: as many as come. */
export type RateLimitConfig = {
  apiPerMinute: number;
  bulkPerMinute: number;
  registerPerHour: number;
  loginPerMinute: number;
  refreshPerMinute: number;
  loginFailures: number;
  hookPerMinute: number;
};

export type LimitName = "api" | "bulk" | "register" | "login" | "refresh" | "hook";

export type AddHeader = (name: string, value: string) => void;

export type RateLimits = {
  /**
   * Counts a request and says in its headers what is left (draft-ietf-httpapi-ratelimit-headers).
   * @throws AppError "request/rate-limited".
   */
  take(name: LimitName, key: string, addHeader: AddHeader): Promise<void>;
};

const seconds = (ms: number): number => Math.ceil(ms / SECOND);

/** Emails, addresses and ids are counted under their hash: the counters tell nothing about people. */
export const counterKey = (key: string): string => createHash("sha256").update(key).digest("base64url");

/** What a limiter throws that is no fault: the limit is reached. */
export const isOverLimit = (error: unknown): error is RateLimiterRes => error instanceof RateLimiterRes;

export const tooMany = (what: string, retryAfterMs: number): AppError =>
  new AppError("request/rate-limited", {
    detail: `${what} Try again in ${seconds(retryAfterMs)} s.`,
    retryAfterMs,
  });

/** One network of a household or a server is one caller: the first half of an IPv6 address, all of an IPv4 one. */
export const networkOf = (ip: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined || !isIPv6(ip)) return mapped ?? ip;
  const [head = "", tail] = ip.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0"), ...right];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
};

const policiesOf = (config: RateLimitConfig): Record<LimitName, { points: number; durationMs: number }> => ({
  api: { points: config.apiPerMinute, durationMs: MINUTE },
  bulk: { points: config.bulkPerMinute, durationMs: MINUTE },
  register: { points: config.registerPerHour, durationMs: HOUR },
  login: { points: config.loginPerMinute, durationMs: MINUTE },
  refresh: { points: config.refreshPerMinute, durationMs: MINUTE },
  hook: { points: config.hookPerMinute, durationMs: MINUTE },
});

type Taken = { state: RateLimiterRes; isOver: boolean };

const consume = async (limiter: RateLimiterAbstract, key: string): Promise<Taken> => {
  try {
    return { state: await limiter.consume(counterKey(key)), isOver: false };
  } catch (error) {
    if (!isOverLimit(error)) throw error;
    return { state: error, isOver: true };
  }
};

export const createRateLimits = (store: RateLimitStore, config: RateLimitConfig): RateLimits => {
  const policies = policiesOf(config);
  const limiters = new Map<LimitName, RateLimiterAbstract>();
  for (const [name, policy] of Object.entries(policies)) {
    // The record's keys are the names.
    if (policy.points > 0) limiters.set(name as LimitName, store.createLimiter({ name, ...policy }));
  }
  return {
    take: async (name, key, addHeader) => {
      const limiter = limiters.get(name);
      if (limiter === undefined) return;
      const { points, durationMs } = policies[name];
      const { state, isOver } = await consume(limiter, key);
      addHeader("RateLimit-Policy", `"${name}";q=${points};w=${durationMs / SECOND}`);
      addHeader("RateLimit", `"${name}";r=${Math.max(0, state.remainingPoints)};t=${seconds(state.msBeforeNext)}`);
      if (isOver) throw tooMany(`More than ${points} requests in ${durationMs / MINUTE} min.`, state.msBeforeNext);
    },
  };
};
