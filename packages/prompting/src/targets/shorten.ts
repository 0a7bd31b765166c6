import { cleanValue } from "../look/clean.ts";

/** Places where a description may end, from the last: before a clause, then before a preposition. */
const CUTS = [
  /^(.*),\s[^,]*$/su,
  /^(.*)\sand\s.*$/su,
  /^(.+\s.+)\s(?:with|at|on|in|from|through|into|towards?|above|under|over|beside|near|of|for|to|by|past|against)\s.*$/su,
];
const MIN_WORDS = 3;
const LONG_WORD_CHARS = 20;

/** Takes the last clause or phrase off, or else the last word. Null where one short word is left. */
export const shorten = (text: string): string | null => {
  for (const cut of CUTS) {
    const shorter = cleanValue(cut.exec(text)?.[1] ?? "");
    if (shorter.split(" ").length >= MIN_WORDS) return shorter;
  }
  const words = text.split(/\s+/u);
  const rest = words.length > 1 ? words.slice(0, -1).join(" ") : text.slice(0, Math.ceil(text.length / 2));
  const isLast = words.length <= 1 && text.length <= LONG_WORD_CHARS;
  return isLast ? null : cleanValue(rest) || null;
};
