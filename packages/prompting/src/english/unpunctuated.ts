import { verbForm } from "./verbs.ts";
import { isConcrete, words } from "./words.ts";

const LINKS = new Set(words("and but so then because when while until or now where after before"));
const PRONOUNS = new Set(words("i he she it we they you there everybody everyone somebody nobody"));
const OPENERS = new Set(
  words("the a an my our his her its their your this that these those one two three some all every each another"),
);
/** Behind these a pronoun goes on with the clause: "when she", "the day that we", "I think it". */
const HOLDING = new Set(
  words(
    "that what how if because when where while until who which whose whom as than like why whether once since though although and but so then or after before of to for with from in on at by about over under the a my his her our is are was were every morning evening night day time moment year week",
  ),
);
const SURE_VERBS = new Set(
  words("am is are was were have has had do does did will would can could shall should may might must"),
);
const MIN_WORDS = 5;
/** A clause that no link begins is trusted only behind a longer one. */
const MIN_WORDS_UNLINKED = 8;
const MAX_WORDS = 34;
const VERB_DISTANCE = 4;

const isSureVerb = (word: string): boolean => {
  if (SURE_VERBS.has(word)) return true;
  const form = verbForm(word)?.form;
  return (form === "past" || form === "third" || form === "either") && !isConcrete(word);
};

const hasVerbSoon = (list: readonly string[], from: number): boolean =>
  list.slice(from, from + VERB_DISTANCE).some(isSureVerb);

/** "and then we carried", "but my mom said": a link and a subject with its verb. */
const opensLinked = (list: readonly string[], at: number): boolean => {
  if (!LINKS.has(list[at] ?? "")) return false;
  let next = at + 1;
  while (LINKS.has(list[next] ?? "")) next += 1;
  const word = list[next] ?? "";
  if (PRONOUNS.has(word)) return true;
  return (OPENERS.has(word) || word === "in" || word === "at" || word === "on") && hasVerbSoon(list, next + 1);
};

/** "under the trees | it was green" */
const opensBare = (list: readonly string[], at: number): boolean => {
  const before = list[at - 1] ?? "";
  if (!PRONOUNS.has(list[at] ?? "") || HOLDING.has(before) || LINKS.has(before) || isSureVerb(before)) return false;
  return isSureVerb(list[at + 1] ?? "") || verbForm(list[at + 1] ?? "")?.form === "base";
};

/**
 * Cuts running speech without punctuation, as recognisers write it, where a new clause begins: before a link with a
 * subject and a verb behind it, or before a pronoun with its verb.
 */
export const splitUnpunctuated = (text: string): string[] => {
  const written = words(text);
  const list = written.map((word) => word.toLowerCase());
  const pieces: string[][] = [];
  let piece: string[] = [];
  list.forEach((word, index) => {
    const isCut =
      (piece.length >= MIN_WORDS && opensLinked(list, index) && !LINKS.has(list[index - 1] ?? "")) ||
      (piece.length >= MIN_WORDS_UNLINKED && opensBare(list, index)) ||
      (piece.length >= MAX_WORDS && word === "and") ||
      piece.length >= 2 * MAX_WORDS;
    if (isCut) {
      pieces.push(piece);
      piece = [];
    }
    piece.push(written[index] ?? word);
  });
  return [...pieces, piece].map((part) => part.join(" ")).filter((part) => part !== "");
};

const MAX_RUN_WORDS = 30;
const WORDS_PER_MARK = 25;

/** Whether a sentence is so long and has so few marks that nobody punctuated it. */
export const isUnpunctuated = (sentence: string): boolean => {
  const count = words(sentence).length;
  const marks = sentence.match(/[,;:.!?—–-](?=\s|$)/gu)?.length ?? 0;
  return count > MAX_RUN_WORDS && count > WORDS_PER_MARK * (marks + 1);
};
