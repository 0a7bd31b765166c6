import { setTimeout as sleep } from "node:timers/promises";

/** Waits, or ends early when the signal aborts: being stopped is no error here. Does not keep the process alive. */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  try {
    await sleep(ms, undefined, { signal, ref: false });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};
