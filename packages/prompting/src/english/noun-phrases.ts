import type { Token } from "./reader.ts";
import { verbForm } from "./verbs.ts";
import { isPlural, words } from "./words.ts";

/** A stretch of tokens, `end` exclusive. */
export type Span = { start: number; end: number };

/** A noun phrase: its core ends at the head noun, its span includes "of ..." phrases. */
export type NounPhrase = Span & {
  kind: "noun";
  head: number;
  coreEnd: number;
  isPronoun: boolean;
  isNominative?: boolean;
  /** One thing or person: a bare verb behind it is no finite one, "saw a crow fly". */
  isSingular?: boolean;
  /** "I", "we", "you": whoever speaks or listens. */
  isSpeaker?: boolean;
};

const PERSONAL = new Set(
  words(
    "i you he she it we they me him her us them himself herself itself themselves myself yourself who everyone everybody someone somebody nobody none",
  ),
);
const DETERMINERS = new Set(
  words(
    "the a an this that these those every each some any no another both all many few several such what either neither",
  ),
);
const POSSESSIVES = new Set(words("my your his her its our their whose"));
const MODIFIER_TAGS = new Set(["ADJ", "NOUN", "PROPN", "NUM"]);
const isPremodifier = (token: Token | undefined): boolean => token !== undefined && MODIFIER_TAGS.has(token.tag);
export const isNounTag = (token: Token | undefined): boolean => token?.tag === "NOUN" || token?.tag === "PROPN";
const isPossessive = (token: Token | undefined): boolean =>
  token?.lower === "'s" || token?.lower === "'" || token?.lower === "’s";

const opensPhrase = (token: Token | undefined): boolean =>
  token !== undefined && (DETERMINERS.has(token.lower) || POSSESSIVES.has(token.lower) || token.tag === "NUM");

export const isParticipleModifier = (tokens: readonly Token[], index: number): boolean => {
  const token = tokens[index];
  if (token?.tag !== "VERB" || !isPremodifier(tokens[index + 1])) return false;
  const form = verbForm(token.lower)?.form;
  return form === "either" || form === "participle" || form === "gerund";
};

export const isAdverbModifier = (tokens: readonly Token[], index: number): boolean =>
  tokens[index]?.tag === "ADV" && (tokens[index + 1]?.tag === "ADJ" || isParticipleModifier(tokens, index + 1));

/** "a dark, cold night", "a black and white cat" */
const joinsAdjectives = (tokens: readonly Token[], index: number): boolean =>
  tokens[index - 1]?.tag === "ADJ" &&
  (tokens[index + 1]?.tag === "ADJ" || isParticipleModifier(tokens, index + 1)) &&
  (tokens[index]?.text === "," || tokens[index]?.lower === "and" || tokens[index]?.lower === "but") &&
  isPremodifier(tokens[index + 2]);

const NOMINATIVE = new Set(words("i he she we they"));
const CALENDAR =
  /^(?:spring|summer|autumn|winter|week|month|year|yesterday|today|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august|september|october|november|december)$/u;
const ARTICLES = new Set(words("a an the my his her its our their this that"));

const numberPhrase = (start: number, head: number): NounPhrase => ({
  kind: "noun",
  start,
  end: head + 1,
  coreEnd: head + 1,
  head,
  isPronoun: false,
});

const corePhrase = (tokens: readonly Token[], start: number): NounPhrase | null => {
  const first = tokens[start];
  if (first === undefined) return null;
  const possessive =
    POSSESSIVES.has(first.lower) && (isPremodifier(tokens[start + 1]) || isParticipleModifier(tokens, start + 1));
  if (PERSONAL.has(first.lower) && !possessive && first.tag !== "NOUN") {
    return {
      kind: "noun",
      start,
      end: start + 1,
      coreEnd: start + 1,
      head: start,
      isPronoun: true,
      isNominative: NOMINATIVE.has(first.lower),
      isSpeaker: /^(?:i|we|you)$/u.test(first.lower),
    };
  }
  let index = start;
  while (opensPhrase(tokens[index])) {
    // "nineteen eighty-one | a journalist", "one by one | the neighbours"
    const after = tokens[index + 1];
    const isYear = tokens[index - 1]?.tag === "NUM" && after?.tag === "PROPN";
    if (tokens[index]?.tag === "NUM" && (isYear || ARTICLES.has(after?.lower ?? ""))) return numberPhrase(start, index);
    index += 1;
  }
  const wasOpened = index > start;
  let head = -1;
  for (; index < tokens.length; index += 1) {
    const token = tokens[index];
    // "in the spring | Elsa danced", "on Saturday | children painted"
    const isNewPhrase = head === index - 1 && CALENDAR.test(tokens[head]?.lower ?? "") && isNounTag(token);
    if (isNewPhrase) break;
    if (isNounTag(token)) head = index;
    const goesOn =
      isPremodifier(token) ||
      (isPossessive(token) && head === index - 1) ||
      (head < 0 && wasOpened && isParticipleModifier(tokens, index)) ||
      isAdverbModifier(tokens, index) ||
      joinsAdjectives(tokens, index);
    if (!goesOn) break;
    // An adjective behind the head belongs to what follows: "the sea cold and grey".
    if (head >= 0 && head < index && token?.tag === "ADJ") break;
  }
  if (head < 0) return tokens[index - 1]?.tag === "NUM" && index > start ? numberPhrase(start, index - 1) : null;
  const isSingular = !isPlural(tokens[head]?.lower ?? "");
  return { kind: "noun", start, end: head + 1, coreEnd: head + 1, head, isPronoun: false, isSingular };
};

const PARTITIVES =
  /^(?:piece|slice|lump|crust|bunch|handful|thousands|hundreds|dozens|millions|lots|plenty|scores|couple|number|kind|sort)$/u;

/** The noun phrase that begins at `start`, with its "of ..." phrases. */
export const nounPhraseAt = (tokens: readonly Token[], start: number): NounPhrase | null => {
  const phrase = corePhrase(tokens, start);
  if (phrase === null || phrase.isPronoun) return phrase;
  const partitive = PARTITIVES.test(tokens[phrase.head]?.lower ?? "") && tokens[phrase.end]?.lower === "of";
  const inner = partitive ? corePhrase(tokens, phrase.end + 1) : null;
  // "thousands of people" are people
  if (inner !== null && !inner.isPronoun) return { ...inner, start };
  let end = phrase.end;
  for (let depth = 0; depth < 2 && tokens[end]?.lower === "of"; depth += 1) {
    // "of rotting herring"
    const inner = corePhrase(tokens, isParticipleModifier(tokens, end + 1) ? end + 2 : end + 1);
    if (inner === null || inner.isPronoun) break;
    end = inner.end;
  }
  return { ...phrase, end };
};
