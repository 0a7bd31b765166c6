const ONES =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

const digitByDigit = (digits: string): string => Array.from(digits, (digit) => ONES[Number(digit)] ?? "").join(" ");

const belowHundred = (number: number): string => {
  if (number < 20) return ONES[number] ?? "";
  const ones = number % 10;
  return `${TENS[Math.floor(number / 10) - 2] ?? ""} ${ones === 0 ? "" : (ONES[ones] ?? "")}`;
};

/** As read aloud: years in pairs, long codes digit by digit. */
const spokenNumber = (digits: string): string => {
  const number = Number(digits);
  if (digits.length > 4 || (digits.length > 1 && digits.startsWith("0"))) return digitByDigit(digits);
  if (number < 100) return belowHundred(number);
  const [hundreds, rest] = [Math.floor(number / 100), number % 100];
  if (number >= 1100 && number < 2000)
    return `${belowHundred(hundreds)} ${rest === 0 ? "hundred" : belowHundred(rest)}`;
  return number < 1000
    ? `${ONES[hundreds] ?? ""} hundred ${rest === 0 ? "" : belowHundred(rest)}`
    : `${ONES[Math.floor(number / 1000)] ?? ""} thousand ${number % 1000 === 0 ? "" : spokenNumber(String(number % 1000))}`;
};

/** Lower case, without punctuation, numbers spelled out: what is compared is what was said. */
const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .replaceAll(/(\d),(\d{3})/g, "$1$2")
    .replaceAll(/\d+/g, (digits) => ` ${spokenNumber(digits)} `)
    .replaceAll("’", "'")
    .replaceAll(/\bmr\./g, "mister ")
    .replaceAll(/\bmrs\./g, "missus ")
    .replaceAll(/[^\p{L}' ]/gu, " ")
    .split(/\s+/)
    .map((word) => word.replaceAll("'", ""))
    .filter((word) => word !== "");

export type WordErrors = { errors: number; words: number };

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
