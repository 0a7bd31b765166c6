import { MIDJOURNEY_VERSIONS, type Warning } from "@phonoscene/contracts";

import type { Formatted, FormatRequest } from "./format.ts";
import { lintMidjourney } from "./midjourney-lint.ts";
import { type Parameter, PARAMETER_NAMES, versionParameter, writeParameter } from "./midjourney-parameters.ts";
import { readSafeNegatives } from "./negatives.ts";

type Value = string | number | boolean | string[] | undefined;

const valueOf = (value: Value): string | null => {
  if (value === undefined || value === false || value === "") return null;
  if (value === true) return "";
  return Array.isArray(value) ? value.join(" ") : String(value);
};

/** Seed 0 is the default and is not written. */
const readParameters = ({ aspectRatio, seed, parameters }: FormatRequest, unwanted: readonly string[]): Parameter[] => {
  const asked: Record<string, Value> = {
    ...parameters,
    ar: aspectRatio ?? undefined,
    no: unwanted.join(", "),
    seed: seed === 0 ? undefined : seed,
  };
  return PARAMETER_NAMES.flatMap((name) => {
    const value = valueOf(asked[name]);
    return value === null ? [] : [{ name, value }];
  });
};

/** Comma-separated slots, then the parameters that the version takes, with nothing after them. */
export const formatMidjourney = (request: FormatRequest): Formatted => {
  const { slots, targetVersion, parameters, negative } = request;
  const unwanted = readSafeNegatives(negative);
  const words = slots.map(({ value }) => value).join(", ");
  const written = [
    ...readParameters(request, unwanted.terms),
    ...versionParameter(targetVersion ?? MIDJOURNEY_VERSIONS[0]),
  ];
  const image = parameters?.image === undefined ? [] : [parameters.image];
  const { content, faults, dropped } = lintMidjourney([...image, words, ...written.map(writeParameter)].join(" "));
  const warnings = [
    ...unwanted.warnings,
    ...dropped.map((message): Warning => ({ code: "parameter_dropped", message })),
    ...faults.map((fault): Warning => ({ code: "prompt_repaired", message: `A prompt ${fault}; it was put right.` })),
  ];
  return { content, negative: null, slots: [...slots], warnings };
};
