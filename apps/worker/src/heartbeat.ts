import { cancelOverdueTask, type ClaimedTask, type Database, renewLease } from "@phonoscene/db";
import type { Logger } from "@phonoscene/kernel";

import { ClaimLost, type ClaimWatch } from "./claim-watch.ts";

export type Heartbeat = {
  /** Aborts with ClaimLost. */
  lost: AbortSignal;
  /** Fraction of the stage, 0..1; never goes back. */
  onProgress(fraction: number): void;
  stop(): void;
};

export type HeartbeatOptions = {
  database: Database;
  watch: ClaimWatch;
  claim: Pick<ClaimedTask, "taskId" | "token" | "leaseMs" | "deadlineInMs">;
  logger: Logger;
};

const TICK_MS = 500;

/** Keeps the lease alive and the progress visible, and tells when the claim is gone or the deadline over. */
export const startHeartbeat = ({ database, watch, claim, logger }: HeartbeatOptions): Heartbeat => {
  const lost = new AbortController();
  let progress = 0;
  let shown = 0;
  let renewedAt = Date.now();
  let isRenewing = false;
  // When to ask; whether it is over is for the database's clock to say.
  const dueAt = performance.now() + (claim.deadlineInMs ?? Number.POSITIVE_INFINITY);
  const isNothingNew = (): boolean =>
    progress === shown && Date.now() - renewedAt < claim.leaseMs / 4 && performance.now() < dueAt;

  const renew = async (): Promise<void> => {
    const sent = progress;
    if (!(await renewLease(database.db, claim, sent))) {
      const isOverdue = await cancelOverdueTask(database.db, claim.taskId);
      lost.abort(new ClaimLost(isOverdue ? "the deadline is over" : "the task was deleted, canceled or taken over"));
      return;
    }
    shown = sent;
    renewedAt = Date.now();
  };

  const tick = async (): Promise<void> => {
    if (isRenewing || lost.signal.aborted || isNothingNew()) return;
    isRenewing = true;
    try {
      await renew();
    } catch (error) {
      logger.warn({ err: error }, "heartbeat failed");
      // Past the lease anybody may take the task: our result would be fenced off, so stop spending on it.
      if (Date.now() - renewedAt > claim.leaseMs) lost.abort(new ClaimLost("the lease could not be renewed"));
    } finally {
      isRenewing = false;
    }
  };

  const unwatch = watch.add(claim, (reason) => lost.abort(reason));
  const timer = setInterval(() => void tick(), TICK_MS);
  return {
    lost: lost.signal,
    onProgress: (fraction) => {
      progress = Math.max(progress, Math.min(1, fraction));
    },
    stop: () => {
      clearInterval(timer);
      unwatch();
    },
  };
};
