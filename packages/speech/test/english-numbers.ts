/**
 * Numbers in words to figures, as the English normaliser of Whisper does it: "fourteen fifty-five" is 1455, "two hundred
 * and six" is 206, "one oh two" is 102, "twenty first" is 21st, "five dollars" is $5.
 */
const ONES =
  "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const IRREGULAR_ORDINALS: Record<string, string> = {
  one: "first",
  two: "second",
  three: "third",
  five: "fifth",
  eight: "eighth",
  nine: "ninth",
  twelve: "twelfth",
};
const ORDINAL_ENDINGS: Record<string, string> = { one: "st", two: "nd", three: "rd" };
const MULTIPLIERS: Record<string, number> = {
  hundred: 100,
  thousand: 1000,
  million: 1e6,
  billion: 1e9,
  trillion: 1e12,
};
const ZEROS = new Set(["o", "oh", "zero"]);
const SIGNS: Record<string, string> = { minus: "-", negative: "-", plus: "+", positive: "+" };
const CURRENCIES: Record<string, string> = { pound: "£", euro: "€", dollar: "$", cent: "¢" };
const TIMES: Record<string, number> = { double: 2, triple: 3 };

/** "ones" and "tens" are added or put behind one another, a multiplier multiplies; a suffix ends the number. */
type NumberWord = { kind: "ones" | "tens" | "multiplier"; value: number; suffix: string };

const ordinalOf = (word: string): string =>
  IRREGULAR_ORDINALS[word] ?? (word.endsWith("y") ? `${word.slice(0, -1)}ieth` : `${word}th`);
const pluralOf = (word: string): string =>
  word.endsWith("y") ? `${word.slice(0, -1)}ies` : word === "six" ? "sixes" : `${word}s`;

const NUMBER_WORDS = new Map<string, NumberWord>(
  [
    ...ONES.map((word, index) => ({ word, kind: "ones" as const, value: index + 1 })),
    ...TENS.map((word, index) => ({ word, kind: "tens" as const, value: 10 * (index + 2) })),
    ...Object.entries(MULTIPLIERS).map(([word, value]) => ({ word, kind: "multiplier" as const, value })),
  ].flatMap(({ word, kind, value }): [string, NumberWord][] => [
    [word, { kind, value, suffix: "" }],
    [ordinalOf(word), { kind, value, suffix: ORDINAL_ENDINGS[word] ?? "th" }],
    [pluralOf(word), { kind, value, suffix: "s" }],
  ]),
);

const FIGURES = /^([$£€¢+-]?)(\d+(?:\.\d+)?)$/;

/** Whether a word can be a part of a number. */
export const isNumeric = (word: string | undefined): boolean =>
  word !== undefined && (NUMBER_WORDS.has(word) || ZEROS.has(word) || word in TIMES || /^\d+(\.\d+)?$/.test(word));

const digitOf = (word: string): number | null => {
  if (ZEROS.has(word)) return 0;
  const digit = ONES.indexOf(word) + 1;
  return digit >= 1 && digit <= 9 ? digit : null;
};

/** What has been read of a number: a sum while it grows, a string once figures stand behind one another. */
type Value = number | string | null;

const behind = (value: Value, more: number): string => `${value ?? ""}${more}`;

const withOnes = (value: Value, ones: number, previous: string | undefined): number | string => {
  if (value === null) return ones;
  const before = NUMBER_WORDS.get(previous ?? "");
  if (typeof value === "string" || before?.kind === "ones") {
    return before?.kind === "tens" && ones < 10 ? `${String(value).slice(0, -1)}${ones}` : behind(value, ones);
  }
  return value % (ones < 10 ? 10 : 100) === 0 ? value + ones : behind(value, ones);
};

const withTens = (value: Value, tens: number): number | string => {
  if (value === null) return tens;
  return typeof value === "number" && value % 100 === 0 ? value + tens : behind(value, tens);
};

const multiplied = (value: Value, multiplier: number): number => {
  if (value === null) return multiplier;
  const number = Number(value);
  if (typeof value === "string" || number === 0) return number * multiplier;
  const residue = number % 1000;
  return number - residue + residue * multiplier;
};

/** Words read so far, and the number that is being read. */
type Reading = { result: string[]; value: Value; sign: string };

const finish = (reading: Reading): void => {
  if (reading.value !== null) reading.result.push(`${reading.sign}${reading.value}`);
  reading.value = null;
  reading.sign = "";
};

const takeNumberWord = (reading: Reading, { kind, value, suffix }: NumberWord, previous: string | undefined): void => {
  if (kind === "ones") reading.value = withOnes(reading.value, value, previous);
  else if (kind === "tens") reading.value = withTens(reading.value, value);
  else reading.value = multiplied(reading.value, value);
  if (suffix === "") return;
  reading.value = `${reading.value}${suffix}`;
  finish(reading);
};

const takeFigures = (reading: Reading, [, sign = "", figures = ""]: RegExpExecArray): void => {
  if (typeof reading.value === "string" && reading.value.endsWith(".")) {
    reading.value += figures;
    return;
  }
  finish(reading);
  reading.sign = sign;
  reading.value = figures.includes(".") ? figures : Number(figures);
};

/** What follows a number and belongs to it; false where there is none. */
const takeUnit = (reading: Reading, word: string): boolean => {
  const currency = CURRENCIES[word.replace(/s$/, "")];
  if (reading.value === null || (currency === undefined && word !== "percent")) return false;
  if (currency === undefined) reading.value = `${reading.value}%`;
  else reading.sign = currency;
  finish(reading);
  return true;
};

/** Words that mean something only before a number; false where this one does not here. */
const takeSpecial = (reading: Reading, word: string, previous: string | undefined): boolean => {
  const sign = SIGNS[word];
  if (sign !== undefined) {
    finish(reading);
    reading.sign = sign;
    return true;
  }
  if (word === "point") reading.value = `${reading.value ?? ""}.`;
  return word === "point" || (word === "and" && (previous ?? "") in MULTIPLIERS);
};

/** Turns the numbers among lower-case words into figures. */
export const withFigures = (words: readonly string[]): string[] => {
  const reading: Reading = { result: [], value: null, sign: "" };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const [previous, next = ""] = [words[at - 1], words[at + 1]];
    const figures = FIGURES.exec(word);
    const number = NUMBER_WORDS.get(word);
    const times = TIMES[word];
    if (figures !== null) takeFigures(reading, figures);
    else if (ZEROS.has(word)) reading.value = `${reading.value ?? ""}0`;
    else if (number !== undefined) takeNumberWord(reading, number, previous);
    else if (times !== undefined && digitOf(next) !== null) {
      reading.value = `${reading.value ?? ""}${String(digitOf(next)).repeat(times)}`;
      at += 1;
    } else if (!takeUnit(reading, word) && !(isNumeric(next) && takeSpecial(reading, word, previous))) {
      finish(reading);
      reading.result.push(word);
    }
  }
  finish(reading);
  return reading.result;
};
