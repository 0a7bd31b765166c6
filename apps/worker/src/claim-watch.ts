import { type Claim, type Database, findLostClaims } from "@phonoscene/db";
import { type Logger, pause } from "@phonoscene/kernel";

/** The claim was lost while working: the task was deleted, canceled, taken over or overdue. Nothing is left to do. */
export class ClaimLost extends Error {
  override readonly name = "ClaimLost";
}

export type ClaimWatch = {
  /** Calls `onLost` once, at most a moment after the claim was lost, unless it was removed by the function returned. */
  add(claim: Claim, onLost: (reason: ClaimLost) => void): () => void;
  stop(): Promise<void>;
};

export type ClaimWatchOptions = { database: Database; logger: Logger; everyMs?: number };

/**
 * Notices within a fraction of a second that a task was canceled: one small statement for all claims of the process,
 * by primary key, and none while there are no claims. Heartbeats may so stay rare: they write. Rejected: LISTEN/NOTIFY,
 * one more connection a process that dies silently, so the check would be needed all the same.
 */
export const startClaimWatch = ({ database, logger, everyMs = 300 }: ClaimWatchOptions): ClaimWatch => {
  const watched = new Map<string, { claim: Claim; onLost: (reason: ClaimLost) => void }>();
  const stopped = new AbortController();

  const check = async (): Promise<void> => {
    const claims = [...watched.values()].map(({ claim }) => claim);
    if (claims.length === 0) return;
    for (const { token } of await findLostClaims(database.db, claims)) {
      watched.get(token)?.onLost(new ClaimLost("the task was deleted, canceled or taken over"));
      watched.delete(token);
    }
  };

  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await pause(everyMs, stopped.signal);
      await check().catch((error: unknown) => logger.warn({ err: error }, "claims could not be looked at"));
    }
  };

  const running = run();
  return {
    add: (claim, onLost) => {
      watched.set(claim.token, { claim, onLost });
      return () => void watched.delete(claim.token);
    },
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
};
