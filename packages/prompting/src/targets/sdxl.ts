import type { Slot } from "@phonoscene/contracts";

import { NEGATIVE_DEFAULTS } from "../lexicons/boilerplate.data.ts";
import type { Formatted, FormatRequest } from "./format.ts";
import { readNegatives } from "./negatives.ts";
import { orientation } from "./sentences.ts";
import { shorten } from "./shorten.ts";

/** CLIP reads 77 tokens, two of which mark the start and the end; what comes after is not seen. */
const TOKEN_BUDGET = 75;
const LETTERS_PER_TOKEN = 5;

/**
 * An upper guess of CLIP's token count: common words are one token, long and rare ones more, every digit and every
 * mark its own. The real vocabulary (1 MB) would save a few words a prompt.
 */
export const clipTokens = (text: string): number =>
  (text.match(/\p{N}|\p{L}+|[^\s\p{L}\p{N}]/gu) ?? []).reduce((sum, part) => {
    if (!/^\p{L}/u.test(part)) return sum + 1;
    const isLatin = /^[\p{sc=Latin}]+$/u.test(part);
    if (!isLatin) return sum + part.length * 2;
    return sum + (part.length <= 7 ? 1 : Math.ceil(part.length / LETTERS_PER_TOKEN));
  }, 0);

const SHORTENED_IN_TURN = new Set(["subject", "keywords"]);

const join = (slots: readonly Slot[], ending: string): string =>
  [...slots.map(({ value }) => value), ending].filter((part) => part !== "").join(", ");

const trimmed = (slots: readonly Slot[], index: number): Slot[] | null => {
  const slot = slots[index];
  const value = slot === undefined ? null : shorten(slot.value);
  return slot === undefined || value === null || value === "" ? null : slots.with(index, { ...slot, value });
};

const KEPT_WORDS = 9;

/** Shortens the keywords and the subject in turn, then whatever is longest, until the prompt fits. */
const fit = (slots: readonly Slot[], ending: string): Slot[] => {
  let current = [...slots];
  while (clipTokens(join(current, ending)) > TOKEN_BUDGET) {
    const byLength = current
      .map((slot, index) => ({ index, length: clipTokens(slot.value), isText: SHORTENED_IN_TURN.has(slot.name) }))
      .toSorted(
        (a, b) =>
          Number(b.isText && b.length > KEPT_WORDS) - Number(a.isText && a.length > KEPT_WORDS) || b.length - a.length,
      );
    const next = byLength.map(({ index }) => trimmed(current, index)).find((candidate) => candidate !== null);
    if (next === undefined || next === null) break;
    current = next;
  }
  return current;
};

const ENDINGS = { wide: "wide composition", tall: "tall composition", square: "square composition" } as const;

/** Tags within CLIP's budget and a negative of its own. The ratio is a setting of the tool: the words only frame. */
export const formatSdxl = ({ slots, aspectRatio, negative }: FormatRequest): Formatted => {
  const ending = aspectRatio === null ? "" : ENDINGS[orientation(aspectRatio)];
  const fitted = fit(slots, ending);
  return {
    content: join(fitted, ending),
    negative: [...new Set([...readNegatives(negative), ...NEGATIVE_DEFAULTS.sdxl.split(", ")])].join(", "),
    slots: fitted,
    warnings: [],
  };
};
