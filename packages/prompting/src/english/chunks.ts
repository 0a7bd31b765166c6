import { isAdverbModifier, isParticipleModifier, type NounPhrase, nounPhraseAt, type Span } from "./noun-phrases.ts";
import type { Token } from "./reader.ts";
import { type VerbForm, verbForm } from "./verbs.ts";
import { words } from "./words.ts";

export type { NounPhrase, Span } from "./noun-phrases.ts";

export type VerbGroup = Span & {
  kind: "verb";
  /** The token of the verb that carries the meaning. */
  main: number;
  lemma: string;
  form: VerbForm["form"];
  voice: "active" | "passive" | "progressive" | "copula";
  /** Whether the form alone proves a finite verb: "went", "had gone", not "covered". */
  isSurelyFinite: boolean;
  isInfinitive: boolean;
  isNegated: boolean;
  /** Adverbs inside the group, as written. */
  manner: string[];
};

export type Chunk =
  | NounPhrase
  | VerbGroup
  | (Span & { kind: "preposition"; object: NounPhrase | null; gerund: VerbGroup | null; isParticle: boolean })
  | (Span & {
      kind: "conjunction" | "subordinator" | "relative" | "comma" | "stop" | "quote" | "there" | "adverb" | "other";
    });

const RELATIVES = new Set(words("who whom which that"));
const ALWAYS_SUBORDINATE = new Set(
  words("because although though unless if whether until till whereas while when whenever lest where whose"),
);
const ASPECTUAL = new Set(words("begin start continue keep try go seem use help dare come choose manage hurry"));
const NEGATIONS = new Set(words("not n't never no neither nor"));
const EMPTY_ADVERBS = new Set(
  words(
    "not never ever also just only even still then now soon already always often again almost quite very too perhaps maybe really actually so thus therefore however indeed more most less least rather as once well yet thereby nearly hardly barely certainly probably finally suddenly",
  ),
);

const isVerbal = (token: Token | undefined): boolean => token?.tag === "VERB" || token?.tag === "AUX";

const innerVerb = (tokens: readonly Token[], main: number): number => {
  const form = verbForm(tokens[main]?.lower ?? "");
  if (form === null || !ASPECTUAL.has(form.lemma)) return main;
  const next = tokens[main + 1];
  if ((next?.tag === "VERB" || next?.tag === "NOUN") && verbForm(next.lower)?.form === "gerund") return main + 1;
  return next?.lower === "to" && tokens[main + 2]?.tag === "VERB" ? main + 2 : main;
};

const BE = new Set(words("be am is are was were been being 's 're 'm"));

const voiceOf = (auxiliaries: readonly Token[], form: VerbForm["form"]): VerbGroup["voice"] => {
  const last = auxiliaries.at(-1);
  if (last === undefined || !BE.has(last.lower)) return "active";
  if (form === "gerund") return "progressive";
  return form === "either" || form === "participle" ? "passive" : "active";
};

/** A verb that no dictionary has: "scrooged" is what somebody does who is "scrooging". */
const unknownVerb = (word: string): VerbForm => {
  if (word.endsWith("ed")) return { lemma: word.slice(0, -2), form: "either" };
  if (word.endsWith("ing")) return { lemma: word.slice(0, -3), form: "gerund" };
  return { lemma: word, form: "base" };
};

/** "laid" of "lay the cups on the table", against "lay on the table" */
const isLaying = (tokens: readonly Token[], main: number): boolean => {
  // "inside lay a watch"
  const before = tokens[main - 1]?.tag;
  if (tokens[main]?.lower !== "lay" || !["NOUN", "PROPN", "PRON", "CCONJ"].includes(before ?? "")) return false;
  const next = tokens[main + 1];
  const object = /^(?:out|down|up)$/u.test(next?.lower ?? "") ? tokens[main + 2] : next;
  return object?.tag === "DET" || object?.tag === "PRON" || object?.tag === "NOUN" || object?.tag === "NUM";
};

/** The verb group that begins at `start`: auxiliaries, "not", adverbs, the main verb. */
export const verbGroupAt = (tokens: readonly Token[], start: number): VerbGroup | null => {
  let index = start;
  let main = -1;
  for (; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (isVerbal(token)) main = index;
    else if (!(token?.tag === "ADV" || (token?.tag === "PART" && token.lower !== "to"))) break;
    if (token?.tag === "VERB") break;
  }
  if (main < 0) return null;
  main = innerVerb(tokens, main);
  const group = tokens.slice(start, main + 1);
  const token = tokens[main] ?? { text: "", lower: "", tag: "X" };
  const read = isLaying(tokens, main)
    ? { lemma: "lay", form: "past" as const }
    : (verbForm(token.lower) ?? unknownVerb(token.lower));
  const auxiliaries = group.slice(0, -1).filter((part) => part.tag === "AUX");
  const isCopula = token.tag === "AUX" && !/^(?:have|has|had|having|do|does|did)$/u.test(token.lower);
  let end = main + 1;
  if (isCopula && NEGATIONS.has(tokens[end]?.lower ?? "")) end += 1;
  return {
    kind: "verb",
    start,
    end,
    main,
    lemma: isCopula ? "be" : read.lemma,
    form: read.form,
    voice: isCopula ? "copula" : voiceOf(auxiliaries, read.form),
    isSurelyFinite: isCopula || auxiliaries.length > 0 || read.form === "past" || read.form === "third",
    isInfinitive: false,
    isNegated: tokens.slice(start, end).some((part) => NEGATIONS.has(part.lower)),
    manner: group.filter((part) => part.tag === "ADV" && !EMPTY_ADVERBS.has(part.lower)).map((part) => part.lower),
  };
};

const PARTICLES = new Set(words("up down out off away over back open by past along"));

const prepositionAt = (tokens: readonly Token[], start: number): Chunk => {
  let end = start + 1;
  while (tokens[end]?.tag === "ADP" && !ALWAYS_SUBORDINATE.has(tokens[end]?.lower ?? "")) end += 1;
  const gerundForm = verbForm(tokens[end]?.lower ?? "");
  if (gerundForm?.form === "gerund" && tokens[end]?.tag === "VERB") {
    const gerund = verbGroupAt(tokens, end);
    return { kind: "preposition", start, end: gerund?.end ?? end, object: null, gerund, isParticle: false };
  }
  const modified = isParticipleModifier(tokens, end) ? nounPhraseAt(tokens, end + 1) : null;
  const phrase = modified === null ? nounPhraseAt(tokens, end) : { ...modified, start: end };
  // "the sun came up | we were in the mountains"
  const object = phrase?.isNominative === true ? null : phrase;
  const isShared = object === null && tokens[end]?.tag === "ADJ" && tokens[end + 1]?.tag === "CCONJ";
  // "in vacant or in pensive mood": one noun for two.
  if (isShared && tokens[end + 2]?.lower === tokens[start]?.lower) {
    const second = prepositionAt(tokens, end + 2);
    if (second.kind === "preposition" && second.object !== null) return { ...second, start };
  }
  return {
    kind: "preposition",
    start,
    end: object?.end ?? end,
    object,
    gerund: null,
    isParticle: PARTICLES.has(tokens[start]?.lower ?? ""),
  };
};

const punctuationAt = (token: Token): "comma" | "stop" | "quote" | "other" => {
  if (/^["“”«»]$/u.test(token.text)) return "quote";
  if (/^[.;:!?…—–]+$|^--$/u.test(token.text)) return "stop";
  return token.text === "," ? "comma" : "other";
};

const CLAUSE_PREPOSITIONS = new Set(words("before after since for as than like until till"));

const OBJECT_PRONOUNS = new Set(words("me him her us them"));
const MAX_VERB_DISTANCE = 7;

/** "before the woodcutters produced", against "before the door" */
const opensTimeClause = (tokens: readonly Token[], start: number): boolean => {
  if (!CLAUSE_PREPOSITIONS.has(tokens[start]?.lower ?? "")) return false;
  const phrase = nounPhraseAt(tokens, start + 1);
  // "before her stood a man"
  if (phrase === null || (phrase.isPronoun && OBJECT_PRONOUNS.has(tokens[phrase.head]?.lower ?? ""))) return false;
  // "before the woodcutters, by a similar process, produced": the verb may stand a little off.
  for (let at = phrase.end; at < phrase.end + MAX_VERB_DISTANCE; at += 1) {
    const verb = verbGroupAt(tokens, at);
    // "till the bridges burn"
    const isPlural = phrase.isSingular !== true && verb?.form === "base";
    if (verb !== null) return verb.isSurelyFinite || verb.form === "either" || isPlural;
    if (tokens[at]?.text !== "," || tokens[at + 1]?.tag !== "ADP") {
      if (at === phrase.end || /[.;:!?]/u.test(tokens[at]?.text ?? ".")) return false;
    }
  }
  return false;
};

const wordChunkAt = (tokens: readonly Token[], start: number, previous: Chunk | undefined): Chunk => {
  const token = tokens[start] ?? { text: "", lower: "", tag: "X" };
  const end = start + 1;
  if (token.tag === "PUNCT") return { kind: punctuationAt(token), start, end };
  if (token.tag === "CCONJ") return { kind: "conjunction", start, end };
  if (token.lower === "there" && (isVerbal(tokens[end]) || tokens[end]?.tag === "ADV"))
    return { kind: "there", start, end };
  if (
    RELATIVES.has(token.lower) &&
    (previous?.kind === "other" ||
      previous?.kind === "noun" ||
      previous?.kind === "preposition" ||
      previous?.kind === "comma")
  ) {
    const isThat = token.lower === "that" && nounPhraseAt(tokens, end) !== null && !isVerbal(tokens[end]);
    if (token.lower !== "that" || isVerbal(tokens[end]) || isThat) return { kind: "relative", start, end };
  }
  if (opensTimeClause(tokens, start)) return { kind: "subordinator", start, end };
  // "until noon", against "until the boat scraped"
  if (/^(?:un)?till?$/u.test(token.lower) && nounPhraseAt(tokens, end) !== null) return prepositionAt(tokens, start);
  if (token.tag === "SCONJ" || ALWAYS_SUBORDINATE.has(token.lower)) return { kind: "subordinator", start, end };
  // "only to be snapped up"
  if (token.lower === "to" && /^(?:be|have)$/u.test(tokens[end]?.lower ?? "")) {
    const group = verbGroupAt(tokens, end);
    if (group !== null) return { ...group, start, isInfinitive: true };
  }
  if (token.lower === "to" && tokens[end]?.tag === "VERB" && verbForm(tokens[end]?.lower ?? "")?.form !== "gerund") {
    const group = verbGroupAt(tokens, end);
    if (group !== null) return { ...group, start, isInfinitive: true };
  }
  if (token.tag === "ADP" || token.lower === "to") return prepositionAt(tokens, start);
  if (token.tag === "VERB" || token.tag === "AUX" || token.tag === "ADV" || token.tag === "PART") {
    const group = isAdverbModifier(tokens, start) ? null : verbGroupAt(tokens, start);
    if (group !== null) return group;
  }
  return nounPhraseAt(tokens, start) ?? { kind: token.tag === "ADV" ? "adverb" : "other", start, end };
};

/** Cuts a sentence into phrases, in order, without gaps. */
export const chunk = (tokens: readonly Token[]): Chunk[] => {
  const chunks: Chunk[] = [];
  for (let index = 0; index < tokens.length;) {
    const next = wordChunkAt(tokens, index, chunks.at(-1));
    chunks.push(next);
    index = next.end;
  }
  return chunks;
};
