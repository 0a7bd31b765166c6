import type { NounPhrase, Span } from "../english/chunks.ts";
import type { Token } from "../english/reader.ts";
import { articleFor, isFirstName, isPlural, nounKind, takesNoArticle, words } from "../english/words.ts";
import { PLACE_NAMES } from "../lexicons/settings.data.ts";

const DROPPED_OPENERS = new Set(
  words(
    "the a an this that these those my your his her its our their whose such what another each every no any some either neither all both many",
  ),
);
const KEPT_QUANTITIES = new Set(words("many several few both"));
const UNIQUE = new Set(words("sun moon sky sea ocean earth horizon wind world ground equator"));
const ORDINALS = /^(?:first|second|third|last|only|same|very|next|other)$|est$/u;
/** Say nothing that could be drawn. */
const VACUOUS = new Set(
  words(
    "own such same very certain particular present various mere whole entire concerned primary principal aforesaid chief respective actual immediate true single only important reasonable concerned worth own thy possible own able",
  ),
);
const NUMBER_WORD = /^(?:\d+|one)$/u;

export const placeNames = new Set(words(PLACE_NAMES.toLowerCase()));

/** "Tomas", "Berg" behind "Tomas"; not the "Raven" or the "Grandmother" that verse likes to capitalise. */
const isNameAt = (tokens: readonly Token[], index: number): boolean => {
  const token = tokens[index];
  if (token?.tag !== "PROPN") return false;
  const isCommon =
    nounKind(token.lower) !== null &&
    !isFirstName(token.lower) &&
    !placeNames.has(token.lower) &&
    !/(?:[^m]ans?|ese|ish)$/u.test(token.lower);
  return !isCommon || tokens[index - 1]?.tag === "PROPN" || tokens[index + 1]?.tag === "PROPN";
};

/** Words with their spaces: none before "'s" and commas. */
export const joinTokens = (tokens: readonly Token[]): string =>
  tokens
    .map((token, index) => (token.lower === "i" || isNameAt(tokens, index) ? token.text : token.lower))
    .join(" ")
    .replaceAll(/ (?='s\b|'(?: |$)|n't\b|[,.;:!?])/gu, "")
    .trim();

export const spanTokens = (tokens: readonly Token[], span: Span): Token[] => tokens.slice(span.start, span.end);

export const countWords = (text: string): number =>
  text.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

const withoutOpeners = (tokens: readonly Token[]): { opener: string; rest: Token[] } => {
  let index = 0;
  while (index < tokens.length - 1 && DROPPED_OPENERS.has(tokens[index]?.lower ?? "")) index += 1;
  return { opener: tokens[0]?.lower ?? "", rest: tokens.slice(index) };
};

/** The phrase without its determiner and without words that cannot be drawn: "old fisherman". */
export const bareCore = (tokens: readonly Token[], phrase: NounPhrase): string => {
  const { rest } = withoutOpeners(tokens.slice(phrase.start, phrase.coreEnd));
  const kept = rest.filter((token, index) => index === rest.length - 1 || !VACUOUS.has(token.lower));
  const owner = kept.findIndex((token) => token.lower === "'s");
  // "beauty's rose" is a rose.
  if (owner > 0 && kept[owner - 1]?.tag === "NOUN" && isIdea(kept[owner - 1]?.lower ?? ""))
    return joinTokens(kept.slice(owner + 1));
  return joinTokens(kept.length > 1 && NUMBER_WORD.test(kept[0]?.lower ?? "") ? kept.slice(1) : kept);
};

/** The "of ..." tail of a phrase, as written, at most `limit` words. */
const tail = (tokens: readonly Token[], phrase: NounPhrase, limit: number): string => {
  const rest = tokens.slice(phrase.coreEnd, phrase.end);
  // "a raven of the saintly days of yore" is a raven; "woodcutters of the Netherlands" stay theirs.
  const isSeen = rest.some((token, index) => nounKind(token.lower) !== null || isNameAt(rest, index));
  return rest.length > limit || !isSeen ? "" : ` ${replacePossessives(joinTokens(rest))}`;
};

const ABSTRACT_OWNER = /\b(?:the |an? )?(\p{Ll}+)'s /gu;
const isIdea = (word: string): boolean => nounKind(word) === null;

const asIndefinite = (_: string, modifier: string, noun: string): string =>
  takesNoArticle(noun) ? `${modifier}${noun}` : `${articleFor(`${modifier}${noun}`)} ${modifier}${noun}`;

/** "my", "your", "this": in a picture nobody owns or points. */
export const replacePossessives = (text: string): string =>
  text
    .replaceAll(
      /\b(?:my|your|our|this|that|thy) ((?:\p{L}+ )?)(\p{L}[\p{L}-]*)(?=$| (?:in|on|at|of|with|for|to|from|by|over|under|and)\b|,)/gu,
      asIndefinite,
    )
    .replaceAll(/\b(?:my|your|our|this|that|these|those|thy)\b(?= )/gu, "the")
    .replaceAll(ABSTRACT_OWNER, (whole, owner: string) => (isIdea(owner) ? "the " : whole))
    .replaceAll(/\b(?:the) own\b/gu, "the")
    .replaceAll(/\b(his|her|its|their) own\b/gu, "$1");

export const isProperName = (tokens: readonly Token[], phrase: NounPhrase): boolean =>
  !phrase.isPronoun && phrase.head < phrase.coreEnd && isNameAt(tokens, phrase.head);

const PORTIONS = /^(?:piece|slice|lump|crust|bunch|handful) of /u;

const withArticle = (bare: string, head: string, opener: string): string => {
  const first = bare.split(" ")[0] ?? "";
  if (PORTIONS.test(bare)) return `a ${bare}`;
  if (KEPT_QUANTITIES.has(first)) return bare;
  if (KEPT_QUANTITIES.has(opener) && isPlural(head)) return `${opener} ${bare}`;
  if (UNIQUE.has(bare) || ORDINALS.test(first)) return `the ${bare}`;
  if (
    takesNoArticle(head) ||
    /^\d|^(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|forty|hundred)$/u.test(first)
  )
    return bare;
  return `${articleFor(bare)} ${bare}`;
};

/** A first mention for a picture: "an old fisherman", "two roads", "the sea". */
export const introduce = (tokens: readonly Token[], phrase: NounPhrase): string => {
  const head = tokens[phrase.head]?.lower ?? "";
  const bare = bareCore(tokens, phrase);
  const opener = tokens[phrase.start]?.lower ?? "";
  if (isProperName(tokens, phrase)) return `${opener === "the" ? "the " : ""}${bare}${tail(tokens, phrase, 7)}`;
  return `${withArticle(bare, head, opener)}${tail(tokens, phrase, 7)}`;
};

/** "no flour", "without a coat": said to be absent. */
export const isDenied = (tokens: readonly Token[], phrase: NounPhrase): boolean =>
  /^(?:no|neither|nor|none|nobody|without|not)$/u.test(tokens[phrase.start]?.lower ?? "") ||
  /^(?:without|no|not)$/u.test(tokens[phrase.start - 1]?.lower ?? "");
