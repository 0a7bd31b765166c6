import type { Chunk, NounPhrase } from "../english/chunks.ts";
import type { Clause } from "../english/clauses.ts";
import type { Token } from "../english/reader.ts";
import { gerund, needsActor, pastParticiple } from "../english/verbs.ts";
import { articleFor, isConcrete, nounKind, singular, words } from "../english/words.ts";
import { TIME_CUES } from "../lexicons/settings.data.ts";
import { scoreOf, type Told } from "./action-score.ts";
import { type Cast, giveRole, type Member, mention, resolve } from "./cast.ts";
import { countWords, introduce, isProperName, joinTokens, replacePossessives, spanTokens } from "./phrases.ts";

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

const MAX_COMPLEMENT_WORDS = 13;
const TIME_WORDS = new Set([
  // "the moon" speaks of the night and is a thing all the same.
  ...words(Object.values(TIME_CUES).join(" ")).filter((word) => !isConcrete(word)),
  ...words(
    "day days week weeks month months year years century centuries decade hour hours minute minutes moment time times monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december winter summer autumn spring today tomorrow yesterday age ages period while past future",
  ),
]);
const UNNAMED: Readonly<Record<string, string>> = {
  i: "a lone figure",
  me: "a lone figure",
  myself: "a lone figure",
  we: "a small group of people",
  us: "a small group of people",
  he: "a man",
  him: "a man",
  she: "a woman",
  her: "a woman",
  they: "a group of people",
  them: "a group of people",
  who: "a figure",
  someone: "a figure",
  somebody: "a figure",
  everyone: "a crowd",
  everybody: "a crowd",
};

const memberKind = (member: Member): Told["kind"] => {
  if (member.isPerson) return "actor";
  if (!member.isConcrete) return "idea";
  return nounKind(member.key.split(" ").at(-1) ?? "") === "animal" ? "actor" : "thing";
};

const tellPronoun = (cast: Cast, pronoun: string, isAlive: boolean): Told => {
  const member = resolve(cast, pronoun, { isAlive });
  if (member !== null) {
    member.subjectMentions += 1;
    return { text: member.description, key: member.key, kind: memberKind(member) };
  }
  const text = UNNAMED[pronoun];
  return text === undefined ? { text: "", key: "", kind: "none" } : { text, key: text, kind: "actor", isUnnamed: true };
};

const tellOne = (cast: Cast, tokens: readonly Token[], phrase: NounPhrase): Told => {
  const member = mention(cast, tokens, phrase);
  member.subjectMentions += 1;
  // The clause's own words win where they say more; things are what the clause calls them.
  const own = introduce(tokens, phrase);
  const isKnown = memberKind(member) === "actor" && countWords(own) <= countWords(member.description);
  const text = isKnown ? member.description : own;
  return { text, key: member.key, kind: memberKind(member) };
};

const tellSubject = (cast: Cast, tokens: readonly Token[], clause: Clause): Told => {
  const isAlive = needsActor(clause.verb.lemma);
  const told = clause.subjects.map((phrase) =>
    phrase.isPronoun ? tellPronoun(cast, tokens[phrase.head]?.lower ?? "", isAlive) : tellOne(cast, tokens, phrase),
  );
  const named = told.filter(({ text }) => text !== "");
  const first = named[0];
  if (first === undefined) return { text: "", key: "", kind: "none" };
  return {
    text: named.map(({ text }) => text).join(" and "),
    key: first.key,
    kind: first.kind,
    isUnnamed: first.isUnnamed ?? false,
  };
};

const tellObject = (cast: Cast, tokens: readonly Token[], phrase: NounPhrase): string | null => {
  if (!phrase.isPronoun) {
    mention(cast, tokens, phrase);
    return replacePossessives(joinTokens(spanTokens(tokens, phrase)));
  }
  const pronoun = tokens[phrase.head]?.lower ?? "";
  if (/sel(?:f|ves)$/u.test(pronoun)) return null;
  const member = resolve(cast, pronoun, { except: cast.acting });
  // "them" and "it" that mean nothing named would only mislead.
  return member?.short ?? (/^(?:them|it)$/u.test(pronoun) ? null : (UNNAMED[pronoun] ?? null));
};

const isTemporal = (tokens: readonly Token[], phrase: NounPhrase | null): boolean =>
  phrase !== null &&
  (tokens[phrase.head]?.tag === "NUM" ||
    TIME_WORDS.has(singular(tokens[phrase.head]?.lower ?? "")) ||
    (!isConcrete(tokens[phrase.head]?.lower ?? "") && TIME_WORDS.has(singular(tokens[phrase.end - 1]?.lower ?? ""))));

const tellPart = (cast: Cast, tokens: readonly Token[], part: Chunk): string | null => {
  if (part.kind === "noun") return isTemporal(tokens, part) ? null : tellObject(cast, tokens, part);
  if (part.kind === "preposition") {
    if (isTemporal(tokens, part.object)) return null;
    if (part.object === null) return joinTokens(spanTokens(tokens, part));
    const object = tellObject(cast, tokens, part.object);
    const preposition = joinTokens(tokens.slice(part.start, part.object.start));
    return object === null ? null : `${preposition} ${object}`;
  }
  if (part.kind === "verb" && part.isNegated) return null;
  if (part.kind === "comma") return ",";
  const text = replacePossessives(joinTokens(spanTokens(tokens, part)));
  return part.kind === "adverb" &&
    /^(?:not|never|so|too|then|now|also|however|thus|therefore|still|yet|already|i\.e\.)$/u.test(text)
    ? null
    : text;
};

const DANGLING =
  /(?:[,;]|\s|\b(?:and|or|but|nor|as|than|that|to|with|of|for|from|the|a|an|by|so|in being|if|being|both))+$/u;

const tellComplement = (cast: Cast, tokens: readonly Token[], parts: readonly Chunk[]): string => {
  let text = "";
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1]?.kind;
    const isLoose = part.kind === "preposition" && part.object === null && part.gerund === null && !part.isParticle;
    const told = isLoose && next !== "noun" && next !== "other" ? null : tellPart(cast, tokens, part);
    if (told === null) continue;
    if (countWords(text) + countWords(told) > MAX_COMPLEMENT_WORDS) break;
    text = told === "," ? `${text},` : `${text} ${told}`;
  }
  return text
    .trim()
    .replace(/^(?:,\s*|(?:or|and|but|only|not)\s+)+/u, "")
    .replace(DANGLING, "")
    .replace(/(?<=\s\S+)\s(?:in|on|at|into|upon|under|through)$/u, "");
};

const tellPredicate = (clause: Clause, complement: string): string => {
  const { verb } = clause;
  const act = (form: string) => [...verb.manner, form, complement].filter((part) => part !== "").join(" ");
  if (clause.origin === "existential") return complement;
  if (verb.voice === "copula") return clause.parts[0]?.kind === "noun" ? "" : complement;
  if (verb.lemma === "have") return complement === "" ? "" : `with ${complement}`;
  if (verb.voice === "passive") return act(pastParticiple(verb.lemma));
  return act(verb.lemma === "see" ? "watching" : gerund(verb.lemma));
};

const leadPlace = (cast: Cast, tokens: readonly Token[], clause: Clause): string => {
  for (const span of clause.lead) {
    const lead = spanTokens(tokens, span);
    const last = lead.at(-1)?.lower ?? "";
    if (lead[0]?.tag !== "ADP" || !isConcrete(last) || TIME_WORDS.has(singular(last)) || lead.length > 7) continue;
    if (/^(?:for|of|as|like|than|about|by|with|without|to)$/u.test(lead[0].lower)) continue;
    return replacePossessives(joinTokens(lead));
  }
  return "";
};

/** Learns from "Anna was a young nurse" what Anna looks like. */
const learnRole = (cast: Cast, tokens: readonly Token[], clause: Clause): void => {
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
  if (clause.verb.voice !== "copula" || subject === undefined || subject.isPronoun || first?.kind !== "noun") return;
  if (nounKind(tokens[first.head]?.lower ?? "") === "person" && tokens[subject.head]?.tag === "PROPN") {
    giveRole(mention(cast, tokens, subject), introduce(tokens, first));
  }
};

const withAdjective = (subject: string, adjective: string): string => {
  const [, article = "", rest = ""] = /^(?:(an?|the) )?(.*)$/su.exec(subject) ?? [];
  const described = `${adjective} ${rest}`;
  return article === "" ? described : `${article === "the" ? "the" : articleFor(described)} ${described}`;
};

/** Tells one clause; null where nothing of it can be shown. */
export const tellAction = (cast: Cast, tokens: readonly Token[], clause: Clause): Action | null => {
  learnRole(cast, tokens, clause);
  const isWeatherIt =
    tokens[clause.subjects[0]?.head ?? -1]?.lower === "it" &&
    /^(?:rain|snow|hail|thunder|freeze)$/u.test(clause.verb.lemma);
  if (isWeatherIt) return null;
  const found = tellSubject(cast, tokens, clause);
  // "the goal of landing a man on the moon": an idea lands nobody.
  const isIdle = found.kind === "idea" && (clause.origin === "gerund" || clause.origin === "participle");
  const subject: Told = isIdle ? { text: "", key: "", kind: "none" } : found;
  cast.acting = subject.key;
  const place = leadPlace(cast, tokens, clause);
  const complement = [tellComplement(cast, tokens, clause.parts), place].filter((part) => part !== "").join(" ");
  const predicate = tellPredicate(clause, complement);
  if (predicate === "" || (subject.text === "" && clause.origin !== "gerund" && clause.origin !== "participle"))
    return null;
  const adjective = clause.verb.voice === "copula" && clause.parts[0]?.kind === "other" && !predicate.includes(" ");
  return {
    // "the air is pure" is pure air.
    subject: adjective ? withAdjective(subject.text, predicate) : subject.text,
    subjectKey: subject.key,
    predicate: adjective ? "" : predicate,
    score: scoreOf(tokens, clause, subject) + (place === "" ? 0 : 0.5),
    hasActor: subject.kind === "actor",
    order: clause.verb.start,
  };
};
