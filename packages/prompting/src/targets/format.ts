import type { Slot, Target, Warning } from "@phonoscene/contracts";

import { formatFlux } from "./flux.ts";
import { formatGptImage } from "./gpt-image.ts";
import { formatMidjourney } from "./midjourney.ts";
import { formatSdxl } from "./sdxl.ts";

export type FormatRequest = {
  /** Clean: no quotes, brackets or parameters. */
  slots: readonly Slot[];
  aspectRatio: string | null;
  /** 0 is the default and asks for nothing. */
  seed: number;
  /** What must not be in the picture, as the caller wrote it. */
  negative: string | null;
};

export type Formatted = {
  content: string;
  /** Null where the target has no field for it. */
  negative: string | null;
  /** The slots as written: a target with a small budget shortens them. */
  slots: Slot[];
  warnings: Warning[];
};

const FORMATTERS = {
  midjourney: formatMidjourney,
  flux: formatFlux,
  sdxl: formatSdxl,
  "gpt-image": formatGptImage,
} as const satisfies Record<Target, (request: FormatRequest) => Formatted>;

/** Builds the string to paste into the target, out of the slots. */
export const formatPrompt = (target: Target, request: FormatRequest): Formatted => FORMATTERS[target](request);
