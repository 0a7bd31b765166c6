import { AppError } from "@phonoscene/kernel";

import type { DetectedLanguage } from "../local/messages.ts";
import { fromAnswer, WHISPER_LANGUAGES } from "../openai/languages.ts";

/** What Whisper calls languages that tags call otherwise. */
const OWN_CODES: Record<string, string> = { jv: "jw", nb: "no", fil: "tl", cmn: "zh", iw: "he", in: "id" };

/** As sure as this the language is settled. */
const SETTLED = 0.9;
/** Afterwards as well: each further look costs a run of the encoder. */
const MAX_LOOKS = 5;

/**
 * What Whisper calls the language of a BCP 47 tag; null for `auto`, which it finds out.
 * @throws AppError "language_unsupported" for what it does not know.
 */
export const whisperCode = (tag: string): string | null => {
  const primary = tag.toLowerCase().split("-")[0] ?? "";
  if (primary === "auto") return null;
  const code = OWN_CODES[primary] ?? primary;
  if (WHISPER_LANGUAGES.includes(fromAnswer(code) ?? "")) return code;
  throw new AppError("language_unsupported", {
    detail: `Whisper does not know the language "${tag}": take another tag, or auto to have it found out, or send the text.`,
  });
};

/** Follows what language a recording is in, from the probabilities that the model gives it in stretches of speech. */
export const createLanguageVote = (languages: readonly string[]) => {
  const sums = new Map(languages.map((code) => [code, 0]));
  let looks = 0;
  const best = (): { code: string; probability: number } => {
    const [code = "en", sum = 0] = [...sums].sort(([, a], [, b]) => b - a)[0] ?? [];
    return { code, probability: looks === 0 ? 0 : sum / looks };
  };
  return {
    isSettled: (): boolean => looks >= MAX_LOOKS || best().probability >= SETTLED,
    add: (probabilities: ReadonlyMap<string, number>): void => {
      looks += 1;
      for (const [code, probability] of probabilities) sums.set(code, (sums.get(code) ?? 0) + probability);
    },
    best,
    detected: (): DetectedLanguage => {
      const { code, probability } = best();
      return { tag: fromAnswer(code) ?? code, probability };
    },
  };
};
