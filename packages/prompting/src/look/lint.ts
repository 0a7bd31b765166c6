import type { Slot, Target } from "@phonoscene/contracts";

import { META_WORDS } from "../lexicons/boilerplate.data.ts";
import { lintMidjourney } from "../targets/midjourney-lint.ts";
import { clipTokens } from "../targets/sdxl.ts";
import { hasWords, wordCount } from "../text/normalise.ts";
import { cleanValue } from "./clean.ts";

const STYLE_SLOTS = new Set(["camera", "lens", "photography", "film"]);
const metaWords = new RegExp(`\\b(?:${META_WORDS.replaceAll(" ", "|")})s?\\b`, "iu");
/** What is wrong with one slot, in words; empty where it is sound. */
export const lintSlot = (slot: Slot): string[] => {
  const faults: string[] = [];
  if (!hasWords(slot.value)) faults.push("is empty");
  else if (slot.value !== cleanValue(slot.value)) faults.push("has commands, quotes or loose ends");
  const isText = slot.name === "subject" || slot.name === "keywords";
  if (isText && slot.origin !== "text" && metaWords.test(slot.value)) faults.push("talks about the picture itself");
  return faults;
};

/** Puts one slot right; `fallback` stands in where nothing usable is left. */
export const repairSlot = (slot: Slot, fallback: string): Slot => {
  const cleaned = cleanValue(slot.value);
  const isText = slot.name === "subject" || slot.name === "keywords";
  const withoutMeta =
    isText && slot.origin !== "text" ? cleanValue(cleaned.replaceAll(new RegExp(metaWords, "giu"), "")) : cleaned;
  return hasWords(withoutMeta)
    ? { ...slot, value: withoutMeta }
    : { ...slot, value: fallback, origin: STYLE_SLOTS.has(slot.name) ? "style" : "inferred" };
};

const LIMITS: Readonly<Record<Target, (content: string) => boolean>> = {
  midjourney: (content) => wordCount(content) <= 350,
  flux: (content) => wordCount(content) <= 90,
  sdxl: (content) => clipTokens(content) <= 75,
  "gpt-image": (content) => content.length <= 32_000,
  plain: () => true,
};

/** What is wrong with a finished prompt; empty where it can be pasted as it is. */
export const lintContent = (target: Target, content: string, slots: readonly Slot[]): string[] => {
  const faults: string[] = [];
  if (target === "midjourney") {
    const linted = lintMidjourney(content);
    faults.push(...linted.faults);
    if (linted.dropped.length > 0) faults.push("has a parameter that Midjourney does not take there");
  } else if (/--|::|["[\]{}<>]/u.test(content)) faults.push("has a generator's syntax in its words");
  if (!LIMITS[target](content)) faults.push("is longer than the generator reads");
  const lower = content.toLowerCase();
  for (const { name, value } of slots) if (!lower.includes(value.toLowerCase())) faults.push(`misses the slot ${name}`);
  return faults;
};
