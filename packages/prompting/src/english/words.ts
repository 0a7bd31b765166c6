import * as nouns from "../lexicons/nouns.data.ts";
import { NOUN_SENSES } from "../lexicons/word-senses.data.ts";

export type NounKind =
  | "animal"
  | "artifact"
  | "body"
  | "food"
  | "location"
  | "object"
  | "person"
  | "plant"
  | "substance";

export type Gender = "male" | "female" | "unknown";

export const words = (list: string): string[] => list.split(/\s+/u).filter((word) => word !== "");

const generated = Object.entries(NOUN_SENSES).flatMap(([kind, list]) =>
  words(list).map((word) => [word, kind] as const),
);
const extras = Object.entries(nouns.CONCRETE_EXTRAS).flatMap(([kind, list]) =>
  words(list).map((word) => [word, kind] as const),
);
const notConcrete = new Set(words(nouns.NOT_CONCRETE));
// Both tables are keyed by the kinds above.
const kinds = new Map([...generated.filter(([word]) => !notConcrete.has(word)), ...extras]) as Map<string, NounKind>;
const irregularPlurals = new Map(
  words(nouns.IRREGULAR_PLURALS).map((pair) => pair.split(":") as [plural: string, singular: string]),
);
const femaleNouns = new Set(words(nouns.FEMALE_NOUNS));
const maleNouns = new Set(words(nouns.MALE_NOUNS));
const femaleNames = new Set(words(nouns.FEMALE_NAMES));
const maleNames = new Set(words(nouns.MALE_NAMES));

const candidates = (word: string): string[] => {
  if (/(?:ss|us|is)$/u.test(word) || !word.endsWith("s")) return [];
  const stems = [word.slice(0, -1)];
  if (word.endsWith("ies")) stems.unshift(`${word.slice(0, -3)}y`);
  else if (/(?:[sxz]|ch|sh|o)es$/u.test(word)) stems.unshift(word.slice(0, -2));
  return stems;
};

/** The singular of a noun's surface form; a word that is no plural comes back as it is. */
export const singular = (word: string): string => {
  const irregular = irregularPlurals.get(word);
  if (irregular !== undefined) return irregular;
  const stems = candidates(word);
  return stems.find((stem) => kinds.has(stem)) ?? (kinds.has(word) ? word : (stems[0] ?? word));
};

const lastPart = (word: string): string => word.slice(word.lastIndexOf("-") + 1);

/** Trades that no list has: "firefighters", "bellmaker", "biologist". */
const TRADE =
  /^\p{L}{2,}(?:fighter|maker|worker|keeper|driver|seller|builder|singer|dancer|rider|teller|woman|women|smith|wright|ologist|ician|grapher)s?$/u;
/** "parrotfish", "lyrebirds" */
const ANIMAL = /^\p{L}{3,}(?:fish|birds?|hounds?)$/u;

/** What kind of thing a noun names, by its usual sense; null for ideas and for unknown words. */
export const nounKind = (word: string): NounKind | null => {
  const lower = word.toLowerCase();
  if (notConcrete.has(lower) && !irregularPlurals.has(lower)) return null;
  const own = kinds.get(singular(lower)) ?? kinds.get(lower);
  if (own !== undefined) return own;
  if (TRADE.test(lower)) return "person";
  if (ANIMAL.test(lower)) return "animal";
  return lower.includes("-") ? (kinds.get(singular(lastPart(lower))) ?? null) : null;
};

export const isConcrete = (word: string): boolean => nounKind(word) !== null;

const PLURAL_ONLY = new Set(words("people folk folks police cattle trousers scissors clothes gulls bellows both"));

export const isPlural = (word: string): boolean => {
  const lower = word.toLowerCase();
  return PLURAL_ONLY.has(lower) || irregularPlurals.has(lower) || singular(lower) !== lower;
};

const MASS = new Set(
  words(
    "winter summer autumn water snow rain ice fog mist smoke grass wheat corn hay straw sand mud dust gold silver iron bronze copper wool silk linen leather velvet oil paint wax clay bread milk honey butter cheese soup meat rice salt sugar wine beer tea coffee wood moonlight sunlight starlight firelight candlelight lamplight dew moss soil ground furniture money luggage frost hail thunder lightning air fire steam blood ink paper hair fur steel stone marble printing mankind humankind humanity music traffic clothing machinery jewelry jewellery crimson foliage",
  ),
);

/** Takes no article: a plural, or a stuff. */
export const takesNoArticle = (word: string): boolean => isPlural(word) || MASS.has(word.toLowerCase());

const SILENT_H = /^(?:hour|heir|honest|honou?r)/u;
const CONSONANT_VOWEL = /^(?:uni(?:[^nm]|f)|use|usu|eu|one|once|ewe)/u;

/** `a` or `an`, by the sound that follows. */
export const articleFor = (phrase: string): "a" | "an" => {
  const lower = phrase.toLowerCase();
  if (SILENT_H.test(lower)) return "an";
  return /^[aeiou]/u.test(lower) && !CONSONANT_VOWEL.test(lower) ? "an" : "a";
};

/** The gender that a pronoun for this noun or first name would have. */
export const genderOf = (word: string): Gender => {
  const lower = singular(word.toLowerCase());
  if (femaleNouns.has(lower) || femaleNames.has(lower)) return "female";
  if (maleNouns.has(lower) || maleNames.has(lower)) return "male";
  if (/(?:woman|girl|mother)$/u.test(lower)) return "female";
  return /(?:man|boy|father)$/u.test(lower) && lower !== "human" && lower !== "woman" ? "male" : "unknown";
};

export const isFirstName = (word: string): boolean =>
  femaleNames.has(word.toLowerCase()) || maleNames.has(word.toLowerCase());
