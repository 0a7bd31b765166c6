import type { VerbGroup } from "./chunks.ts";
import {
  type State,
  isFinite,
  skip,
  lastNounBefore,
  openClause,
  extend,
  followingNoun,
  type Clause,
} from "./clause-state.ts";
import { isInverting, isSpeech, mustHaveObject } from "./verbs.ts";

/** A verb without a subject before it: there it stands after it, or is the last clause's, or there is none. */
const onLonelyVerb = (state: State, verb: VerbGroup, index: number): number => {
  const after = state.chunks[index + 1];
  const before = state.chunks[index - 1];
  if (state.isExistential || (isInverting(verb.lemma) && state.lead.length > 0)) {
    const found = followingNoun(state, index);
    if (found !== null && (found.at === index + 1 || state.isExistential)) {
      const isBare = verb.voice === "copula";
      openClause(state, { subjects: [found.noun], verb, origin: isBare ? "existential" : "inverted" });
      if (state.open !== null) state.open.complement = { start: found.noun.end, end: found.noun.end };
      state.isExistential = false;
      return found.at + 1;
    }
  }
  if (isSpeech(verb.lemma) && after?.kind === "noun" && state.open === null) {
    openClause(state, { subjects: [after], verb, origin: "inverted" });
    if (state.open !== null) (state.open as Clause).complement = { start: after.end, end: after.end };
    return index + 2;
  }
  const noun = lastNounBefore(state.chunks, index);
  const isTail =
    before?.kind === "comma" && verb.form === "either" && !verb.isSurelyFinite && after?.kind === "preposition";
  if (isTail && noun !== null && mustHaveObject(verb.lemma)) {
    // "letters, tied with a ribbon": what stands before the comma is what was tied.
    openClause(state, { subjects: [noun], verb: { ...verb, voice: "passive" }, origin: "relative" });
    return index + 1;
  }
  const goesOn = before?.kind === "conjunction" || before?.kind === "comma" || before?.kind === "adverb";
  const subjects = state.waiting.length > 0 ? state.waiting : goesOn || index > 0 ? state.lastSubjects : [];
  state.waiting = [];
  openClause(state, { subjects, verb, origin: "coordinated" });
  return index + 1;
};

const onParticiple = (state: State, verb: VerbGroup, index: number): number => {
  const before = state.chunks[index - 1];
  if (state.open !== null && before?.kind !== "comma" && before?.kind !== "conjunction") {
    extend(state, verb);
    return index + 1;
  }
  if (state.subjects.length > 0) {
    state.waiting = state.subjects;
    openClause(state, { subjects: state.subjects, verb, origin: "participle" });
    return index + 1;
  }
  const subjects = state.open === null && before === undefined ? [] : state.lastSubjects;
  openClause(state, { subjects, verb, origin: "participle" });
  if (subjects.length === 0) state.dangling = state.open;
  return index + 1;
};

const hasLaterFiniteVerb = (state: State, index: number): boolean => {
  const next = skip(state.chunks, index + 1, ["adverb", "preposition", "noun"]);
  const chunk = state.chunks[next];
  return chunk?.kind === "verb" && isFinite(chunk) && chunk.isSurelyFinite;
};

/** "Not the least obeisance made he": verse puts the pronoun last. */
const isInvertedByPronoun = (state: State, index: number): boolean => {
  const after = state.chunks[index + 1];
  const end = state.chunks[index + 2]?.kind;
  return (
    after?.kind === "noun" && after.isNominative === true && (end === undefined || end === "stop" || end === "comma")
  );
};

const onInvertedPronoun = (state: State, verb: VerbGroup, index: number): number => {
  const after = state.chunks[index + 1];
  const objects = state.subjects;
  if (after?.kind !== "noun") return index + 1;
  openClause(state, { subjects: [after], verb, origin: "inverted" });
  state.open?.parts.push(...objects);
  return index + 2;
};

export const onVerb = (state: State, verb: VerbGroup, index: number): number => {
  const before = state.chunks[index - 1];
  const isParticiple = !verb.isSurelyFinite && (verb.form === "gerund" || verb.form === "participle");
  if (verb.isInfinitive) {
    if (state.open !== null) extend(state, verb);
    else if (state.subjects.length > 0) openClause(state, { subjects: state.subjects, verb, origin: "participle" });
    return index + 1;
  }
  if (isParticiple) return onParticiple(state, verb, index);
  if (state.antecedent !== null && state.subjects.length === 0) {
    const antecedent = state.antecedent;
    state.antecedent = null;
    openClause(state, { subjects: [antecedent], verb, origin: "relative" });
    return index + 1;
  }
  if (isInvertedByPronoun(state, index)) return onInvertedPronoun(state, verb, index);
  if (state.subjects.length > 0) {
    const isReduced = verb.form === "either" && !verb.isSurelyFinite && hasLaterFiniteVerb(state, index);
    if (isReduced) state.waiting = state.subjects;
    openClause(state, { subjects: state.subjects, verb, origin: isReduced ? "participle" : "main" });
    return index + 1;
  }
  if (state.open !== null && verb.form === "either" && !verb.isSurelyFinite && before?.kind !== "conjunction") {
    const isReduced = before?.kind === "noun" || before?.kind === "preposition" || before?.kind === "adverb";
    if (isReduced && state.waiting.length === 0) {
      extend(state, verb);
      return index + 1;
    }
  }
  // "saw the bird fly": a bare infinitive stays with its verb.
  if (state.open !== null && verb.form === "base" && !verb.isSurelyFinite && before?.kind === "noun") {
    extend(state, verb);
    return index + 1;
  }
  return onLonelyVerb(state, verb, index);
};
