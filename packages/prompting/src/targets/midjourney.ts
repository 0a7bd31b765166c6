import type { Formatted, FormatRequest } from "./format.ts";
import { readNegatives } from "./negatives.ts";

/** The generator's default model, for which prompts are written. */
const VERSION = 8.2;

/** Which versions take a parameter: checked October 2026. Those that V8 dropped are refused here, not written. */
const PARAMETERS = {
  ar: { from: 4, to: Number.POSITIVE_INFINITY },
  no: { from: 1, to: Number.POSITIVE_INFINITY },
  seed: { from: 1, to: Number.POSITIVE_INFINITY },
  raw: { from: 5.1, to: Number.POSITIVE_INFINITY },
  stylize: { from: 3, to: Number.POSITIVE_INFINITY },
  chaos: { from: 3, to: Number.POSITIVE_INFINITY },
  weird: { from: 5, to: Number.POSITIVE_INFINITY },
  q: { from: 1, to: 7 },
  oref: { from: 7, to: 7 },
  cref: { from: 6, to: 6.1 },
  draft: { from: 7, to: 7 },
  turbo: { from: 5, to: 7 },
} as const;
type Parameter = keyof typeof PARAMETERS;

/** Whether the model of that version reads the parameter; another would print it into the picture or fail. */
export const takesParameter = (name: string, version: number = VERSION): boolean => {
  if (!Object.hasOwn(PARAMETERS, name)) return false;
  const { from, to } = PARAMETERS[name as Parameter];
  return version >= from && version <= to;
};

const parameter = (name: Parameter, value: string | null): string[] =>
  value === null || value === "" || !takesParameter(name) ? [] : [`--${name} ${value}`];

/** Comma-separated slots, then the parameters, with nothing after them. Seed 0 is the default and is not written. */
export const formatMidjourney = ({ slots, aspectRatio, seed, negative }: FormatRequest): Formatted => {
  const words = slots.map(({ value }) => value).join(", ");
  const parameters = [
    ...parameter("ar", aspectRatio),
    ...parameter("no", readNegatives(negative).join(", ")),
    ...parameter("seed", seed === 0 ? null : String(seed)),
  ];
  return { content: [words, ...parameters].join(" "), negative: null, slots: [...slots], warnings: [] };
};
