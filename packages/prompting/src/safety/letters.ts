/** Letters of other scripts that look like Latin ones. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  а: "a", с: "c", е: "e", һ: "h", і: "i", ј: "j", ӏ: "l", о: "o", р: "p", ѕ: "s", у: "y", х: "x", ԁ: "d", ո: "n",
  α: "a", ε: "e", ι: "i", κ: "k", ν: "v", ο: "o", ρ: "p", τ: "t", υ: "u", χ: "x",
}; // prettier-ignore

const DIGITS: Readonly<Record<string, string>> = { 0: "o", 1: "i", 3: "e", 4: "a", 5: "s", 7: "t" };

const isMixed = (word: string): boolean => /\p{sc=Latin}/u.test(word) && /[^\p{sc=Latin}\p{N}'’-]/u.test(word);

const unmix = (word: string): string =>
  isMixed(word) ? word.replaceAll(/\p{L}/gu, (letter) => LOOKALIKES[letter] ?? letter) : word;

/** "p0rn" is a word with a digit between letters; "1920s" is none. */
const withoutDigits = (word: string): string =>
  word.replaceAll(/(?<=\p{L})[013457](?=\p{L})/gu, (digit) => DIGITS[digit] ?? digit);

const SPACED = /(?<![\p{L}\p{N}])(?:\p{L}[\s.*_-]){2,}\p{L}(?![\p{L}\p{N}])/gu;

/**
 * What a text says to a reader who looks past its spelling: in small letters, without accents and invisible characters,
 * lookalikes and digits read as the letters they stand for, and words that were spelt out put together.
 */
export const readAloud = (text: string): string =>
  text
    .normalize("NFKD")
    .replaceAll(/[\p{Cf}\u0300-\u036F]/gu, "")
    .toLowerCase()
    .replaceAll(SPACED, (spaced) => spaced.replaceAll(/[\s.*_-]/gu, ""))
    .replaceAll(/[\p{L}\p{N}]+/gu, (word) => withoutDigits(unmix(word)))
    .normalize("NFC");
