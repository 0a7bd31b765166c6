import tokenizer from "llama-tokenizer-js";

export const START_TOKEN = 1;
export const END_TOKEN = 2;
/** How a token that begins a word is written. */
const WORD_START = "▁";

/** The tokens as text; what stands for no character is left out. */
const textOf = (tokens: readonly number[]): string =>
  tokenizer
    .decode([START_TOKEN, ...tokens])
    .replaceAll("<unk>", "")
    .replaceAll("\uFFFD", "")
    .trim();

/** A word, and which tokens it is made of: `end` excluded. */
export type TokenWord = { text: string; start: number; end: number };

/** Cuts tokens into words; tokens without a character are nobody's. */
export const wordsOf = (tokens: readonly number[]): TokenWord[] => {
  const starts = tokens.flatMap((token, at) =>
    at === 0 || tokenizer.vocabById[token]?.startsWith(WORD_START) ? [at] : [],
  );
  return starts
    .map((start, index) => {
      const end = starts[index + 1] ?? tokens.length;
      return { text: textOf(tokens.slice(start, end)), start, end };
    })
    .filter(({ text }) => text !== "");
};

/** A word's tokens. */
export const tokensOf = (word: string): number[] => tokenizer.encode(word, false, true);
