import type { Formatted, FormatRequest } from "./format.ts";
import { readSafeNegatives } from "./negatives.ts";
import { asSentence, capitalise, contextValues, orientation, slotValue, styleSentence } from "./sentences.ts";

const MAX_CHARACTERS = 32_000;

/** Labelled lines in the order scene, subject, details, constraints; it reads plain prohibitions well. */
export const formatGptImage = ({ slots, aspectRatio, negative }: FormatRequest): Formatted => {
  const context = contextValues(slots);
  const { terms, warnings } = readSafeNegatives(negative);
  const unwanted = ["lettering", "watermark", ...terms];
  const constraints = [
    `no ${[...new Set(unwanted)].join(", no ")}`,
    ...(aspectRatio === null ? [] : [`${orientation(aspectRatio)} image, aspect ratio ${aspectRatio}`]),
  ];
  const lines = [
    `Scene: ${styleSentence(slots) || "One clear moment."}`,
    `Subject: ${asSentence(slotValue(slots, "subject"))}`,
    ...(context.length === 0 ? [] : [`Details: ${asSentence(context.join(", "))}`]),
    `Constraints: ${capitalise(constraints.join("; "))}.`,
  ];
  return { content: lines.join("\n").slice(0, MAX_CHARACTERS), negative: null, slots: [...slots], warnings };
};
