import type { Clause } from "../english/clauses.ts";
import type { Token } from "../english/reader.ts";
import { isSpeech, mustHaveObject } from "../english/verbs.ts";
import { articleFor, type Gender, isConcrete, nounKind, singular } from "../english/words.ts";
import { scoreOf } from "./action-score.ts";
import type { Cast, Told } from "./cast.ts";
import { giveRole, learnGender, mention } from "./members.ts";
import { introduce, isProperName, joinTokens, replacePossessives, spanTokens } from "./phrases.ts";
import { tellComplement, tellPredicate, TIME_WORDS } from "./predicates.ts";
import { resolve } from "./pronouns.ts";
import { tellSubject } from "./subjects.ts";

/** A clause as a picture would tell it. */
export type Action = {
  subject: string;
  /** The same subject later in the same prompt. */
  subjectKey: string;
  /** From the verb on: "rowing out past the lighthouse". */
  predicate: string;
  /** Something worth seeing from about 4 up. */
  score: number;
  /** Whether a person or an animal acts. */
  hasActor: boolean;
  order: number;
};

const LEAD_PLACES =
  /^(?:in|on|at|under|beside|behind|near|above|below|beneath|between|among|outside|inside|within|by|beyond|over|around)$/u;

const leadPlace = (cast: Cast, tokens: readonly Token[], clause: Clause): string => {
  for (const span of clause.lead) {
    const lead = spanTokens(tokens, span);
    const last = lead.at(-1)?.lower ?? "";
    if (lead[0]?.tag !== "ADP" || !isConcrete(last) || TIME_WORDS.has(singular(last)) || lead.length > 7) continue;
    if (!LEAD_PLACES.test(lead[0].lower)) continue;
    return replacePossessives(joinTokens(lead));
  }
  return "";
};

const isLiving = (noun: string): boolean => /^(?:animal|person)$/u.test(nounKind(noun) ?? "");

/** "As I am a fox," said Master Reynard: the name comes after. */
const learnFromSpeech = (cast: Cast, tokens: readonly Token[], clause: Clause): void => {
  const [subject] = clause.subjects;
  const [first] = clause.parts;
  if (subject === undefined) return;
  const isSelf = clause.isQuoted && clause.verb.voice === "copula" && tokens[subject.head]?.lower === "i";
  if (isSelf && first?.kind === "noun" && isLiving(tokens[first.head]?.lower ?? ""))
    cast.selfDescribed = introduce(tokens, first);
  if (clause.origin !== "inverted" || cast.selfDescribed === null || !isSpeech(clause.verb.lemma)) return;
  if (isProperName(tokens, subject)) giveRole(mention(cast, tokens, subject), cast.selfDescribed);
  cast.selfDescribed = null;
};

/** Learns from "Anna was a young nurse" what Anna looks like. */
const learnRole = (cast: Cast, tokens: readonly Token[], clause: Clause): void => {
  learnFromSpeech(cast, tokens, clause);
  const [subject] = clause.subjects;
  const [first] = clause.parts;
  if (/^(?:call|name)$/u.test(clause.verb.lemma) && clause.verb.voice === "passive" && first?.kind === "noun") {
    // "The boy was called Hansel."
    if (subject === undefined || subject.isPronoun || !isProperName(tokens, first)) return;
    const member = mention(cast, tokens, first);
    giveRole(member, introduce(tokens, subject));
    cast.members.set(singular(tokens[subject.head]?.lower ?? ""), member);
    return;
  }
  if (clause.verb.voice !== "copula" || subject === undefined || first?.kind !== "noun" || first.isPronoun) return;
  if (subject.isPronoun) {
    // "He was a tall, stooping man."
    const member = resolve(cast, tokens[subject.head]?.lower ?? "");
    if (member !== null && isLiving(tokens[first.head]?.lower ?? "")) giveRole(member, introduce(tokens, first));
    return;
  }
  if (isLiving(tokens[first.head]?.lower ?? "") && tokens[subject.head]?.tag === "PROPN") {
    giveRole(mention(cast, tokens, subject), introduce(tokens, first));
  }
};

const OWN = new Map<string, Gender>([
  ["his", "male"],
  ["her", "female"],
]);

/** Whoever acts on "her coat" is a woman, mostly: only names that nothing else told of learn from it. */
const learnOwner = (cast: Cast, tokens: readonly Token[], clause: Clause): void => {
  const [subject] = clause.subjects;
  if (subject === undefined || subject.isPronoun || !isProperName(tokens, subject)) return;
  const member = cast.members.get(tokens[subject.head]?.lower ?? "");
  for (const part of clause.parts) {
    const phrase = part.kind === "preposition" ? part.object : part.kind === "noun" ? part : null;
    const gender = phrase === null || phrase.isPronoun ? undefined : OWN.get(tokens[phrase.start]?.lower ?? "");
    if (gender !== undefined && member !== undefined) learnGender(member, gender);
  }
};

/** "crisp, and black, and long" as "crisp, black and long"; null for what is no list of adjectives. */
const adjectivesOf = (predicate: string): string | null => {
  const list = predicate.split(/,? and |, /u);
  if (list.some((word) => word === "" || word.includes(" "))) return null;
  return list.length === 1 ? predicate : `${list.slice(0, -1).join(", ")} and ${list.at(-1) ?? ""}`;
};

const withAdjective = (subject: string, adjective: string): string => {
  const [, article = "", rest = ""] = /^(?:(an?|the) )?(.*)$/su.exec(subject) ?? [];
  // "the man's hair is crisp" is the man's crisp hair.
  const [, owner = "", owned = ""] = /^(.*\p{L}s?' |.*'s )(.*)$/su.exec(subject) ?? [];
  if (owner !== "") return `${owner}${adjective} ${owned}`;
  const described = `${adjective} ${rest}`;
  return article === "" ? described : `${article === "the" ? "the" : articleFor(described)} ${described}`;
};

/** "... and sat down in the road": a sentence that begins so goes on with whoever acted last. */
const goingOn = (cast: Cast, { origin, subjects, verb, isQuoted }: Clause, found: Told): Told => {
  const isOpen = origin === "coordinated" && subjects.length === 0 && !verb.isInfinitive && !isQuoted;
  const isPast = verb.form === "past" || verb.form === "either";
  if (found.kind !== "none" || !isOpen || !isPast || cast.lastFigure === "") return found;
  return { text: cast.lastFigure, key: cast.lastFigureKey, kind: "actor" };
};

/** Tells one clause; null where nothing of it can be shown. */
export const tellAction = (cast: Cast, tokens: readonly Token[], clause: Clause): Action | null => {
  cast.figure = "";
  learnRole(cast, tokens, clause);
  const isWeatherIt =
    tokens[clause.subjects[0]?.head ?? -1]?.lower === "it" &&
    /^(?:rain|snow|hail|thunder|freeze)$/u.test(clause.verb.lemma);
  if (isWeatherIt) return null;
  const found = tellSubject(cast, tokens, clause);
  // "the goal of landing a man on the moon": an idea lands nobody.
  const isIdle = found.kind === "idea" && (clause.origin === "gerund" || clause.origin === "participle");
  const subject: Told = isIdle ? { text: "", key: "", kind: "none" } : goingOn(cast, clause, found);
  cast.acting = subject.key;
  cast.figure = subject.kind === "actor" && subject.isUnnamed !== true && !clause.verb.isNegated ? subject.text : "";
  if (cast.figure !== "") [cast.lastFigure, cast.lastFigureKey] = [cast.figure, subject.key];
  learnOwner(cast, tokens, clause);
  const place = leadPlace(cast, tokens, clause);
  const complement = [tellComplement(cast, tokens, clause), place].filter((part) => part !== "").join(" ");
  const predicate = tellPredicate(clause, complement);
  // "then burying": nothing without what is buried
  if (complement === "" && mustHaveObject(clause.verb.lemma) && clause.verb.voice === "active") return null;
  if (predicate === "" || (subject.text === "" && clause.origin !== "gerund" && clause.origin !== "participle"))
    return null;
  const isQuality =
    clause.verb.voice === "copula" && clause.parts.every(({ kind }) => /^(?:other|comma|conjunction)$/u.test(kind));
  const adjective = isQuality && clause.parts[0]?.kind === "other" ? adjectivesOf(predicate) : null;
  return {
    // "the air is pure" is pure air.
    subject: adjective === null ? subject.text : withAdjective(subject.text, adjective),
    subjectKey: subject.key,
    predicate: adjective === null ? predicate : "",
    score: scoreOf(tokens, clause, subject) + (place === "" ? 0 : 0.5),
    hasActor: subject.kind === "actor",
    order: clause.verb.start,
  };
};
