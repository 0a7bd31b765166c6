import type { Formatted, FormatRequest } from "./format.ts";
import { readNegatives } from "./negatives.ts";

/** The words alone, for a generator that is none of the others; what must not be in the picture stands beside them. */
export const formatPlain = ({ slots, aspectRatio, negative }: FormatRequest): Formatted => ({
  content: slots.map(({ value }) => value).join(", "),
  negative: readNegatives(negative).join(", ") || null,
  slots: [...slots],
  warnings:
    aspectRatio === null
      ? []
      : [
          {
            code: "parameter_dropped",
            message: `Plain prompts are words alone: set the aspect ratio ${aspectRatio} in the generator.`,
          },
        ],
});
