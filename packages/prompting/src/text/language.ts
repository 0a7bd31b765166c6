import { detectAll } from "tinyld";

import { hasWords } from "./normalise.ts";

const SAMPLE_CHARS = 4000;

/** Scripts that tell the language where the words are too few for statistics. */
const BY_LETTER: readonly (readonly [RegExp, string])[] = [
  [/[іїєґ]/iu, "uk"],
  [/[ыэъё]/iu, "ru"],
  [/[\p{sc=Hiragana}\p{sc=Katakana}]/u, "ja"],
  [/\p{sc=Hangul}/u, "ko"],
  [/\p{sc=Han}/u, "zh"],
];

const ENGLISH_WORDS =
  /\b(?:the|and|of|to|is|was|in|that|with|you|he|she|it|they|his|her|this|my|have|had|a|hello|hi|thanks|yes|no)\b/giu;

/**
 * The language of a text: the tag that the caller gave, else a guess. Latin text that statistics cannot tell is
 * taken for English where it has one of its small words, and `und` for no words of any kind.
 */
export const detectLanguage = (text: string, asked: string): string => {
  if (asked.toLowerCase() !== "auto") return asked;
  const sample = text.slice(0, SAMPLE_CHARS);
  if (!/\p{L}/u.test(sample)) return hasWords(sample) ? "en" : "und";
  const letter = BY_LETTER.find(([pattern]) => pattern.test(sample));
  if (letter !== undefined) return letter[1];
  const words = sample.split(/\s+/u).length;
  const english = sample.match(ENGLISH_WORDS)?.length ?? 0;
  if (english >= 1 && english / words >= 0.15) return "en";
  const [best] = detectAll(sample);
  if (best !== undefined && (words >= 4 || !/\p{sc=Latin}/u.test(sample))) return best.lang;
  return /\p{sc=Latin}/u.test(sample) ? "en" : (best?.lang ?? "und");
};

/** `pt-BR` is `pt` to a lexicon. */
export const primaryLanguage = (tag: string): string => (tag.split("-")[0] ?? tag).toLowerCase();
