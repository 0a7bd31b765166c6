import { chunk, type Chunk, type NounPhrase } from "../english/chunks.ts";
import { type Clause, findClauses } from "../english/clauses.ts";
import type { Reader, Token } from "../english/reader.ts";
import { isConcrete, nounKind, singular } from "../english/words.ts";
import { type Action, tellAction } from "./actions.ts";
import { type Cast, giveRole, mention } from "./cast.ts";
import { bareCore, introduce } from "./phrases.ts";

/** Something of the scene that could be shown: `lemma` tells whether a prompt has it already. */
export type Thing = { words: string; introduced: string; lemma: string; isPerson: boolean; weight: number };

/** What the scene holds for a picture. */
export type SceneReading = { actions: Action[]; things: Thing[]; ideas: string[] };

const MAX_KEYWORD_WORDS = 4;

const phrasesOf = (chunks: readonly Chunk[]): NounPhrase[] =>
  chunks.flatMap((part) => {
    if (part.kind === "noun") return [part];
    return part.kind === "preposition" && part.object !== null ? [part.object] : [];
  });

const innerPhrases = (tokens: readonly Token[], phrase: NounPhrase): NounPhrase[] => {
  const inner: NounPhrase[] = [phrase];
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

const learnAppositions = (cast: Cast, tokens: readonly Token[], chunks: readonly Chunk[]): void => {
  chunks.forEach((part, index) => {
    const next = chunks[index + 2];
    if (part.kind !== "noun" || chunks[index + 1]?.kind !== "comma" || next?.kind !== "noun") return;
    const isName = tokens[part.head]?.tag === "PROPN" && !isConcrete(tokens[part.head]?.lower ?? "");
    if (isName && nounKind(tokens[next.head]?.lower ?? "") === "person" && !next.isPronoun) {
      giveRole(mention(cast, tokens, part), introduce(tokens, next));
    }
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
  for (const phrase of phrasesOf(chunks).flatMap((found) => innerPhrases(tokens, found))) {
    const thing = thingOf(tokens, phrase);
    if (thing !== null) reading.things.push(thing);
    else if (!phrase.isPronoun && tokens[phrase.head]?.tag === "NOUN")
      reading.ideas.push(singular(tokens[phrase.head]?.lower ?? ""));
  }
};

const ENDS_SENTENCE = /[.!?;:…]["'”’)]*$/u;
const MIN_PUNCTUATED = 0.4;

/** Units as running text: lyrics and raw speech have no full stops, so there each unit is a sentence. */
const runningText = (sentences: readonly string[]): string => {
  const punctuated = sentences.filter((sentence) => /[\p{P}]["'”’)]*$/u.test(sentence)).length;
  const isBare = sentences.length > 1 && punctuated < MIN_PUNCTUATED * sentences.length;
  return sentences.map((sentence) => (isBare && !ENDS_SENTENCE.test(sentence) ? `${sentence}.` : sentence)).join(" ");
};

/** Longer stretches than this are cut: the tagger's work grows with them. */
const MAX_SENTENCE_CHARS = 1500;

/** Reads a scene, and lets the cast know whom it names. */
export const readScene = (read: Reader, cast: Cast, sentences: readonly string[]): SceneReading => {
  const reading: SceneReading = { actions: [], things: [], ideas: [] };
  for (const sentence of runningText(sentences).split(/(?<=[.!?…]["'”’)]*)\s+(?=\P{Ll})/u)) {
    if (sentence.trim() !== "") readSentence(cast, read(sentence.slice(0, MAX_SENTENCE_CHARS)), reading);
  }
  return reading;
};
