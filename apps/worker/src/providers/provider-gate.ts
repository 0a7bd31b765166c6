import { setTimeout as sleep } from "node:timers/promises";

import { endProviderJob, findReservedJob, loseCallsOfTask } from "@phonoscene/db";
import { MINUTE, newId, type ProviderCall, type ProviderGate, SECOND } from "@phonoscene/kernel";

import { admit, type Caller, type GateContext, priceOf, type ProviderGateOptions, tryOnce } from "./provider-try.ts";
import { FIRST_DELAY_MS, retryDelayMs, type RetryPolicy } from "./retry-delay.ts";
import { type Patience, waitForAdmission } from "./wait-for-admission.ts";

export type { ProviderGateOptions } from "./provider-try.ts";

/** `null`: the upkeep, whose jobs the queue repeats. */
export type ProviderGates = { for(caller: Caller | null): ProviderGate };

const BREAKER = { failuresToOpen: 5, openMs: 30 * SECOND, maxOpenMs: 5 * MINUTE };
const SLOT_MS = 30 * SECOND;
const MAX_TRIES = 3;
/** A stage that can be taken up again waits in the queue rather than in a worker's slot. */
const SHORT_WAIT_MS = 5 * SECOND;
const LONG_WAIT_MS = MINUTE;

/** In the first attempt of a stage blips are bridged; once the queue repeats the stage, each attempt asks once. */
const retryPolicy = (caller: Caller | null, baseDelayMs: number): RetryPolicy => {
  const isBridged = caller !== null && (caller.hasUnderstudy || caller.task.attempt <= 1);
  const maxDelayMs = caller?.hasUnderstudy === true ? LONG_WAIT_MS : SHORT_WAIT_MS;
  return { maxTries: isBridged ? MAX_TRIES : 1, baseDelayMs, maxDelayMs };
};

/** With an understudy, what was paid for in this run of the stage is stored nowhere yet. */
const patienceOf = (
  caller: Caller | null,
  { hasPaid, timeLeftMs }: { hasPaid: boolean; timeLeftMs: number },
): Patience => {
  const hasMuchToLose = caller?.hasUnderstudy === true && hasPaid;
  return {
    waitsForRest: caller?.hasUnderstudy !== true,
    mayPutBack: !hasMuchToLose,
    maxWaitMs: Math.min(hasMuchToLose ? LONG_WAIT_MS : SHORT_WAIT_MS, timeLeftMs),
  };
};

const createRun = (context: GateContext, caller: Caller | null): ProviderGate["run"] => {
  const { database, logger, baseDelayMs = FIRST_DELAY_MS } = context;
  const policy = retryPolicy(caller, baseDelayMs);
  const boundAt = performance.now();
  const timeLeftMs = (): number =>
    (caller?.task.deadlineInMs ?? Number.POSITIVE_INFINITY) - (performance.now() - boundAt);
  let hasPaid = false;
  let lost: Promise<void> | undefined;

  const pass = async (call: ProviderCall, id: string): Promise<void> => {
    if (caller !== null && call.estimate !== null) await (lost ??= loseCallsOfTask(database.db, caller.task.taskId));
    const patience = patienceOf(caller, { hasPaid, timeLeftMs: timeLeftMs() });
    await waitForAdmission(call, { admit: () => admit(context, { call, id, caller }), patience, caps: context.caps });
  };

  return async (call, work) => {
    let failure: unknown;
    for (let tries = 1; ; tries += 1) {
      call.signal.throwIfAborted();
      const id = newId();
      await pass(call, id).catch((refusal: unknown) => {
        call.signal.throwIfAborted();
        // A refusal after a failed try must not hide it: the attempt counts.
        throw failure ?? refusal;
      });
      const tried = await tryOnce(context, { call, id, caller }, work);
      if ("value" in tried) {
        hasPaid ||= call.estimate !== null;
        return tried.value;
      }
      failure = tried.error;
      const delayMs = retryDelayMs(failure, tries, { policy, timeLeftMs: timeLeftMs() });
      if (delayMs === null || call.signal.aborted) throw failure;
      logger.warn({ provider: call.provider, operation: call.operation, tries, delayMs }, "a call is made again");
      await sleep(delayMs, undefined, { signal: call.signal }).catch(() => call.signal.throwIfAborted());
    }
  };
};

const createSettle =
  (context: GateContext, caller: Caller | null): ProviderGate["settle"] =>
  async ({ provider, jobId, model }, usage) => {
    if (caller === null) return;
    const { db } = context.database;
    const job = { taskId: caller.task.taskId, provider, jobId };
    const reserved = await findReservedJob(db, job);
    if (reserved === null) return;
    if (usage === null) return endProviderJob(db, job, { state: "released" });
    const microUsd = priceOf(context, { provider, model: model ?? reserved.model }, usage);
    return endProviderJob(db, job, { state: "settled", usage, microUsd, model });
  };

/**
 * The one way from a stage to a provider (ADR 012): breaker, slots, requests a minute and spending before a request, the
 * ledger after it, and the only loop that repeats one. What a gate knows of a provider is in the database, the same for
 * all processes.
 */
export const createProviderGates = (options: ProviderGateOptions): ProviderGates => {
  const context: GateContext = { breaker: BREAKER, slotMs: SLOT_MS, ...options, unpriced: new Set() };
  return {
    for: (caller) => ({ run: createRun(context, caller), settle: createSettle(context, caller) }),
  };
};
