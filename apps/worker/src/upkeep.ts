import {
  addToOutbox,
  cancelOverdueTasks,
  type Database,
  loseAbandonedCalls,
  requeueStaleTasks,
  startLeaseHolder,
} from "@phonoscene/db";
import { type Logger, MINUTE, SECOND } from "@phonoscene/kernel";
import type { Relay } from "@phonoscene/queue";

export type UpkeepOptions = {
  database: Database;
  relay: Relay;
  logger: Logger;
  reconcileEveryMs?: number;
  staleAfterMs?: number;
  overdueEveryMs?: number;
};

export type Upkeep = {
  /** Whether this process does what only one should. */
  isHolder(): boolean;
  stop(): Promise<void>;
};

/**
 * Asks again for lost work, cancels what is overdue and now and then for a sweep, on timers of this process: a schedule kept in the queue would
 * be lost with the queue. Where it does so beside another process for a moment, row locks and job keys keep the work single.
 */
export const startUpkeep = (options: UpkeepOptions): Upkeep => {
  const { database, relay, logger } = options;
  // One of all workers does the work.
  const lease = startLeaseHolder({ db: database.db, name: "upkeep", logger });
  const { reconcileEveryMs = 5 * SECOND, staleAfterMs = 15 * SECOND, overdueEveryMs = SECOND } = options;
  let running: Promise<void> = Promise.resolve();
  const guarded = (name: string, work: () => Promise<void>): void => {
    if (!lease.isHeld()) return;
    running = running.then(work).catch((error: unknown) => logger.warn({ err: error, name }, "upkeep failed"));
  };
  const reconcile = async (): Promise<void> => {
    const requeued = await requeueStaleTasks(database.db, staleAfterMs);
    if (requeued === 0) return;
    logger.info({ requeued }, "asked again for tasks that nobody holds");
    relay.wake();
  };
  const cancelOverdue = async (): Promise<void> => {
    const canceled = await cancelOverdueTasks(database.db);
    if (canceled > 0) logger.info({ canceled }, "canceled tasks whose deadline is over");
  };
  const askForSweep = (): Promise<void> =>
    addToOutbox(database.db, [{ job: "maintenance", payload: { action: "sweep" } }]);
  const timers = [
    setInterval(() => guarded("reconcile", reconcile), reconcileEveryMs),
    setInterval(() => guarded("provider calls", () => loseAbandonedCalls(database.db)), MINUTE),
    setInterval(() => guarded("deadlines", cancelOverdue), overdueEveryMs),
    setInterval(() => guarded("sweep", askForSweep), 10 * MINUTE),
  ];
  return {
    isHolder: lease.isHeld,
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await running;
      await lease.stop();
    },
  };
};
