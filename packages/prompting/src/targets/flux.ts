import type { Slot } from "@phonoscene/contracts";

import { wordCount } from "../text/normalise.ts";
import type { Formatted, FormatRequest } from "./format.ts";
import { sayPositively } from "./negatives.ts";
import { asSentence, contextValues, slotValue, styleSentence } from "./sentences.ts";
import { shorten } from "./shorten.ts";

/** FLUX follows 30 to 80 words best. */
const MAX_WORDS = 80;
const MIN_WORDS = 30;
const FILLERS = [
  "The light falls naturally and every texture is clear.",
  "The composition is balanced, with depth from foreground to background.",
];

const compose = (slots: readonly Slot[], aspectRatio: string | null, wanted: readonly string[]): string => {
  const sentences = [
    asSentence(slotValue(slots, "subject")),
    styleSentence(slots),
    asSentence(contextValues(slots).join(", ")),
    asSentence(wanted.join(", ")),
    aspectRatio === null ? "" : `Composed for a ${aspectRatio} frame.`,
  ];
  return sentences.filter((sentence) => sentence !== "").join(" ");
};

const fit = (slots: readonly Slot[], write: (slots: readonly Slot[]) => string): Slot[] => {
  let current = [...slots];
  while (wordCount(write(current)) > MAX_WORDS) {
    const longest = current
      .map((slot, index) => ({ index, length: wordCount(slot.value) }))
      .toSorted((a, b) => b.length - a.length)[0]!;
    const value = shorten(current[longest.index]!.value);
    if (value === null || value === "") break;
    current = current.with(longest.index, { ...current[longest.index]!, value });
  }
  return current;
};

/** Prose in the order subject, action, style, context. There is no negative: the opposite is said instead. */
export const formatFlux = ({ slots, aspectRatio, negative }: FormatRequest): Formatted => {
  const { wanted, warnings } = sayPositively(negative, "FLUX");
  const fitted = fit(slots, (current) => compose(current, aspectRatio, wanted));
  let content = compose(fitted, aspectRatio, wanted);
  for (const filler of FILLERS) if (wordCount(content) < MIN_WORDS) content = `${content} ${filler}`;
  return { content, negative: null, slots: fitted, warnings };
};
