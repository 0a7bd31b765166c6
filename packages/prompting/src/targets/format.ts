import type { Slot, Target, TargetParameters, TargetVersion, Warning } from "@phonoscene/contracts";

import { declinedNames } from "../safety/safety.ts";
import { formatFlux } from "./flux.ts";
import { formatGptImage } from "./gpt-image.ts";
import { formatMidjourney } from "./midjourney.ts";
import { formatPlain } from "./plain.ts";
import { formatSdxl } from "./sdxl.ts";

export type FormatRequest = {
  /** Clean: no quotes, brackets or parameters. */
  slots: readonly Slot[];
  aspectRatio: string | null;
  /** 0 is the default and asks for nothing. */
  seed: number;
  /** What must not be in the picture, as the caller wrote it. */
  negative: string | null;
  /** Null is the target's default. */
  targetVersion: TargetVersion | null;
  parameters: TargetParameters | null;
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
  plain: formatPlain,
} as const satisfies Record<Target, (request: FormatRequest) => Formatted>;

const unusedParameters = (target: Target, parameters: TargetParameters | null): Warning[] => {
  const names = Object.keys(parameters ?? {});
  if (target === "midjourney" || names.length === 0) return [];
  const message = `${names.join(", ")} ${names.length === 1 ? "is a parameter" : "are parameters"} of Midjourney's, which the target "${target}" does not take: left out.`;
  return [{ code: "parameter_dropped", message }];
};

/** Some generators draw them, some refuse: the words stay, and the caller is told. */
const nameWarnings = (slots: readonly Slot[]): Warning[] =>
  declinedNames(slots).map((name) => ({
    code: "text_may_be_refused",
    message: `Some image generators decline to draw "${name}", or in that style: describe the look in your own words if yours does.`,
  }));

/** Builds the string to paste into the target, out of the slots. */
export const formatPrompt = (target: Target, request: FormatRequest): Formatted => {
  const formatted = FORMATTERS[target](request);
  const names = nameWarnings(request.slots);
  return { ...formatted, warnings: [...names, ...unusedParameters(target, request.parameters), ...formatted.warnings] };
};
