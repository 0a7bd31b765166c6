import type { Chunk, NounPhrase, Span, VerbGroup } from "./chunks.ts";
import { isReadAsPassive } from "./verbs.ts";
import { words } from "./words.ts";

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

export type State = {
  chunks: readonly Chunk[];
  clauses: Clause[];
  open: Clause | null;
  subjects: NounPhrase[];
  lastSubjects: NounPhrase[];
  /** Who acted before a subordinate clause: "he knocked and, when my father appeared, called for rum". */
  outerSubjects: NounPhrase[];
  /** A subject whose relative clause came between it and its verb. */
  waiting: NounPhrase[];
  antecedent: NounPhrase | null;
  lead: Span[];
  dangling: Clause | null;
  isExistential: boolean;
  isQuoted: boolean;
};

export const isFinite = (chunk: Chunk | undefined): chunk is VerbGroup =>
  chunk?.kind === "verb" && !chunk.isInfinitive && (chunk.isSurelyFinite || chunk.form !== "gerund");

export const skip = (chunks: readonly Chunk[], from: number, kinds: readonly Chunk["kind"][]): number => {
  let index = from;
  while (chunks[index] !== undefined && kinds.includes(chunks[index]!.kind)) index += 1;
  return index;
};

/** Their past is their base form: "the boy put". */
export const PAST_LIKE_BASE = new Set(
  words("put set cut hit let shut cast spread burst hurt split beat read bid rid shed thrust"),
);

/** Whether a noun phrase at `index` has a finite verb of its own, over its prepositional phrases. */
export const startsClause = (chunks: readonly Chunk[], index: number): boolean => {
  const noun = chunks[index];
  if (noun?.kind !== "noun") return false;
  const next = chunks[skip(chunks, index + 1, ["adverb", "preposition"])];
  if (!isFinite(next)) return false;
  if (next.form === "base" && !next.isSurelyFinite) return noun.isSingular !== true || PAST_LIKE_BASE.has(next.lemma);
  return next.isSurelyFinite || next.form === "either";
};

export const lastNoun = (state: State): NounPhrase | null => {
  const parts = state.open?.parts ?? [];
  for (const part of parts.toReversed()) {
    if (part.kind === "noun") return part;
    if (part.kind === "preposition" && part.object !== null) return part.object;
  }
  return state.open?.subjects.at(-1) ?? state.subjects.at(-1) ?? null;
};

export const nounBefore = (state: State, index: number): NounPhrase | null => {
  const at = state.chunks[index - 1]?.kind === "comma" ? index - 2 : index - 1;
  const before = state.chunks[at];
  if (before?.kind === "noun") return before;
  return before?.kind === "preposition" ? before.object : null;
};

export const lastNounBefore = (chunks: readonly Chunk[], index: number): NounPhrase | null => {
  for (let at = index - 1; at >= 0; at -= 1) {
    const chunk = chunks[at];
    if (chunk?.kind === "noun" && !chunk.isPronoun) return chunk;
    if (chunk?.kind === "preposition" && chunk.object !== null) return chunk.object;
  }
  return null;
};

export const close = (state: State): void => {
  state.open = null;
};

/** "the book printed with movable type": a verb that needs an object and has none was done to its subject. */
const asPassive = (
  state: State,
  { verb, origin, subjects }: Pick<Clause, "verb" | "origin" | "subjects">,
): VerbGroup => {
  const index = state.chunks.indexOf(verb);
  const next = state.chunks[index + 1];
  // "are grown in tanks and carried out"
  const goesOn = origin === "coordinated" && state.clauses.at(-1)?.verb.voice === "passive";
  if (goesOn && !verb.isSurelyFinite && /^(?:either|participle)$/u.test(verb.form) && next?.kind !== "noun")
    return { ...verb, voice: "passive" };
  const canBe =
    !subjects.some(({ isNominative }) => isNominative === true) &&
    verb.voice === "active" &&
    verb.form === "either" &&
    !verb.isSurelyFinite &&
    isReadAsPassive(verb.lemma);
  if (index < 0 || !canBe || next?.kind !== "preposition" || next.isParticle) return verb;
  return { ...verb, voice: "passive" };
};

export const openClause = (state: State, given: Omit<Clause, "complement" | "parts" | "lead" | "isQuoted">): void => {
  const clause = { ...given, verb: asPassive(state, given) };
  const complement = { start: clause.verb.end, end: clause.verb.end };
  const opened: Clause = { ...clause, complement, parts: [], lead: state.lead, isQuoted: state.isQuoted };
  if (state.dangling !== null && state.dangling.parts.length > 0 && clause.subjects.length > 0) {
    state.dangling.subjects = clause.subjects;
    state.dangling = null;
  }
  // "berries that the frost has grown": the antecedent is what was grown.
  if (state.antecedent !== null && clause.origin === "main" && clause.verb.voice === "active") {
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

export const extend = (state: State, chunk: Chunk): void => {
  if (state.open === null) return;
  state.open.parts.push(chunk);
  state.open.complement.end = chunk.end;
};

export const followingNoun = (state: State, index: number): { noun: NounPhrase; at: number } | null => {
  const at = skip(state.chunks, index + 1, ["adverb", "preposition"]);
  const noun = state.chunks[at];
  return noun?.kind === "noun" ? { noun, at } : null;
};
