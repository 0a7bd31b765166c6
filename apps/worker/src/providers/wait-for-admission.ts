import { setTimeout as sleep } from "node:timers/promises";

import type { Admission, SpendCaps } from "@phonoscene/db";
import { AppError, type ProviderCall, SECOND } from "@phonoscene/kernel";

import { ProviderBusy } from "./provider-busy.ts";

export type Patience = {
  /** Until the provider's rest is over, in the queue; else another engine steps in. */
  waitsForRest: boolean;
  /** The stage may go back to the queue at this point, and loses nothing that was paid for. */
  mayPutBack: boolean;
  /** How long a worker's slot may be held by waiting. */
  maxWaitMs: number;
};

const LOOK_AGAIN_MS = SECOND / 4;
const PUT_BACK_MS = 2 * SECOND;

/** No less, and spread, so that those who wait do not come back as one. */
const spread = (ms: number): number => Math.round(ms * (1 + Math.random() / 4));

const dollars = (microUsd: number | null): string => `$${((microUsd ?? 0) / 1_000_000).toFixed(2)}`;

const overCap = ({ cap, resetsAt }: Extract<Admission, { outcome: "over-cap" }>, caps: SpendCaps): AppError => {
  const [whose, cure, amount] =
    cap === "user"
      ? ["your account", "SPEND_CAP_USER_USD_PER_DAY", caps.userMicroUsd]
      : ["this service", "SPEND_CAP_TOTAL_USD_PER_DAY", caps.totalMicroUsd];
  const detail = `The day's limit of ${dollars(amount)} for paid engines is reached for ${whose}: retry after ${resetsAt.toISOString()}, when it starts again, or have ${cure} raised.`;
  return new AppError("spend_limit", { detail });
};

const resting = (provider: string, retryAfterMs: number): AppError => {
  const detail = `${provider} has failed again and again and is given a rest: try again later.`;
  return new AppError("provider_unavailable", { detail, retryAfterMs });
};

const tooBusy = (provider: string): AppError => {
  const detail = `${provider} is used as much as this service may: try again later, or have its limits raised.`;
  return new AppError("provider_unavailable", { detail });
};

/**
 * Waits until a call is let through.
 * @throws ProviderBusy where the stage should wait in the queue; AppError "spend_limit"; AppError "provider_unavailable"
 * where another engine should step in; the signal's reason when aborted.
 */
export const waitForAdmission = async (
  { provider, signal }: ProviderCall,
  { admit, patience, caps }: { admit(): Promise<Admission>; patience: Patience; caps: SpendCaps },
): Promise<void> => {
  const { waitsForRest, mayPutBack, maxWaitMs } = patience;
  for (let waitedMs = 0; ;) {
    const admission = await admit();
    if (admission.outcome === "admitted") return;
    if (admission.outcome === "over-cap") throw overCap(admission, caps);
    if (admission.outcome === "open") {
      if (!waitsForRest) throw resting(provider, admission.retryInMs);
      throw new ProviderBusy(`${provider} is given a rest`, spread(admission.retryInMs));
    }
    const waitMs = spread(admission.outcome === "full" ? LOOK_AGAIN_MS : admission.retryInMs);
    if (waitedMs + waitMs > maxWaitMs) {
      if (!mayPutBack) throw tooBusy(provider);
      throw new ProviderBusy(`${provider} is busy`, Math.max(spread(PUT_BACK_MS), waitMs));
    }
    await sleep(waitMs, undefined, { signal });
    waitedMs += waitMs;
  }
};
