import { normaliseEnglish } from "./english-text.ts";

export type WordErrors = { errors: number; words: number };

/** What a book has in parentheses is read aloud with the rest; to the normaliser it would be a remark. */
const wordsOf = (text: string): string[] =>
  normaliseEnglish(text.replaceAll(/[()]/g, ""))
    .split(" ")
    .filter((word) => word !== "");

/** The least number of inserted, deleted and changed words (Levenshtein) that turns one text into the other. */
export const wordErrors = (reference: string, hypothesis: string): WordErrors => {
  const expected = wordsOf(reference);
  const heard = wordsOf(hypothesis);
  let row = heard.map((_, index) => index + 1);
  row.unshift(0);
  expected.forEach((word, line) => {
    const next = [line + 1];
    heard.forEach((other, column) => {
      const changed = (row[column] ?? 0) + (word === other ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    });
    row = next;
  });
  return { errors: row.at(-1) ?? 0, words: expected.length };
};
