import type { Chunk, NounPhrase } from "./chunks.ts";
import { type Clause, type State, skip, startsClause, lastNoun, nounBefore, close, extend } from "./clause-state.ts";
import { onVerb } from "./clause-verbs.ts";
import { isThought } from "./verbs.ts";

export type { Clause } from "./clause-state.ts";

/** "a tall man, his pigtail falling over his coat" */
const isAbsolute = (state: State, index: number): boolean => {
  const next = state.chunks[index + 1];
  return next?.kind === "verb" && next.form === "gerund" && !next.isSurelyFinite;
};

const onNoun = (state: State, noun: NounPhrase, index: number): void => {
  const before = state.chunks[index - 1];
  if (state.open !== null) {
    const next = state.chunks[skip(state.chunks, index + 1, ["adverb"])];
    const isClear = (next?.kind === "verb" && next.isSurelyFinite) || noun.isNominative === true;
    if (startsClause(state.chunks, index) && (isClear || isThought(state.open.verb.lemma))) {
      close(state);
      state.subjects = [noun];
      // "the letters she had sent": a relative clause without its pronoun.
      if (noun.isNominative === true && before?.kind === "noun" && !before.isPronoun) state.antecedent = before;
    } else extend(state, noun);
    return;
  }
  const belongsToLead = before?.kind === "conjunction" && state.chunks[index - 2]?.kind === "preposition";
  if (belongsToLead && state.subjects.length === 0 && !startsClause(state.chunks, index)) return;
  if (before?.kind === "conjunction" && state.subjects.length > 0) state.subjects = [...state.subjects, noun];
  else if (before?.kind === "comma" && state.subjects.length > 0 && isAbsolute(state, index)) state.subjects = [noun];
  else if (before?.kind === "comma" && state.subjects.length > 0 && !startsClause(state.chunks, index)) return;
  else if (before?.kind === "comma" && state.subjects.length > 0 && !noun.isPronoun) {
    // "Tomas, an old fisherman, mended": the apposition's verb is the name's; "the dog, the cat ran" is rarer.
    const isApposition = state.chunks[index + 1]?.kind === "comma";
    if (!isApposition) state.subjects = [noun];
  } else state.subjects = [noun];
};

const onComma = (state: State, index: number): void => {
  if (state.open === null) return;
  const next = skip(state.chunks, index + 1, ["conjunction", "adverb"]);
  const chunk = state.chunks[next];
  const isList =
    chunk?.kind === "noun" &&
    !startsClause(state.chunks, next) &&
    state.open.parts.at(-1)?.kind === "noun" &&
    !chunk.isPronoun;
  // "crisp, and black, and long"
  const isQuality = chunk?.kind === "other" && state.open.parts.at(-1)?.kind === "other";
  const isTail = chunk?.kind === "preposition" && state.open.complement.end - state.open.complement.start < 5;
  if (isList || isTail || (isQuality && state.open.verb.voice === "copula")) extend(state, state.chunks[index]!);
  else close(state);
};

const onConjunction = (state: State, index: number): void => {
  if (state.open === null) return;
  const next = skip(state.chunks, index + 1, ["adverb", "comma"]);
  const chunk = state.chunks[next];
  const later = skip(state.chunks, next, ["adverb", "preposition", "comma", "other"]);
  const laterVerb = state.chunks[later + 1];
  const startsLater =
    later > next && laterVerb?.kind === "verb" && laterVerb.form !== "gerund" && startsClause(state.chunks, later);
  const isQuality = chunk?.kind === "other" && state.open.verb.voice === "copula";
  if (isQuality && state.open.parts.at(-1)?.kind === "comma") extend(state, state.chunks[index]!);
  else if (
    startsLater ||
    startsClause(state.chunks, next) ||
    chunk?.kind === "verb" ||
    chunk === undefined ||
    chunk.kind === "stop"
  )
    close(state);
  else if (chunk.kind === "subordinator" || chunk.kind === "there") close(state);
  else extend(state, state.chunks[index]!);
};

const breakSentence = (state: State): void => {
  close(state);
  Object.assign(state, { subjects: [], waiting: [], antecedent: null, lead: [], dangling: null, isExistential: false });
};

const onPreposition = (state: State, chunk: Chunk & { kind: "preposition" }): void => {
  if (state.open !== null) {
    extend(state, chunk);
    if (chunk.gerund === null) return;
    const { open } = state;
    const inner: Clause = { ...open, verb: chunk.gerund, parts: [], lead: [], origin: "gerund" };
    // The gerund's clause takes over: "the goal of landing a man on the moon".
    inner.complement = { start: chunk.end, end: chunk.end };
    state.clauses.push(inner);
    state.open = inner;
  } else if (state.subjects.length > 0) {
    const last = state.subjects.at(-1);
    if (last !== undefined && last.end === chunk.start)
      state.subjects = [...state.subjects.slice(0, -1), { ...last, end: chunk.end }];
  } else state.lead.push({ start: chunk.start, end: chunk.end });
};

/** "told reporters that he sat there": what was told, and nothing of the reporters. */
const TELLING = /^(?:tell|inform|remind|assure|convince|warn|promise)$/u;

const onRelative = (state: State, index: number): void => {
  if (state.open !== null && TELLING.test(state.open.verb.lemma) && state.chunks[index + 1]?.kind === "noun") {
    breakSentence(state);
    return;
  }
  state.antecedent = nounBefore(state, index) ?? lastNoun(state);
  if (state.subjects.length > 0) state.waiting = state.subjects;
  state.subjects = [];
  close(state);
};

const onThere = (state: State): void => {
  close(state);
  state.subjects = [];
  state.isExistential = true;
};

const step = (state: State, index: number): number => {
  const chunk = state.chunks[index]!;
  switch (chunk.kind) {
    case "verb":
      return onVerb(state, chunk, index);
    case "noun":
      onNoun(state, chunk, index);
      break;
    case "preposition":
      onPreposition(state, chunk);
      break;
    case "comma":
      onComma(state, index);
      break;
    case "conjunction":
      onConjunction(state, index);
      break;
    case "relative":
      onRelative(state, index);
      break;
    case "subordinator":
      state.outerSubjects = state.lastSubjects;
      breakSentence(state);
      break;
    case "stop":
      state.outerSubjects = [];
      breakSentence(state);
      break;
    case "quote":
      breakSentence(state);
      state.isQuoted = !state.isQuoted;
      break;
    case "there":
      onThere(state);
      break;
    case "adverb":
    case "other":
      if (state.open === null) state.lead.push({ start: chunk.start, end: chunk.end });
      else extend(state, chunk);
      break;
  }
  return index + 1;
};

/** Finds the clauses of a sentence, each with its own subject, also where verbs share one or stand before it. */
export const findClauses = (chunks: readonly Chunk[]): Clause[] => {
  const state: State = {
    chunks,
    clauses: [],
    open: null,
    subjects: [],
    lastSubjects: [],
    outerSubjects: [],
    waiting: [],
    antecedent: null,
    lead: [],
    dangling: null,
    isExistential: false,
    isQuoted: false,
  };
  for (let index = 0; index < chunks.length;) index = step(state, index);
  return state.clauses;
};
