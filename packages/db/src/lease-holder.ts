/*
 * What only one process should do (poll the outbox, ask again for lost work) is done where a lease is held.
 *
 * Every process asks for the lease. The holder prolongs it after a third of its length; the others sleep until the
 * holder's would be over and ask again, so waiting costs about one statement a length and process. After a death the
 * next one takes over when the lease ends: within one length, and a little. A holder that cannot reach the database
 * stops counting itself as one when the length is over by its own monotonic clock, counted from before it asked: always
 * earlier than the database lets somebody else in.
 *
 * Rejected: a session's advisory lock, which a half-open connection keeps until TCP gives up, and which a pooler that
 * hands out connections by transaction breaks.
 *
 * A lease saves work, it does not make effects single: rows locks (SKIP LOCKED), job keys and claims do. That is why two
 * holders for a moment (a frozen process that wakes) would do no harm, and why a relay that its own process has woken
 * may drain the outbox without the lease.
 */
import { type Logger, newId, pause, SECOND } from "@phonoscene/kernel";

import type { Db } from "./client.ts";
import { holdLease, releaseLease } from "./leases.repo.ts";

export const LEASE_LENGTH_MS = 6 * SECOND;

export type LeaseHolder = {
  /** Whether this process may do the work right now. */
  isHeld(): boolean;
  /** Stops asking, and gives the lease back. */
  stop(): Promise<void>;
};

export type LeaseHolderOptions = { db: Db; name: string; logger: Logger; lengthMs?: number };

const RETRY_MS = SECOND;

/** Asks for the lease for ever. Failures of the database cost the lease, nothing else. */
export const startLeaseHolder = ({ db, name, logger, lengthMs = LEASE_LENGTH_MS }: LeaseHolderOptions): LeaseHolder => {
  const holder = newId();
  const stopped = new AbortController();
  let heldUntil = 0;

  /** Resolves to how long to wait before the next ask. */
  const ask = async (): Promise<number> => {
    const askedAt = performance.now();
    const { isHeld, remainingMs } = await holdLease(db, { name, holder, lengthMs });
    if (isHeld) heldUntil = askedAt + lengthMs;
    return isHeld ? lengthMs / 3 : remainingMs + 20 + Math.random() * (lengthMs / 20);
  };

  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      let waitMs = Math.min(RETRY_MS, lengthMs / 3);
      try {
        waitMs = await ask();
      } catch (error) {
        logger.warn({ err: error, lease: name }, "lease could not be asked for");
      }
      await pause(waitMs, stopped.signal);
    }
  };

  const running = run();
  return {
    isHeld: () => performance.now() < heldUntil,
    stop: async () => {
      stopped.abort();
      await running;
      if (performance.now() >= heldUntil) return;
      heldUntil = 0;
      await releaseLease(db, { name, holder }).catch((error: unknown) => {
        logger.warn({ err: error, lease: name }, "lease could not be given back; it ends by itself");
      });
    },
  };
};
