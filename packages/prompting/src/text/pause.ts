import { setImmediate as nextTurn } from "node:timers/promises";

const HOLD_MS = 10;

/** To be called often in long work: lets others run whenever it has held the event loop for 10 ms. */
export type Pause = () => Promise<void>;

export const createPause = (): Pause => {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < HOLD_MS) return;
    await nextTurn();
    since = performance.now();
  };
};
