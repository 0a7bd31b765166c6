import { setMaxListeners } from "node:events";

import {
  claimDeliveries,
  type ClaimedDelivery,
  type Database,
  disableGoneWebhook,
  recordAttempt,
  releaseDelivery,
} from "@phonoscene/db";
import { crashPoint, type Logger, pause } from "@phonoscene/kernel";

import { nextDelayMs } from "./schedule.ts";
import { sendDelivery, type Sender } from "./send.ts";

export type Dispatcher = {
  /** Claims no more, lets requests under way end within the grace, and gives the rest back; once. */
  stop(graceMs: number): Promise<void>;
};

export type DispatcherOptions = Sender & {
  database: Database;
  logger: Logger;
  /** Whether this process looks for work: where several run, one does. */
  mayPoll(): boolean;
  pollMs?: number;
};

/** Requests under way in this process: sixty-four receivers that hang fill it, for fifteen seconds. */
const MAX_UNDER_WAY = 256;
const GONE = 410;

/** Sends what is due and records how it went; see ADR 013 and packages/db/src/webhook-deliveries.repo.ts. */
export const startDispatcher = (options: DispatcherOptions): Dispatcher => {
  const { database, logger, mayPoll, pollMs = 700 } = options;
  const { db } = database;
  const stopped = new AbortController();
  const cutOff = new AbortController();
  // Every request and rest listens; Node would warn of a leak.
  setMaxListeners(0, stopped.signal, cutOff.signal);
  const underWay = new Set<Promise<void>>();

  const deliver = async (delivery: ClaimedDelivery): Promise<void> => {
    const sent = await sendDelivery(options, delivery, cutOff.signal);
    crashPoint("webhook/sent");
    const isGone = sent.status === GONE;
    const delayMs =
      sent.isSuccess || isGone ? null : nextDelayMs(delivery.attempt + 1, sent.retryAfterMs, Math.random());
    const state = sent.isSuccess ? "delivered" : delayMs === null ? "exhausted" : "pending";
    await recordAttempt(db, delivery, { ...sent, state, delayMs: delayMs ?? 0 });
    if (isGone) await disableGoneWebhook(db, delivery.webhookId);
    logger.info({ deliveryId: delivery.id, status: sent.status, state }, "webhook sent");
  };

  const guarded = async (delivery: ClaimedDelivery): Promise<void> => {
    try {
      await deliver(delivery);
    } catch (error) {
      if (cutOff.signal.aborted) await releaseDelivery(db, delivery);
      // Its lease runs out, and it is sent again.
      else logger.warn({ err: error, deliveryId: delivery.id }, "webhook could not be sent or recorded");
    }
  };

  const begin = (delivery: ClaimedDelivery): void => {
    const work: Promise<void> = guarded(delivery)
      .catch((error: unknown) => logger.warn({ err: error }, "webhook could not be given back"))
      .finally(() => underWay.delete(work));
    underWay.add(work);
  };

  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const room = MAX_UNDER_WAY - underWay.size;
      try {
        const claimed = mayPoll() && room > 0 ? await claimDeliveries(db, room) : [];
        for (const delivery of claimed) begin(delivery);
        const rest = pause(pollMs, stopped.signal);
        // Whoever was quick may have more to get.
        await (claimed.length > 0 ? Promise.race([rest, ...underWay]) : rest);
      } catch (error) {
        logger.warn({ err: error }, "webhooks could not be claimed");
        await pause(pollMs, stopped.signal);
      }
    }
  };

  const running = run();
  const stop = async (graceMs: number): Promise<void> => {
    stopped.abort();
    const timer = setTimeout(() => cutOff.abort(new Error("the dispatcher stops")), graceMs);
    await running;
    await Promise.all(underWay);
    clearTimeout(timer);
  };
  let stopping: Promise<void> | undefined;
  return { stop: (graceMs) => (stopping ??= stop(graceMs)) };
};
