import {
  type Admission,
  admitProviderCall,
  type BreakerPolicy,
  type CallEnd,
  type CallHealth,
  type Database,
  endProviderCall,
  prolongProviderCall,
  type ProviderLimits,
  type SpendCaps,
} from "@phonoscene/db";
import {
  AppError,
  costMicroUsd,
  type Logger,
  type PriceList,
  type ProviderAnswer,
  type ProviderCall,
  type ProviderUsage,
} from "@phonoscene/kernel";

import { isTransient } from "./retry-delay.ts";

export type ProviderGateOptions = {
  database: Database;
  logger: Logger;
  limits: Readonly<Record<string, ProviderLimits>>;
  caps: SpendCaps;
  prices: PriceList;
  breaker?: BreakerPolicy;
  /** How long the slot of a process that died stays taken. */
  slotMs?: number;
  /** Before the second try of a call. */
  baseDelayMs?: number;
};

export type GateContext = ProviderGateOptions & { breaker: BreakerPolicy; slotMs: number; unpriced: Set<string> };

/** Who calls: a stage of a task under its claim. */
export type Caller = {
  task: { taskId: string; userId: string; attempt: number; deadlineInMs: number | null };
  /** Another engine steps in: the provider's rest is not waited for, and what was paid for is not thrown away. */
  hasUnderstudy: boolean;
};

/** One request, under the id of its slot and of its row in the ledger. */
export type Try = { call: ProviderCall; id: string; caller: Caller | null };

/** Millionths of a dollar; null, and once a process a warning, where the model has no price. */
export const priceOf = (
  { prices, unpriced, logger }: GateContext,
  { provider, model }: { provider: string; model: string },
  usage: ProviderUsage,
): number | null => {
  const name = `${provider}/${model}`;
  if (!prices.has(name) && !unpriced.has(name)) {
    unpriced.add(name);
    logger.warn({ provider, model }, "the model has no price: its calls count as nothing; set PROVIDER_PRICES");
  }
  return costMicroUsd(prices, { provider, model }, usage);
};

const NO_LIMITS: ProviderLimits = { maxConcurrent: null, requestsPerMinute: null };

export const admit = (context: GateContext, { call, id, caller }: Try): Promise<Admission> => {
  const { database, limits, caps, slotMs } = context;
  const { provider, model, operation, estimate, takesSlot } = call;
  const isCharged = estimate !== null && caller !== null;
  const reservation = isCharged
    ? {
        taskId: caller.task.taskId,
        userId: caller.task.userId,
        model,
        operation,
        microUsd: priceOf(context, call, estimate) ?? 0,
      }
    : null;
  const ask = { id, provider, limits: limits[provider] ?? NO_LIMITS, takesSlot, slotMs, reservation, caps };
  return admitProviderCall(database.db, ask);
};

/** How a failure looks to the breaker: who says when to come back is not down. */
const healthAfter = (error: unknown): CallHealth => {
  if (!(error instanceof AppError)) return "given-up";
  return isTransient(error) && error.retryAfterMs === undefined ? "failed" : "answered";
};

/** Without an answer nobody knows whether it was charged. */
const endAfter = (error: unknown): CallEnd =>
  error instanceof AppError && error.code !== "provider_timeout" ? { state: "released" } : { state: "unknown" };

const endOf = (context: GateContext, call: ProviderCall, { usage, jobId }: ProviderAnswer<unknown>): CallEnd => {
  if (jobId !== undefined) return { state: "reserved", jobId };
  if (usage === null) return { state: "released" };
  return { state: "settled", usage, microUsd: priceOf(context, call, usage), model: null };
};

type Ended = { health: CallHealth; end: CallEnd };

/** What was answered is not thrown away because it could not be written down: the call then counts as unknown. */
const leave = async (context: GateContext, { call, id, caller }: Try, { health, end }: Ended): Promise<void> => {
  const { database, breaker, logger } = context;
  const { provider } = call;
  const isCharged = call.estimate !== null && caller !== null;
  try {
    const hasOpened = await endProviderCall(database.db, { id, provider, health, breaker }, isCharged ? end : null);
    if (hasOpened) logger.error({ provider }, "the provider keeps failing and is given a rest");
  } catch (error) {
    logger.error({ err: error, provider, callId: id }, "the end of a provider's call could not be written down");
  }
};

/** Makes the request under its slot, and writes down how it ended. */
export const tryOnce = async <Value>(
  context: GateContext,
  request: Try,
  work: () => Promise<ProviderAnswer<Value>>,
): Promise<{ value: Value } | { error: unknown }> => {
  const { database, slotMs, logger } = context;
  const { call, id } = request;
  const { provider } = call;
  const prolong = (): void => {
    prolongProviderCall(database.db, { id, provider, slotMs }).catch((error: unknown) =>
      logger.warn({ err: error, provider }, "a provider's slot could not be prolonged"),
    );
  };
  const timer = setInterval(prolong, slotMs / 3);
  try {
    const answer = await work();
    await leave(context, request, { health: "answered", end: endOf(context, call, answer) });
    return { value: answer.value };
  } catch (error) {
    await leave(context, request, { health: healthAfter(error), end: endAfter(error) });
    return { error };
  } finally {
    clearInterval(timer);
  }
};
