import { SYMBOLS } from "../lexicons/symbols.data.ts";
import type { Token } from "./reader.ts";
import { verbForm, visibility } from "./verbs.ts";
import { isConcrete, isFirstName, isPlural, nounKind, singular, words } from "./words.ts";

const SUBJECT_PRONOUNS = new Set(words("i you he she it we they who"));
const POSSESSIVES = new Set(words("my your his her its our their whose"));
const DETERMINERS = new Set(words("the a an this these those every each some any no another"));
const QUANTITIES = new Set(words("several many few both all some most"));
const NUMBER_NOUNS = new Set(words("thousands hundreds dozens millions scores"));
const MODALS = new Set(words("will would shall should can could may might must do does did"));
const ONLY_NOUNS = new Set(words("people cattle sheep city morning evening"));
const FUNCTION_TAGS: Readonly<Record<string, string>> = {
  overhead: "ADV",
  something: "NOUN",
  beside: "ADP",
  past: "ADP",
  gonna: "PART",
  above: "ADP",
  upon: "ADP",
  beneath: "ADP",
  till: "SCONJ",
  while: "SCONJ",
  when: "SCONJ",
  where: "SCONJ",
  because: "SCONJ",
  though: "SCONJ",
  although: "SCONJ",
};

const opensNounPhrase = (token: Token | undefined): boolean =>
  token !== undefined &&
  (DETERMINERS.has(token.lower) || POSSESSIVES.has(token.lower) || (token.lower === "that" && token.tag === "DET"));
const isNominal = (token: Token | undefined): boolean => token?.tag === "NOUN" || token?.tag === "PROPN";
const endsPhrase = (token: Token | undefined): boolean =>
  token === undefined ||
  /^(?:who|which|that)$/u.test(token.lower) ||
  ["PUNCT", "ADP", "CCONJ", "SCONJ", "VERB", "AUX", "ADV", "PART"].includes(token.tag);

type Place = { token: Token; previous: Token | undefined; next: Token | undefined; before: Token | undefined };

/** "the watch", "his saw": after a determiner, a word that can be a thing and ends the phrase is one. */
const verbThatIsNoun = ({ token, previous, next, before }: Place): boolean => {
  // "a golden can"
  if (token.tag === "AUX" && !/^(?:can|will|must|might|need)$/u.test(token.lower)) return false;
  if (token.tag !== "VERB" && token.tag !== "AUX") return false;
  if (ONLY_NOUNS.has(token.lower)) return true;
  // "the burning sparks that fly"
  const isQuality = previous?.tag === "ADJ" || (previous?.lower.endsWith("ing") === true && isConcrete(token.lower));
  const afterDeterminer = opensNounPhrase(previous) || (isQuality && opensNounPhrase(before));
  return afterDeterminer && endsPhrase(next) && !(token.lower.endsWith("ing") && isNominal(next));
};

const isPluralNoun = (token: Token | undefined): boolean => token?.tag === "NOUN" && isPlural(token.lower);
const isLivingNoun = (token: Token | undefined): boolean =>
  token?.tag === "NOUN" && /^(?:person|animal)$/u.test(nounKind(token.lower) ?? "");

/** "I flung", "they row": after a subject pronoun, a word that can be a verb is one. */
const nounThatIsVerb = ({ token, previous, next, before }: Place): boolean => {
  if (token.tag !== "NOUN" && token.tag !== "ADJ" && token.tag !== "PROPN") return false;
  const form = verbForm(token.lower);
  if (form === null) return false;
  if (previous !== undefined && SUBJECT_PRONOUNS.has(previous.lower)) {
    return token.tag !== "ADJ" && form.form !== "gerund" && next?.tag !== "VERB" && next?.tag !== "AUX";
  }
  if (token.tag === "ADJ") return false;
  // "you can hear him swing his sledge"
  const isObject = /^(?:him|them|me|us)$/u.test(previous?.lower ?? "") && before?.tag === "VERB";
  if (isObject && form.form === "base" && (next === undefined || next.tag !== "NOUN")) return true;
  // "the dogs bark", "his bellows blow"
  const mayAct = isPluralNoun(previous) && form.form === "base" && !isPlural(token.lower) && endsPhrase(next);
  if (mayAct && (isLivingNoun(previous) || !isConcrete(token.lower))) return true;
  // "petals drift across": a plural, a bare verb, a preposition.
  const isPluralSubject = previous?.tag === "NOUN" && isPlural(previous.lower) && before?.tag !== "VERB";
  if (isPluralSubject && form.form === "base" && next?.tag === "ADP" && next.lower !== "of") return true;
  const opensObject = opensNounPhrase(next) || (next?.tag === "ADJ" && form.form !== "third");
  if (form.form === "gerund" && previous?.tag === "NOUN" && isPlural(previous.lower)) return true;
  if (form.form === "gerund" && previous?.tag === "ADP" && opensNounPhrase(next)) return true;
  // "this woman standing on the quay"
  if (form.form === "gerund" && isLivingNoun(previous) && (next?.tag === "ADP" || opensNounPhrase(next))) return true;
  if (form.form === "gerund") {
    // "fluttering and dancing in the breeze"
    const isSecond = previous?.lower === "and" && before?.tag === "VERB" && before.lower.endsWith("ing");
    const isFirst = previous?.tag === "PUNCT" && next?.lower === "and" && visibility(form.lemma) > 1;
    return isFirst || ((previous?.tag === "PUNCT" || isSecond) && (opensObject || next?.tag === "ADP"));
  }
  const isThing = isConcrete(token.lower) || nounKind(singular(token.lower)) !== null;
  if (form.form === "past" || form.form === "either")
    return !isThing && !opensNounPhrase(previous) && previous?.tag !== "ADJ";
  if (previous !== undefined && MODALS.has(previous.lower)) return true;
  const coordinated = previous?.tag === "CCONJ" || (previous?.tag === "PUNCT" && before !== undefined);
  // "sit in front of the wardrobe and talk to it"
  const isAddressing = previous?.lower === "and" && next?.lower === "to";
  if (coordinated && form.form === "base") return (opensObject || isAddressing) && !isThing;
  // "The miller grinds the corn": a third person between a noun and a determiner.
  const isPerson = previous?.tag === "NOUN" && nounKind(previous.lower) === "person";
  // "my brother waves from the car", against "the soldier ants in the grass"
  const mayGesture = opensNounPhrase(before) && !COMPOUNDED.test(nounKind(singular(token.lower)) ?? "");
  const isActor = isPerson && (opensNounPhrase(next) || mayGesture);
  return (
    form.form === "third" &&
    isNominal(previous) &&
    (opensNounPhrase(next) || next?.tag === "ADP") &&
    (!isThing || isActor)
  );
};

/** What a person's word before it may belong to: "police cars". */
const COMPOUNDED = /^(?:animal|artifact|food|person|plant)$/u;

/** "with a steel clip": after one thing a bare verb is none. */
const isCompoundEnd = ({ token, previous, next, before }: Place): boolean =>
  token.tag === "VERB" &&
  previous?.tag === "NOUN" &&
  !isPlural(previous.lower) &&
  before !== undefined &&
  (opensNounPhrase(before) || before.tag === "ADJ") &&
  verbForm(token.lower)?.form === "base" &&
  nounKind(token.lower) === "artifact" &&
  endsPhrase(next);

/** "a tall, stooping man" */
const isListedModifier = ({ token, previous, next, before }: Place): boolean =>
  token.tag === "NOUN" &&
  previous?.text === "," &&
  before?.tag === "ADJ" &&
  next?.tag === "NOUN" &&
  verbForm(token.lower)?.form === "gerund";

/** "he touched it and licked his finger": between "and" and a determiner, a past form is a verb. */
const isCoordinatedPast = ({ token, previous, next }: Place): boolean => {
  if (!["ADJ", "NOUN", "PROPN"].includes(token.tag)) return false;
  const form = verbForm(token.lower)?.form;
  // "and licked it again"
  if (previous?.tag === "CCONJ" && form === "either" && /^(?:it|him|them|me|us)$/u.test(next?.lower ?? "")) return true;
  if (!opensNounPhrase(next)) return false;
  // "two officers chased the animals"
  if (previous?.tag === "NOUN" && token.tag !== "PROPN") return form === "either" && !isConcrete(token.lower);
  const joins = previous?.tag === "CCONJ" || (previous?.text === "," && token.tag !== "NOUN");
  return joins && (form === "past" || form === "either");
};

const ABSTRACT_ENDING = /.{3}(?:ness|tion|sion|ity|ment|ance|ence|ism|ship|dom|hood|cess|ing|ure|th)s?$/u;
const ADJECTIVE_ENDING = /.{3}(?:ful|less|ly|ous|ish|ive|able|ible|ical)$/u;
const isAbstract = (word: string): boolean => Object.hasOwn(SYMBOLS, singular(word)) || ABSTRACT_ENDING.test(word);

/** A capital at the start of a line or sentence proves nothing. */
const isFalseName = ({ token, previous, next }: Place): boolean => {
  if (token.tag !== "PROPN" || isFirstName(token.lower)) return false;
  const opens = previous === undefined || previous.tag === "PUNCT";
  const isPluralSubject = token.lower.endsWith("s") && ["VERB", "AUX", "ADP"].includes(next?.tag ?? "");
  const isWord =
    isPluralSubject ||
    ADJECTIVE_ENDING.test(token.lower) ||
    isConcrete(token.lower) ||
    verbForm(token.lower) !== null ||
    isAbstract(token.lower);
  return opens && next?.tag !== "PROPN" && isWord;
};

const lowerFirst = (token: Token, tag: string): Token => ({ ...token, text: token.lower, tag });

/** "Your picture's taped up", against "your picture's frame". */
const isShortBe = ({ token, previous, next }: Place): boolean => {
  const form = verbForm(next?.lower ?? "")?.form;
  const isVerb = next?.tag === "VERB" && (form === "gerund" || form === "either" || form === "participle");
  return token.lower === "'s" && isNominal(previous) && isVerb;
};

const repaired = (place: Place): Token => {
  const { token, previous, next } = place;
  const fixed = Object.hasOwn(FUNCTION_TAGS, token.lower) ? FUNCTION_TAGS[token.lower] : undefined;
  if (fixed !== undefined && token.tag !== "ADP" && token.tag !== "SCONJ") return { ...token, tag: fixed };
  if (POSSESSIVES.has(token.lower) && token.tag !== "PRON") return { ...token, tag: "PRON" };
  // "heaps of herring": no verb has that form
  if (token.tag === "VERB" && verbForm(token.lower) === null && isConcrete(token.lower))
    return { ...token, tag: "NOUN" };
  if (token.lower === "i" || token.lower === "you") return { ...token, tag: "PRON" };
  // "a hunter's net"
  const isOwned = previous?.lower === "'s" && (next === undefined || next.tag === "PUNCT" || next.tag === "ADP");
  if (token.tag === "ADJ" && isOwned && isConcrete(token.lower)) return { ...token, tag: "NOUN" };
  // "a bit of stick"
  if (token.tag === "VERB" && previous?.lower === "of" && verbForm(token.lower)?.form === "base")
    return { ...token, tag: "NOUN" };
  // "till the morning comes"
  if (token.tag === "NOUN" && /^(?:comes|goes|says|becomes)$/u.test(token.lower)) return { ...token, tag: "VERB" };
  // "Printing, then, is an art": a gerund before a comma opens nothing.
  if (previous === undefined && next?.text === "," && verbForm(token.lower)?.form === "gerund")
    return lowerFirst(token, "NOUN");
  // "far below a fox goes trotting"
  if (token.tag === "ADP" && previous?.lower === "far" && /^(?:below|above|beyond|away|off)$/u.test(token.lower))
    return { ...token, tag: "ADV" };
  if (isShortBe(place)) return { ...token, tag: "AUX" };
  // "in never-ending line", against "spring-cleaning his home"
  const isCompound = token.tag === "VERB" && /\p{L}-\p{L}+(?:ing|ed)$/u.test(token.lower);
  if (isCompound && (next?.tag === "NOUN" || next?.tag === "ADJ")) return { ...token, tag: "ADJ" };
  // "the woods and frozen lake", against "has frozen lakes"
  const isPastParticiple = token.tag === "VERB" && verbForm(token.lower)?.form === "participle";
  if (isPastParticiple && next?.tag === "NOUN" && previous?.tag !== "AUX" && place.before?.tag !== "AUX")
    return { ...token, tag: "ADJ" };
  // "that inward eye"
  if (token.tag === "ADV" && token.lower.endsWith("ward") && opensNounPhrase(previous)) return { ...token, tag: "ADJ" };
  if (token.tag === "PROPN" && NUMBER_NOUNS.has(token.lower)) return lowerFirst(token, "NOUN");
  if (token.tag === "PROPN" && QUANTITIES.has(token.lower)) return { ...token, tag: "DET" };
  if (isListedModifier(place)) return { ...token, tag: "ADJ" };
  if (isCompoundEnd(place)) return { ...token, tag: "NOUN" };
  if (verbThatIsNoun(place)) return { ...token, tag: "NOUN" };
  if (nounThatIsVerb(place) || isCoordinatedPast(place)) return lowerFirst(token, "VERB");
  if (isFalseName(place)) {
    // "Spring was in the air": a bare verb opens no sentence before another.
    const asVerb =
      next?.tag !== "AUX" &&
      verbForm(token.lower) !== null &&
      !isConcrete(token.lower) &&
      (previous === undefined || opensNounPhrase(next));
    if (ADJECTIVE_ENDING.test(token.lower) && !isConcrete(token.lower))
      return lowerFirst(token, token.lower.endsWith("ly") ? "ADV" : "ADJ");
    return lowerFirst(token, asVerb ? "VERB" : "NOUN");
  }
  if (token.tag === "AUX" && /^(?:have|has|had|do|does|did)$/u.test(token.lower) && opensNounPhrase(next)) {
    return { ...token, tag: "VERB" };
  }
  return token;
};

/** Sets right what the statistical tagger gets wrong in narration and verse. */
export const repairTags = (tokens: readonly Token[]): Token[] => {
  const result: Token[] = [];
  for (const [index, token] of tokens.entries()) {
    result.push(repaired({ token, previous: result.at(-1), before: result.at(-2), next: tokens[index + 1] }));
  }
  return result;
};
