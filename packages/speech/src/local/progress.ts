import { MINUTE } from "@phonoscene/kernel";

import type { DecoderNotes } from "./decoder-notes.ts";
import { SAMPLE_RATE_HZ } from "./pcm-format.ts";

/** Before the end nothing is certain: a header may be wrong. */
const MOST = 0.99;
const TYPICAL_MS = 10 * MINUTE;

/** How much of the recording is done: by its duration, or towards 1 ever slower where that is unknown. */
export const fractionDone = (samples: number, { durationMs }: DecoderNotes): number => {
  const doneMs = (samples * 1000) / SAMPLE_RATE_HZ;
  const fraction = durationMs === null || durationMs <= 0 ? 1 - Math.exp(-doneMs / TYPICAL_MS) : doneMs / durationMs;
  return Math.min(MOST, fraction);
};
