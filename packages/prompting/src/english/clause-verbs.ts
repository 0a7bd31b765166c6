import type { Chunk, NounPhrase, VerbGroup } from "./chunks.ts";
import {
  type State,
  isFinite,
  skip,
  lastNounBefore,
  openClause,
  extend,
  followingNoun,
  startsClause,
  type Clause,
} from "./clause-state.ts";
import { isInverting, isSpeech, mustHaveObject } from "./verbs.ts";

/** "dwelt a miner, forty-niner, and his daughter" */
const secondSubject = (state: State, first: number): { noun: NounPhrase; at: number } | null => {
  const at = skip(state.chunks, first + 1, ["comma"]);
  const joint = state.chunks[at]?.kind === "noun" ? skip(state.chunks, at + 1, ["comma"]) : at;
  const noun = state.chunks[joint + 1];
  if (state.chunks[joint]?.kind !== "conjunction" || noun?.kind !== "noun") return null;
  return startsClause(state.chunks, joint + 1) ? null : { noun, at: joint + 1 };
};

/** A verb without a subject before it: there it stands after it, or is the last clause's, or there is none. */
const onLonelyVerb = (state: State, verb: VerbGroup, index: number): number => {
  const after = state.chunks[index + 1];
  const before = state.chunks[index - 1];
  // "outside stood a woman"
  const hasLead = state.lead.length > 0 || state.dangling !== null || (index === 0 && verb.manner.length > 0);
  if (state.isExistential || (isInverting(verb.lemma) && hasLead)) {
    const found = followingNoun(state, index);
    if (found !== null && (found.at === index + 1 || state.isExistential)) {
      const isBare = verb.voice === "copula";
      const second = isBare ? null : secondSubject(state, found.at);
      const last = second ?? found;
      const subjects = second === null ? [found.noun] : [found.noun, second.noun];
      openClause(state, { subjects, verb, origin: isBare ? "existential" : "inverted" });
      const between = state.chunks.slice(index + 1, found.at).filter(({ kind }) => kind === "preposition");
      if (state.open !== null) {
        state.open.complement = { start: last.noun.end, end: last.noun.end };
        state.open.parts.push(...between);
      }
      state.isExistential = false;
      return last.at + 1;
    }
  }
  // "said the fox", against "cross the bridge and beg the king"
  const mayInvert = verb.form !== "base" && before?.kind !== "conjunction";
  if (isSpeech(verb.lemma) && mayInvert && after?.kind === "noun" && state.open === null) {
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
  const outer = before?.kind === "comma" && verb.form !== "base" ? state.outerSubjects : [];
  const last = outer.length > 0 ? outer : state.lastSubjects;
  const subjects = state.waiting.length > 0 ? state.waiting : goesOn || index > 0 ? last : [];
  state.waiting = [];
  openClause(state, { subjects, verb, origin: "coordinated" });
  return index + 1;
};

/** "he hears his daughter's voice, singing": the voice sings. */
const heardBefore = (state: State, before: Chunk | undefined): NounPhrase[] | null => {
  const last = state.clauses.at(-1);
  if (before?.kind !== "comma" || last === undefined || !/^(?:hear|see|watch|find)$/u.test(last.verb.lemma))
    return null;
  const object = last.parts.findLast((part) => part.kind === "noun");
  return object?.kind === "noun" && !object.isPronoun ? [object] : null;
};

/** "I remember him looking round": the speaker only tells it. */
const isRecalled = (state: State, before: Chunk | undefined): before is NounPhrase =>
  before?.kind === "noun" &&
  state.open?.subjects.some(({ isSpeaker }) => isSpeaker === true) === true &&
  /^(?:remember|see|hear|watch|notice|picture|imagine|recall)$/u.test(state.open.verb.lemma);

const onParticiple = (state: State, verb: VerbGroup, index: number): number => {
  const before = state.chunks[index - 1];
  if (isRecalled(state, before)) {
    state.open?.parts.pop();
    openClause(state, { subjects: [before], verb, origin: "participle" });
    return index + 1;
  }
  if (state.open !== null && before?.kind !== "comma" && before?.kind !== "conjunction") {
    extend(state, verb);
    return index + 1;
  }
  if (state.subjects.length > 0) {
    state.waiting = state.subjects;
    openClause(state, { subjects: state.subjects, verb, origin: "participle" });
    return index + 1;
  }
  const heard = heardBefore(state, before);
  const subjects = heard ?? (state.open === null && before === undefined ? [] : state.lastSubjects);
  openClause(state, { subjects, verb, origin: "participle" });
  if (subjects.length === 0) state.dangling = state.open;
  return index + 1;
};

const hasLaterFiniteVerb = (state: State, index: number): boolean => {
  const next = skip(state.chunks, index + 1, ["adverb", "preposition", "noun"]);
  const chunk = state.chunks[next];
  return chunk?.kind === "verb" && isFinite(chunk) && chunk.isSurelyFinite;
};

/** "Not the least obeisance made he", "drove she ducklings": verse puts the pronoun last. */
const isInvertedByPronoun = (state: State, index: number): boolean => {
  const verb = state.chunks[index];
  const after = state.chunks[index + 1];
  const opens = index === 0 && verb?.kind === "verb" && (verb.form === "past" || verb.form === "either");
  if (opens && verb.voice === "active" && after?.kind === "noun" && after.isNominative === true) return true;
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

/** "let the children carry the banner", "you can hear his bellows blow": the act is the object's. */
const isLetting = ({ verb, subjects }: Clause): boolean =>
  (verb.lemma === "let" || verb.lemma === "hear" || verb.lemma === "see" || verb.lemma === "watch") &&
  (verb.lemma === "let" || subjects.length === 0 || subjects.some(({ isSpeaker }) => isSpeaker === true));

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
    if (isLetting(state.open)) {
      const { lastSubjects } = state;
      state.open.parts.pop();
      openClause(state, { subjects: [before], verb, origin: "main" });
      // "hear the bellows roar and catch the sparks": the bellows catch nothing.
      state.lastSubjects = lastSubjects;
      return index + 1;
    }
    extend(state, verb);
    return index + 1;
  }
  return onLonelyVerb(state, verb, index);
};
