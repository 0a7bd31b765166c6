import type { Token } from "./reader.ts";
import { verbForm } from "./verbs.ts";
import { words } from "./words.ts";

/** A stretch of tokens, `end` exclusive. */
export type Span = { start: number; end: number };

/** A noun phrase: its core ends at the head noun, its span includes "of ..." phrases. */
export type NounPhrase = Span & {
  kind: "noun";
  head: number;
  coreEnd: number;
  isPronoun: boolean;
  isNominative?: boolean;
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
  tokens[index + 1]?.tag === "ADJ" &&
  (tokens[index]?.text === "," || tokens[index]?.lower === "and" || tokens[index]?.lower === "but") &&
  isPremodifier(tokens[index + 2]);

const NOMINATIVE = new Set(words("i he she we they"));
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
  return { kind: "noun", start, end: head + 1, coreEnd: head + 1, head, isPronoun: false };
};

/** The noun phrase that begins at `start`, with its "of ..." phrases. */
export const nounPhraseAt = (tokens: readonly Token[], start: number): NounPhrase | null => {
  const phrase = corePhrase(tokens, start);
  if (phrase === null || phrase.isPronoun) return phrase;
  let end = phrase.end;
  for (let depth = 0; depth < 2 && tokens[end]?.lower === "of"; depth += 1) {
    const inner = corePhrase(tokens, end + 1);
    if (inner === null || inner.isPronoun) break;
    end = inner.end;
  }
  return { ...phrase, end };
};
