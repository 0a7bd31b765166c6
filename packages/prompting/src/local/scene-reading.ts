import { chunk, type Chunk, type NounPhrase } from "../english/chunks.ts";
import { type Clause, findClauses } from "../english/clauses.ts";
import type { Reader, Token } from "../english/reader.ts";
import { verbForm } from "../english/verbs.ts";
import { isConcrete, isFirstName, nounKind, singular } from "../english/words.ts";
import { splitSentences } from "../text/units.ts";
import { type Action, tellAction } from "./actions.ts";
import { type Cast, giveRole, mention } from "./cast.ts";
import { bareCore, introduce, isProperName } from "./phrases.ts";

/** Something of the scene that could be shown: `lemma` tells whether a prompt has it already. */
export type Thing = { words: string; introduced: string; lemma: string; isPerson: boolean; weight: number };

/** What the scene holds for a picture. */
export type SceneReading = { actions: Action[]; things: Thing[]; ideas: string[] };

const MAX_KEYWORD_WORDS = 4;

const SIMILE = /^(?:like|as|than)$/u;

const phrasesOf = (tokens: readonly Token[], chunks: readonly Chunk[]): NounPhrase[] =>
  chunks.flatMap((part, index) => {
    const before = chunks[index - 1];
    // A simile's thing is not there: "like a picture in a dream".
    if (before?.kind === "subordinator" && SIMILE.test(tokens[before.start]?.lower ?? "")) return [];
    if (part.kind === "preposition" && SIMILE.test(tokens[part.start]?.lower ?? "")) return [];
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
  if (head === undefined || phrase.isPronoun || !isConcrete(head.lower)) return null;
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

const learnAppositions = (cast: Cast, tokens: readonly Token[], chunks: readonly Chunk[]): void => {
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

const readSentence = (cast: Cast, tokens: readonly Token[], reading: SceneReading): void => {
  const chunks = chunk(tokens);
  learnAppositions(cast, tokens, chunks);
  const offset = reading.actions.length * 1000;
  const clauses: Clause[] = findClauses(chunks);
  for (const clause of clauses) {
    const action = tellAction(cast, tokens, clause);
    if (action !== null) reading.actions.push({ ...action, order: offset + action.order });
  }
  const denied = clauses
    .filter(({ verb }) => verb.isNegated && verb.voice !== "copula")
    .map(({ complement }) => complement);
  const isDenied = ({ start }: NounPhrase) => denied.some((span) => start >= span.start && start < span.end);
  const shown = phrasesOf(tokens, chunks).filter((phrase) => !isDenied(phrase));
  for (const phrase of shown.flatMap((found) => innerPhrases(tokens, found))) {
    const thing = thingOf(tokens, phrase) ?? namedThing(cast, tokens, phrase);
    if (thing !== null) reading.things.push(thing);
    else if (!phrase.isPronoun && phrase.coreEnd === phrase.end && tokens[phrase.head]?.tag === "NOUN")
      reading.ideas.push(singular(tokens[phrase.head]?.lower ?? ""));
  }
};

const KEEPS_CAPITAL = /^(?:I|I'\p{L}+|O|\p{Lu}{2,})$/u;

/** A line of verse begins with a capital whatever its first word is; inside a sentence that would look like a name. */
const lowerLineStart = (line: string): string => {
  const word = /^\p{Lu}[\p{L}'’-]*/u.exec(line)?.[0] ?? "";
  const second = /^\S+\s+(\p{Lu})/u.test(line);
  const lower = word.toLowerCase();
  const isKnown = nounKind(lower) !== null || verbForm(lower) !== null || SMALL_WORDS.test(lower);
  if (word === "" || KEEPS_CAPITAL.test(word) || isFirstName(word) || second || !isKnown) return line;
  return lower + line.slice(word.length);
};
const SMALL_WORDS =
  /^(?:the|an?|and|or|but|nor|of|in|on|at|to|by|with|from|for|as|if|so|that|this|these|those|my|your|his|her|its|our|their|he|she|it|we|they|you|who|which|when|where|while|what|how|than|then|there|through|over|under|upon|into|against|between|beneath|beside|above|below|behind|beyond|until|till|not|no|all|each|every|some|one|two|three|once|long|thy|thine|thou|thee|because|though|is|are|was|were|will|would|shall|should|can|could|may|might|must|now|yet|still|down|up|out|off|like|before|after|about|within|without|only|never|ever)$/u;

const ENDS_SENTENCE = /[.!?;:…]["'”’)]*$/u;
const MIN_PUNCTUATED = 0.4;

/** Units as running text: lyrics and raw speech have no full stops, so there each unit is a sentence. */
const runningText = (sentences: readonly string[]): string => {
  const punctuated = sentences.filter((sentence) => /[\p{P}]["'”’)]*$/u.test(sentence)).length;
  const isBare = sentences.length > 1 && punctuated < MIN_PUNCTUATED * sentences.length;
  if (isBare) return sentences.map((sentence) => (ENDS_SENTENCE.test(sentence) ? sentence : `${sentence}.`)).join(" ");
  return sentences
    .map((sentence, index) => {
      const before = sentences[index - 1];
      return before === undefined || ENDS_SENTENCE.test(before) ? sentence : lowerLineStart(sentence);
    })
    .join(" ");
};

/** Longer stretches than this are cut: the tagger's work grows with them. */
const MAX_SENTENCE_CHARS = 1500;

/** Reads a scene, and lets the cast know whom it names. */
export const readScene = (read: Reader, cast: Cast, sentences: readonly string[]): SceneReading => {
  const reading: SceneReading = { actions: [], things: [], ideas: [] };
  for (const sentence of splitSentences(runningText(sentences))) {
    if (sentence.trim() !== "") readSentence(cast, read(sentence.slice(0, MAX_SENTENCE_CHARS)), reading);
  }
  return reading;
};
