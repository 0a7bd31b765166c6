import type { Chunk, NounPhrase } from "../english/chunks.ts";
import type { Token } from "../english/reader.ts";
import { isConcrete, nounKind, singular } from "../english/words.ts";
import { type Action, tellAction } from "./actions.ts";
import type { Cast } from "./cast.ts";
import { ENDEARMENTS, giveRole, mention } from "./members.ts";
import type { ParsedSentence } from "./parse.ts";
import { bareCore, introduce, isDenied, isProperName } from "./phrases.ts";

/** Something of the scene that could be shown: `lemma` tells whether a prompt has it already. */
export type Thing = { words: string; introduced: string; lemma: string; isPerson: boolean; weight: number };

/** What the scene holds for a picture. */
export type SceneReading = {
  actions: Action[];
  things: Thing[];
  ideas: string[];
  /** Who is there with looks of their own, whether or not they do something to be seen. */
  figures: string[];
};

const MAX_KEYWORD_WORDS = 4;

const phrasesOf = (chunks: readonly Chunk[]): NounPhrase[] =>
  chunks.flatMap((part) => {
    if (part.kind === "noun") return [part];
    return part.kind === "preposition" && part.object !== null ? [part.object] : [];
  });

const LIKENESS = /^(?:mien|air|look|manner|sort|kind|semblance|likeness|voice|sense)s?$/u;

const innerPhrases = (tokens: readonly Token[], phrase: NounPhrase): NounPhrase[] => {
  const inner: NounPhrase[] = [phrase];
  // "with mien of lord or lady": neither is there.
  if (LIKENESS.test(tokens[phrase.head]?.lower ?? "")) return [];
  for (let index = phrase.coreEnd; index < phrase.end; index += 1) {
    const isHead = tokens[index]?.tag === "NOUN" && tokens[index + 1]?.tag !== "NOUN";
    if (!isHead) continue;
    let start = index;
    while (start > phrase.coreEnd && ["ADJ", "NOUN"].includes(tokens[start - 1]?.tag ?? "")) start -= 1;
    inner.push({ kind: "noun", start, end: index + 1, coreEnd: index + 1, head: index, isPronoun: false });
  }
  return inner;
};

const thingOf = (tokens: readonly Token[], phrase: NounPhrase): Thing | null => {
  const head = tokens[phrase.head];
  if (head === undefined || phrase.isPronoun || !isConcrete(head.lower) || ENDEARMENTS.has(head.lower)) return null;
  const core = bareCore(tokens, phrase);
  const parts = core.split(" ");
  return {
    words: parts.slice(-MAX_KEYWORD_WORDS).join(" "),
    introduced: introduce(tokens, phrase),
    lemma: singular(head.lower),
    isPerson: nounKind(head.lower) === "person",
    weight: parts.length > 1 ? 2 : 1,
  };
};

/** Somebody with a name is there to be shown, too. */
const namedThing = (cast: Cast, tokens: readonly Token[], phrase: NounPhrase): Thing | null => {
  if (phrase.isPronoun || !isProperName(tokens, phrase)) return null;
  const member = mention(cast, tokens, phrase);
  if (!member.isPerson) return null;
  const lemma = (member.name.split(" ").at(-1) ?? "").toLowerCase();
  return { words: member.description, introduced: member.description, lemma, isPerson: true, weight: 3 };
};

const learnNames = (cast: Cast, { tokens, chunks, namings }: ParsedSentence): void => {
  for (const { name, role } of namings) {
    const member = mention(cast, tokens, name);
    if (nounKind(tokens[role.head]?.lower ?? "") === "person") giveRole(member, introduce(tokens, role));
    cast.members.set(singular(tokens[role.head]?.lower ?? ""), member);
  }
  chunks.forEach((part, index) => {
    const next = chunks[index + 2];
    if (part.kind !== "noun" || chunks[index + 1]?.kind !== "comma" || next?.kind !== "noun") return;
    const role = tokens[next.head]?.lower ?? "";
    if (!isProperName(tokens, part) || nounKind(role) !== "person" || next.isPronoun || isProperName(tokens, next))
      return;
    const member = mention(cast, tokens, part);
    giveRole(member, introduce(tokens, next));
    cast.members.set(role, member);
  });
};

/** "my grandfather's bakery" names the grandfather, too. */
const meetOwners = (cast: Cast, { tokens, chunks }: ParsedSentence): void => {
  for (const phrase of phrasesOf(chunks)) {
    const owner = tokens.findIndex(({ lower }, at) => at > phrase.start && at < phrase.coreEnd && lower === "'s") - 1;
    if (owner < 0 || nounKind(tokens[owner]?.lower ?? "") !== "person" || tokens[owner]?.tag !== "NOUN") continue;
    const { start } = phrase;
    mention(cast, tokens, { kind: "noun", start, end: owner + 1, coreEnd: owner + 1, head: owner, isPronoun: false });
  }
};

/** "A tall, strong man, his pigtail falling over his coat": who is described is met, also without a verb. */
const meetFirst = (cast: Cast, { tokens, chunks }: ParsedSentence): void => {
  const at = chunks.findIndex(({ kind }) => kind === "noun" || kind === "verb");
  const first = chunks[at];
  if (first?.kind !== "noun" || first.isPronoun || chunks[at + 1]?.kind !== "comma") return;
  if (nounKind(tokens[first.head]?.lower ?? "") === "person") mention(cast, tokens, first);
};

const isCall = (token: Token | undefined): boolean => /^(?:o|oh)$/u.test(token?.lower ?? "");

/** "O winter, keeper of the seed, you hide", "Oh my darling Clementine, you are lost" */
const meetAddressed = (cast: Cast, { tokens, chunks }: ParsedSentence): void => {
  cast.addressed = null;
  const called = chunks.flatMap((part, index) => {
    if (part.kind !== "noun" || part.isPronoun || chunks[index + 1]?.kind !== "comma") return [];
    // The tagger takes the first word of "O winter" for a name.
    if (isCall(tokens[part.start]) && part.head > part.start) return [{ ...part, start: part.start + 1 }];
    return isCall(tokens[part.start - 1]) ? [part] : [];
  });
  const named = called.find((phrase) => isProperName(tokens, phrase)) ?? called[0];
  if (named !== undefined && !ENDEARMENTS.has(tokens[named.head]?.lower ?? ""))
    cast.addressed = mention(cast, tokens, named);
};

const readSentence = (cast: Cast, sentence: ParsedSentence, reading: SceneReading): void => {
  const { tokens, chunks, clauses } = sentence;
  learnNames(cast, sentence);
  meetAddressed(cast, sentence);
  meetFirst(cast, sentence);
  meetOwners(cast, sentence);
  const offset = reading.actions.length * 1000;
  for (const clause of clauses) {
    const action = tellAction(cast, tokens, clause);
    if (cast.figure !== "") reading.figures.push(cast.figure);
    if (action !== null) reading.actions.push({ ...action, order: offset + action.order });
  }
  const denied = clauses
    .filter(({ verb }) => verb.isNegated && verb.voice !== "copula")
    .map(({ complement }) => complement);
  const isAbsent = (phrase: NounPhrase) =>
    isDenied(tokens, phrase) || denied.some(({ start, end }) => phrase.start >= start && phrase.start < end);
  const shown = phrasesOf(chunks).filter((phrase) => !isAbsent(phrase));
  for (const phrase of shown.flatMap((found) => innerPhrases(tokens, found))) {
    const thing = thingOf(tokens, phrase) ?? namedThing(cast, tokens, phrase);
    if (thing !== null) reading.things.push(thing);
    else if (!phrase.isPronoun && phrase.coreEnd === phrase.end && tokens[phrase.head]?.tag === "NOUN")
      reading.ideas.push(singular(tokens[phrase.head]?.lower ?? ""));
  }
};

/** Reads a scene, and lets the cast know whom it names. */
export const readScene = (cast: Cast, sentences: readonly ParsedSentence[]): SceneReading => {
  const reading: SceneReading = { actions: [], things: [], ideas: [], figures: [] };
  for (const sentence of sentences) readSentence(cast, sentence, reading);
  return reading;
};
