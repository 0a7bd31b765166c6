/** A word with its time, or with its place on a clock that counts only voiced time. */
export type TimedWord = { text: string; startMs: number; endMs: number };

/** Sentences longer than this are cut at the end of a clause. */
const LONG_MS = 15_000;
/** The longest unit there may be. */
const MAX_MS = 28_000;
/** Sentences shorter than this join a neighbour that is near. */
const SHORT_MS = 2000;
const NEAR_MS = 700;
const PAUSE_MS = 400;

const SENTENCE_END = /[.!?…。！？][\p{Pe}\p{Pf}"'”’]*$/u;
const CLAUSE_END = /[,;:—–、，；：][\p{Pe}\p{Pf}"'”’]*$/u;
const ABBREVIATION =
  /^[\p{Ps}\p{Pi}"']*(mr|mrs|ms|messrs|dr|st|prof|rev|gen|col|capt|lt|sgt|jr|sr|vs|no|vol|fig|mt|i\.e|e\.g|\p{L})\.$/iu;
const LOWER_CASE_START = /^[\p{Ps}\p{Pi}"']*\p{Ll}/u;
/** Before these a sentence without punctuation may be cut. */
const CLAUSE_START = /^(and|but|or|so|because|which|who|when|while|where|then|if)$/i;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}、。，！？]/u;

const endsSentence = (word: string, next: string | undefined): boolean => {
  if (next === undefined) return true;
  if (!SENTENCE_END.test(word) || LOWER_CASE_START.test(next)) return false;
  return word === "I." || !ABBREVIATION.test(word);
};

const lengthMs = (words: readonly TimedWord[]): number => (words.at(-1)?.endMs ?? 0) - (words[0]?.startMs ?? 0);

const toSentences = <W extends TimedWord>(words: readonly W[]): W[][] => {
  const sentences: W[][] = [];
  let sentence: W[] = [];
  words.forEach((word, index) => {
    sentence.push(word);
    if (!endsSentence(word.text, words[index + 1]?.text)) return;
    sentences.push(sentence);
    sentence = [];
  });
  return sentences;
};

/** Where to cut a long sentence: the index of the first word behind the cut, or null to leave it whole. */
const cutIndex = (words: readonly TimedWord[]): number | null => {
  const middleMs = (words[0]?.startMs ?? 0) + lengthMs(words) / 2;
  const fromMiddle = (index: number): number => Math.abs((words[index]?.startMs ?? 0) - middleMs);
  const nearest = (indexes: number[]): number | undefined => indexes.sort((a, b) => fromMiddle(a) - fromMiddle(b))[0];
  const inner = words.map((_, index) => index).slice(1);
  const gapMs = (index: number): number => (words[index]?.startMs ?? 0) - (words[index - 1]?.endMs ?? 0);
  const leavesEnough = (index: number): boolean =>
    lengthMs(words.slice(0, index)) >= SHORT_MS && lengthMs(words.slice(index)) >= SHORT_MS;
  const clauses = inner.filter((index) => CLAUSE_END.test(words[index - 1]?.text ?? "") || gapMs(index) >= PAUSE_MS);
  const conjunctions = inner.filter((index) => CLAUSE_START.test(words[index]?.text ?? ""));
  const anywhere = lengthMs(words) > MAX_MS ? nearest(inner) : undefined;
  return nearest(clauses.filter(leavesEnough)) ?? nearest(conjunctions.filter(leavesEnough)) ?? anywhere ?? null;
};

const cutLong = <W extends TimedWord>(words: W[]): W[][] => {
  const at = lengthMs(words) > LONG_MS ? cutIndex(words) : null;
  return at === null ? [words] : [...cutLong(words.slice(0, at)), ...cutLong(words.slice(at))];
};

const joinShort = <W extends TimedWord>(units: readonly W[][]): W[][] => {
  const joined: W[][] = [];
  for (const unit of units) {
    const before = joined.at(-1);
    const gapMs = (unit[0]?.startMs ?? 0) - (before?.at(-1)?.endMs ?? 0);
    const isShort = before !== undefined && Math.min(lengthMs(before), lengthMs(unit)) < SHORT_MS;
    if (isShort && gapMs < NEAR_MS && lengthMs([...before, ...unit]) <= LONG_MS) before.push(...unit);
    else joined.push([...unit]);
  }
  return joined;
};

/** Groups words into sentences of about 2-15 s, never more than 28 s: the finest unit a scene is made of. */
export const groupWords = <W extends TimedWord>(words: readonly W[]): W[][] =>
  joinShort(toSentences(words).flatMap((sentence) => cutLong(sentence)));

/** The words as text: with spaces, save between characters of scripts that have none. */
export const joinWords = (words: readonly { text: string }[]): string =>
  words.reduce((line, { text }) => {
    const isTight = line === "" || (UNSPACED.test(line.at(-1) ?? "") && UNSPACED.test(text.at(0) ?? ""));
    return isTight ? line + text : `${line} ${text}`;
  }, "");
