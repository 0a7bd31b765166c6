import { addToOutbox, type Database, requeueStaleTasks } from "@phonoscene/db";
import { type Logger, MINUTE, SECOND } from "@phonoscene/kernel";
import type { Relay } from "@phonoscene/queue";

export type UpkeepOptions = {
  database: Database;
  relay: Relay;
  logger: Logger;
  reconcileEveryMs?: number;
  staleAfterMs?: number;
};

/**
 * Asks again for lost work, and now and then for a sweep, on timers of this process: a schedule kept in the queue would
 * be lost with the queue. Several processes may do so at once; row locks and job keys keep the work single.
 */
export const startUpkeep = (options: UpkeepOptions): { stop(): Promise<void> } => {
  const { database, relay, logger, reconcileEveryMs = 5 * SECOND, staleAfterMs = 15 * SECOND } = options;
  let running: Promise<void> = Promise.resolve();
  const guarded = (name: string, work: () => Promise<void>): void => {
    running = running.then(work).catch((error: unknown) => logger.warn({ err: error, name }, "upkeep failed"));
  };
  const reconcile = async (): Promise<void> => {
    const requeued = await requeueStaleTasks(database.db, staleAfterMs);
    if (requeued === 0) return;
    logger.info({ requeued }, "asked again for tasks that nobody holds");
    relay.wake();
  };
  const askForSweep = (): Promise<void> =>
    addToOutbox(database.db, [{ job: "maintenance", payload: { action: "sweep" } }]);
  const timers = [
    setInterval(() => guarded("reconcile", reconcile), reconcileEveryMs),
    setInterval(() => guarded("sweep", askForSweep), 10 * MINUTE),
  ];
  return {
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await running;
    },
  };
};
