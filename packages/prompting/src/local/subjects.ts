import type { NounPhrase } from "../english/chunks.ts";
import type { Clause } from "../english/clauses.ts";
import type { Token } from "../english/reader.ts";
import { needsActor } from "../english/verbs.ts";
import { nounKind } from "../english/words.ts";
import type { Cast, Member, Told } from "./cast.ts";
import { mention, mentionGroup } from "./members.ts";
import { bareCore, countWords, introduce } from "./phrases.ts";
import { resolve } from "./pronouns.ts";
import { UNNAMED } from "./unnamed.ts";

/** "the keeper" of "an old keeper named Tomas Berg" */
const ownerWords = ({ name, short, description }: Member): string => {
  if (name === "") return short;
  return description.replace(/ named .*$/u, "").replace(/^an? (?:.* )?(\S+)$/u, "the $1");
};

const memberKind = (member: Member): Told["kind"] => {
  if (member.isPerson) return "actor";
  const kind = nounKind(member.key.split(" ").at(-1) ?? "");
  if (!member.isConcrete && kind !== "body") return "idea";
  return kind === "animal" ? "actor" : "thing";
};

const tellPronoun = (
  cast: Cast,
  phrase: NounPhrase,
  { pronoun, isAlive }: { pronoun: string; isAlive: boolean },
): Told => {
  const meant = cast.meant.get(phrase);
  if (meant !== undefined) {
    if (meant.member !== null) meant.member.lastSeen = cast.clock;
    return meant.told;
  }
  const member = resolve(cast, pronoun, { isAlive });
  if (member !== null) member.subjectMentions += 1;
  const told = member === null ? tellNobody(pronoun) : toldOf(member);
  cast.meant.set(phrase, { told, member });
  return told;
};

const toldOf = (member: Member): Told => ({
  text: member.description,
  key: member.key,
  kind: memberKind(member),
});

const tellNobody = (pronoun: string): Told => {
  const text = UNNAMED[pronoun];
  return text === undefined ? { text: "", key: "", kind: "none" } : { text, key: text, kind: "actor", isUnnamed: true };
};

const OWNERS = new Map([
  ["his", "he"],
  ["her", "she"],
  ["their", "they"],
  ["my", "i"],
  ["our", "we"],
]);

/** "her wet hair" is "the girl's wet hair" in a picture, and the girl's act. */
const tellOwned = (cast: Cast, tokens: readonly Token[], phrase: NounPhrase): Told | null => {
  const pronoun = OWNERS.get(tokens[phrase.start]?.lower ?? "");
  if (pronoun === undefined || nounKind(tokens[phrase.head]?.lower ?? "") !== "body") return null;
  const owner = resolve(cast, pronoun);
  const short = owner === null ? UNNAMED[pronoun] : ownerWords(owner);
  if (short === undefined) return null;
  const text = `${short}${short.endsWith("s") ? "'" : "'s"} ${bareCore(tokens, phrase)}`;
  return { text, key: text, kind: "thing" };
};

const tellOne = (cast: Cast, tokens: readonly Token[], phrase: NounPhrase): Told => {
  const owned = tellOwned(cast, tokens, phrase);
  if (owned !== null) return owned;
  const member = mention(cast, tokens, phrase);
  member.subjectMentions += 1;
  // The clause's own words win where they say more; things are what the clause calls them.
  const own = introduce(tokens, phrase);
  const isKnown = memberKind(member) === "actor" && countWords(own) <= countWords(member.description);
  const text = isKnown ? member.description : own;
  return { text, key: member.key, kind: memberKind(member) };
};

const STRANGER = "a person named ";

/** "Sweynheim and Pannartz", of whom nothing is known, are two people. */
const together = (texts: readonly string[]): string =>
  texts.length === 2 && texts.every((text) => text.startsWith(STRANGER)) ? "two people" : texts.join(" and ");

/** Who or what acts, in words for a picture. */
export const tellSubject = (cast: Cast, tokens: readonly Token[], clause: Clause): Told => {
  const isAlive = needsActor(clause.verb.lemma);
  const told = clause.subjects.map((phrase) =>
    phrase.isPronoun
      ? tellPronoun(cast, phrase, { pronoun: tokens[phrase.head]?.lower ?? "", isAlive })
      : tellOne(cast, tokens, phrase),
  );
  const named = told.filter(({ text }) => text !== "");
  const first = named[0];
  if (first === undefined) return { text: "", key: "", kind: "none" };
  const text = together(named.map((one) => one.text));
  const isGroup = named.length > 1 && named.every(({ kind }) => kind === "actor");
  return {
    text,
    key: isGroup ? mentionGroup(cast, text).key : first.key,
    kind: first.kind,
    isUnnamed: first.isUnnamed ?? false,
  };
};
