import type { Slot } from "@phonoscene/contracts";
import { AppError } from "@phonoscene/kernel";

import {
  DECLINED_PEOPLE,
  DECLINED_STYLES,
  KEPT_PHRASES,
  MINORS,
  REFUSED,
  SOFTENED,
  UNDRESSING,
  UNDRESSING_PHRASES,
} from "../lexicons/safety.data.ts";
import { readAloud } from "./letters.ts";

const minors = new Set(MINORS.split(" "));
const undressing = new Set(UNDRESSING.split(" "));
const undressingPhrases = new RegExp(String.raw`\b(?:${UNDRESSING_PHRASES.join("|")})\b`, "u");
const refused = new Set(REFUSED.split(" "));
const YOUNG =
  "(?:1[0-7]|[1-9]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven)teen)";
const AGE = new RegExp(
  String.raw`\b${YOUNG}[- ](?:years?|yrs?)[- ]old\b|\b(?:aged?|age of) ${YOUNG}\b(?! (?:hundred|thousand))`,
  "u",
);

const wordsOf = (text: string): string[] => text.match(/\p{L}[\p{L}-]*/gu) ?? [];
const hasAny = (words: readonly string[], set: ReadonlySet<string>): boolean =>
  words.some((word) => set.has(word) || word.split("-").some((part) => set.has(part)));

/** Whether a text has what no generator takes, or takes together with a minor. */
const readsUndressed = (text: string): boolean =>
  hasAny(wordsOf(text), undressing) || hasAny(wordsOf(text), refused) || undressingPhrases.test(text);

/**
 * Refuses what no generator takes. It reads the composed prompt, since a minor and undressing may come from two
 * places: the text and the caller's style, or the description of a character.
 * @throws AppError "content_blocked" naming the scene.
 */
export const refuseUnsafe = (slots: readonly Slot[], sceneIndex: number): void => {
  const text = readAloud(slots.map(({ value }) => value).join("\n"));
  const hasMinor = hasAny(wordsOf(text), minors) || AGE.test(text);
  if (hasAny(wordsOf(text), refused) || (hasMinor && readsUndressed(text))) {
    throw new AppError("content_blocked", {
      detail: `Scene ${sceneIndex + 1} describes something that image generators refuse. Take that passage out, or change the style, and try again.`,
    });
  }
};

/** Of a list of what must not be shown, the terms that a generator refuses even there. */
export const refusedTerms = (terms: readonly string[]): string[] =>
  terms.filter((term) => readsUndressed(readAloud(term)));

const keepCase = (from: string, to: string): string =>
  /^\p{Lu}/u.test(from) ? `${to.slice(0, 1).toUpperCase()}${to.slice(1)}` : to;

const SOFTENABLE = new RegExp(String.raw`\b(?:${KEPT_PHRASES})\b|\p{L}+`, "giu");

/** Softens words that verse uses and generators refuse; says which it changed. */
export const soften = (text: string): { text: string; changed: string[] } => {
  const changed: string[] = [];
  const softened = text.replaceAll(SOFTENABLE, (word) => {
    const lower = word.toLowerCase();
    const gentle = Object.hasOwn(SOFTENED, lower) ? SOFTENED[lower] : undefined;
    if (gentle === undefined) return word;
    changed.push(lower);
    return keepCase(word, gentle);
  });
  return { text: changed.length === 0 ? text : softened.replaceAll(/ {2,}/gu, " ").trim(), changed };
};

const declined = new RegExp(String.raw`\b(?:${DECLINED_STYLES}|${DECLINED_PEOPLE})\b`, "giu");

/** Names of artists, studios and public figures that some generators decline to draw. */
export const declinedNames = (slots: readonly Slot[]): string[] => [
  ...new Set(slots.flatMap(({ value }) => value.match(declined) ?? [])),
];
