import type { Slot } from "@phonoscene/contracts";
import { AppError } from "@phonoscene/kernel";

import { MINORS, REFUSED, SOFTENED, UNDRESSING } from "../lexicons/safety.data.ts";

const minors = new Set(MINORS.split(" "));
const undressing = new Set(UNDRESSING.split(" "));
const refused = new Set(REFUSED.split(" "));
const AGE = /\b(?:1[0-7]|[1-9])[- ]years?[- ]old\b|\b(?:aged?) (?:1[0-7]|[1-9])\b/iu;

const wordsOf = (text: string): string[] => text.toLowerCase().match(/\p{L}[\p{L}-]*/gu) ?? [];
const hasAny = (words: readonly string[], set: ReadonlySet<string>): boolean =>
  words.some((word) => set.has(word) || word.split("-").some((part) => set.has(part)));

/**
 * Refuses what no generator takes. It reads the composed prompt, since a minor and undressing may come from two
 * places: the text and the caller's style.
 * @throws AppError "content_blocked" naming the scene.
 */
export const refuseUnsafe = (slots: readonly Slot[], sceneIndex: number): void => {
  const text = slots.map(({ value }) => value).join(" ");
  const words = wordsOf(text);
  const hasMinor = hasAny(words, minors) || AGE.test(text);
  if (hasAny(words, refused) || (hasMinor && hasAny(words, undressing))) {
    throw new AppError("content_blocked", {
      detail: `Scene ${sceneIndex + 1} describes something that image generators refuse. Take that passage out, or change the style, and try again.`,
    });
  }
};

const keepCase = (from: string, to: string): string =>
  /^\p{Lu}/u.test(from) ? `${to.slice(0, 1).toUpperCase()}${to.slice(1)}` : to;

/** Softens words that verse uses and generators refuse; says which it changed. */
export const soften = (text: string): { text: string; changed: string[] } => {
  const changed: string[] = [];
  const softened = text.replaceAll(/\p{L}+/gu, (word) => {
    const lower = word.toLowerCase();
    const gentle = Object.hasOwn(SOFTENED, lower) ? SOFTENED[lower] : undefined;
    if (gentle === undefined) return word;
    changed.push(lower);
    return keepCase(word, gentle);
  });
  return { text: changed.length === 0 ? text : softened.replaceAll(/ {2,}/gu, " ").trim(), changed };
};
