import { TERMINAL_STATUSES } from "@phonoscene/contracts";
import { type Database, findTaskStatus, type OwnedTask } from "@phonoscene/db";
import { pause, SECOND } from "@phonoscene/kernel";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = SECOND;
const GROWTH = 1.3;

export type Waiting = { task: OwnedTask; timeoutMs: number; gone: AbortSignal };

/**
 * Resolves when the task is over or gone, when `timeoutMs` have passed, or when nobody waits any more. It looks at the
 * status alone, less and less often. Rejected: LISTEN, which costs each process one more connection for at most a
 * second's gain.
 */
export const waitUntilOver = async (db: Database["db"], { task, timeoutMs, gone }: Waiting): Promise<void> => {
  const endsAt = performance.now() + timeoutMs;
  for (let pauseMs = FIRST_PAUSE_MS; !gone.aborted; pauseMs = Math.min(pauseMs * GROWTH, LONGEST_PAUSE_MS)) {
    const status = await findTaskStatus(db, task);
    const leftMs = endsAt - performance.now();
    if (status === null || TERMINAL_STATUSES.includes(status) || leftMs <= 0) return;
    await pause(Math.min(pauseMs, leftMs), gone);
  }
};
