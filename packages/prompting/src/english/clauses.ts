import type { Chunk, NounPhrase, Span, VerbGroup } from "./chunks.ts";
import { isInverting, isReadAsPassive, isSpeech, isThought, mustHaveObject } from "./verbs.ts";

/** Who does what: the unit of which a picture is made. */
export type Clause = {
  /** More than one where they are coordinated: "the grass and the bushes". */
  subjects: NounPhrase[];
  verb: VerbGroup;
  /** What follows the verb, up to the clause's end. */
  complement: Span;
  /** The chunks of the complement. */
  parts: Chunk[];
  /** Phrases before the subject: "at dawn", "in the kitchen". */
  lead: Span[];
  origin: "main" | "coordinated" | "relative" | "participle" | "inverted" | "gerund" | "existential";
  isQuoted: boolean;
};

type State = {
  chunks: readonly Chunk[];
  clauses: Clause[];
  open: Clause | null;
  subjects: NounPhrase[];
  lastSubjects: NounPhrase[];
  /** A subject whose relative clause came between it and its verb. */
  waiting: NounPhrase[];
  antecedent: NounPhrase | null;
  lead: Span[];
  dangling: Clause | null;
  isExistential: boolean;
  isQuoted: boolean;
};

const isFinite = (chunk: Chunk | undefined): chunk is VerbGroup =>
  chunk?.kind === "verb" && !chunk.isInfinitive && (chunk.isSurelyFinite || chunk.form !== "gerund");

const skip = (chunks: readonly Chunk[], from: number, kinds: readonly Chunk["kind"][]): number => {
  let index = from;
  while (chunks[index] !== undefined && kinds.includes(chunks[index]!.kind)) index += 1;
  return index;
};

/** Whether a noun phrase at `index` has a finite verb of its own, over its prepositional phrases. */
const startsClause = (chunks: readonly Chunk[], index: number): boolean => {
  if (chunks[index]?.kind !== "noun") return false;
  const next = chunks[skip(chunks, index + 1, ["adverb", "preposition"])];
  if (!isFinite(next)) return false;
  return next.isSurelyFinite || next.form === "either" || next.form === "base";
};

const lastNoun = (state: State): NounPhrase | null => {
  const parts = state.open?.parts ?? [];
  for (const part of parts.toReversed()) {
    if (part.kind === "noun") return part;
    if (part.kind === "preposition" && part.object !== null) return part.object;
  }
  return state.open?.subjects.at(-1) ?? state.subjects.at(-1) ?? null;
};

const nounBefore = (state: State, index: number): NounPhrase | null => {
  const before = state.chunks[index - 1];
  if (before?.kind === "noun") return before;
  return before?.kind === "preposition" ? before.object : null;
};

const lastNounBefore = (chunks: readonly Chunk[], index: number): NounPhrase | null => {
  for (let at = index - 1; at >= 0; at -= 1) {
    const chunk = chunks[at];
    if (chunk?.kind === "noun" && !chunk.isPronoun) return chunk;
    if (chunk?.kind === "preposition" && chunk.object !== null) return chunk.object;
  }
  return null;
};

const close = (state: State): void => {
  state.open = null;
};

/** "the book printed with movable type": a verb that needs an object and has none was done to its subject. */
const asPassive = (state: State, verb: VerbGroup): VerbGroup => {
  const index = state.chunks.indexOf(verb);
  const next = state.chunks[index + 1];
  const canBe =
    verb.voice === "active" && verb.form === "either" && !verb.isSurelyFinite && isReadAsPassive(verb.lemma);
  if (index < 0 || !canBe || next?.kind !== "preposition" || next.isParticle) return verb;
  return { ...verb, voice: "passive" };
};

const openClause = (state: State, given: Omit<Clause, "complement" | "parts" | "lead" | "isQuoted">): void => {
  const clause = { ...given, verb: asPassive(state, given.verb) };
  const complement = { start: clause.verb.end, end: clause.verb.end };
  const opened: Clause = { ...clause, complement, parts: [], lead: state.lead, isQuoted: state.isQuoted };
  if (state.dangling !== null && clause.subjects.length > 0) {
    state.dangling.subjects = clause.subjects;
    state.dangling = null;
  }
  // "berries that the frost has grown": the antecedent is what was grown.
  if (state.antecedent !== null && clause.origin === "main") {
    opened.parts.push(state.antecedent);
    opened.origin = "relative";
  }
  state.antecedent = null;
  state.clauses.push(opened);
  state.open = opened;
  state.lead = [];
  state.subjects = [];
  if (clause.subjects.length > 0 && clause.origin !== "relative") state.lastSubjects = clause.subjects;
};

const extend = (state: State, chunk: Chunk): void => {
  if (state.open === null) return;
  state.open.parts.push(chunk);
  state.open.complement.end = chunk.end;
};

const followingNoun = (state: State, index: number): { noun: NounPhrase; at: number } | null => {
  const at = skip(state.chunks, index + 1, ["adverb", "preposition"]);
  const noun = state.chunks[at];
  return noun?.kind === "noun" ? { noun, at } : null;
};

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

const onVerb = (state: State, verb: VerbGroup, index: number): number => {
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

const onNoun = (state: State, noun: NounPhrase, index: number): void => {
  const before = state.chunks[index - 1];
  if (state.open !== null) {
    const next = state.chunks[skip(state.chunks, index + 1, ["adverb"])];
    const isClear = (next?.kind === "verb" && next.isSurelyFinite) || noun.isNominative === true;
    if (startsClause(state.chunks, index) && (isClear || isThought(state.open.verb.lemma))) {
      close(state);
      state.subjects = [noun];
      // "the letters she had sent": a relative clause without its pronoun.
      if (noun.isNominative === true && before?.kind === "noun") state.antecedent = before;
    } else extend(state, noun);
    return;
  }
  const belongsToLead = before?.kind === "conjunction" && state.chunks[index - 2]?.kind === "preposition";
  if (belongsToLead && state.subjects.length === 0 && !startsClause(state.chunks, index)) return;
  if (before?.kind === "conjunction" && state.subjects.length > 0) state.subjects = [...state.subjects, noun];
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
  const isTail = chunk?.kind === "preposition" && state.open.complement.end - state.open.complement.start < 5;
  if (isList || isTail) extend(state, state.chunks[index]!);
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
  if (
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
      state.antecedent = nounBefore(state, index) ?? lastNoun(state);
      if (state.subjects.length > 0) state.waiting = state.subjects;
      state.subjects = [];
      close(state);
      break;
    case "subordinator":
    case "stop":
      breakSentence(state);
      break;
    case "quote":
      breakSentence(state);
      state.isQuoted = !state.isQuoted;
      break;
    case "there":
      close(state);
      state.subjects = [];
      state.isExistential = true;
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
