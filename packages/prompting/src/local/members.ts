import type { NounPhrase } from "../english/chunks.ts";
import type { Token } from "../english/reader.ts";
import {
  articleFor,
  type Gender,
  genderOf,
  isFirstName,
  isPlural,
  nounKind,
  singular,
  words,
} from "../english/words.ts";
import { type Cast, isAlive, type Member } from "./cast.ts";
import { introduce, isProperName, placeNames } from "./phrases.ts";

const TITLES = new Map(
  Object.entries({
    "mr.": "gentleman",
    mr: "gentleman",
    sir: "gentleman",
    lord: "nobleman",
    "mrs.": "lady",
    mrs: "lady",
    miss: "young lady",
    lady: "lady",
    "dr.": "doctor",
    dr: "doctor",
    captain: "captain",
    king: "king",
    queen: "queen",
    princess: "princess",
    prince: "prince",
  }),
);

const TITLE_ROLES = new Set(TITLES.values());

/** "Old Mr. Petrov" is called Petrov, and is old. */
const EPITHETS = new Set(words("old young little poor dear big tall good great"));

const isName = (token: Token): boolean =>
  token.tag === "PROPN" && !TITLES.has(token.lower) && !EPITHETS.has(token.lower);

const nameKeys = (tokens: readonly Token[], phrase: NounPhrase): string[] =>
  tokens
    .slice(phrase.start, phrase.coreEnd)
    .filter(isName)
    .map((token) => token.lower);

const genderOfPhrase = (tokens: readonly Token[], phrase: NounPhrase): Gender => {
  for (const token of tokens.slice(phrase.start, phrase.coreEnd).toReversed()) {
    const title = TITLES.get(token.lower);
    if (title !== undefined) return /lady|queen|princess/u.test(title) ? "female" : "male";
    if (token.tag === "PROPN" || token === tokens[phrase.head]) {
      const gender = genderOf(token.lower);
      if (gender !== "unknown") return gender;
    }
  }
  return "unknown";
};

/** "an old keeper named Tomas Berg": a generator knows keepers, not Tomas. */
const describeName = ({ name, detail, role, gender }: Member): string => {
  const known = role ?? { male: "man", female: "woman", unknown: "person" }[gender];
  const figure = detail === "" || known.startsWith(`${detail} `) ? known : `${detail} ${known}`;
  return `${articleFor(figure)} ${figure} named ${name}`;
};

const DATES = /(?:day|january|february|march|april|june|july|august|september|october|november|december)$/u;

/** "the Chinese", "the Romans" */
const isNation = (tokens: readonly Token[], phrase: NounPhrase): boolean =>
  phrase.coreEnd - phrase.start === 2 &&
  tokens[phrase.start]?.lower === "the" &&
  /(?:[^m]ans|ese|ish|ch)$/u.test(tokens[phrase.head]?.lower ?? "");

/** "in Marseille", "to Bristol" */
const PLACING = /^(?:in|at|near|into|to|from|of|off|towards|across|through|around)$/u;

const isPersonPhrase = (tokens: readonly Token[], phrase: NounPhrase): boolean => {
  const head = tokens[phrase.head]?.lower ?? "";
  if (!isProperName(tokens, phrase)) return nounKind(head) === "person";
  if (isNation(tokens, phrase)) return true;
  const parts = tokens.slice(phrase.start, phrase.coreEnd);
  if (parts.some((token) => placeNames.has(token.lower)) || DATES.test(head)) return false;
  const isNamed = parts.some((token) => isFirstName(token.lower) || TITLES.has(token.lower));
  if (!isNamed && PLACING.test(tokens[phrase.start - 1]?.lower ?? "")) return false;
  // "the Gutenberg Bible", "London Bridge" are things.
  return isNamed || (tokens[phrase.start]?.tag === "PROPN" && nounKind(head) === null);
};

/** What somebody is called to whom one speaks. */
export const ENDEARMENTS = new Set(words("darling dear love sweetheart honey baby friend"));

/** Says whose somebody is, and nothing of how they look. */
const KIN = new Set(words("daughter son mother father sister brother wife husband aunt uncle cousin niece nephew"));

const isTrade = ({ tag, lower }: Token): boolean =>
  tag === "NOUN" && nounKind(lower) === "person" && !ENDEARMENTS.has(lower) && !KIN.has(lower);

/** "marine biologist Priya Nair" */
const tradeOf = (core: readonly Token[]): string | null => {
  const at = core.findIndex(isTrade);
  if (at < 0 || core[at + 1]?.tag !== "PROPN") return null;
  const from = core.findIndex(({ tag }) => tag === "ADJ" || tag === "NOUN");
  return core
    .slice(from, at + 1)
    .map(({ lower }) => lower)
    .join(" ");
};

const createMember = (tokens: readonly Token[], phrase: NounPhrase, key: string): Member => {
  const head = tokens[phrase.head]?.lower ?? "";
  const isProper = isProperName(tokens, phrase);
  const isPerson = isPersonPhrase(tokens, phrase);
  const gender = genderOfPhrase(tokens, phrase);
  const introduced = introduce(tokens, phrase);
  const core = tokens.slice(phrase.start, phrase.coreEnd);
  const title = core.flatMap((token) => TITLES.get(token.lower) ?? [])[0];
  const names = core.filter(isName);
  const name = isProper && isPerson && !isNation(tokens, phrase) ? names.map(({ text }) => text).join(" ") : "";
  const adjectives = core.filter(
    (token) =>
      name !== "" &&
      tradeOf(core) === null &&
      (EPITHETS.has(token.lower) || (token.tag === "ADJ" && !/(?:est|\d.*)$/u.test(token.lower))),
  );
  const member: Member = {
    key,
    name,
    detail: adjectives.map(({ lower }) => lower).join(" "),
    role: title ?? tradeOf(core),
    description: introduced,
    short: name !== "" ? name : isProper ? introduced : `the ${head}`,
    isPlural: (isPlural(head) && !isProper) || isNation(tokens, phrase),
    isPerson,
    isAnimal: nounKind(head) === "animal" && !isProper,
    // A mouth is nobody's by itself: neither "it" nor the bible means one.
    isConcrete:
      (nounKind(head) !== null && nounKind(head) !== "body") || (isProper && (isPerson || placeNames.has(head))),
    isGroup: false,
    gender,
    subjectMentions: 0,
    lastSeen: 0,
  };
  if (name !== "") member.description = describeName(member);
  return member;
};

/** Notes a mention; a first one makes the member. A fuller first name ("Tomas Berg") also answers to its parts. */
export const mention = (cast: Cast, tokens: readonly Token[], phrase: NounPhrase): Member => {
  cast.clock += 1;
  const isNamed = isProperName(tokens, phrase) && isPersonPhrase(tokens, phrase);
  const names = isNamed ? nameKeys(tokens, phrase) : [];
  const head = singular(tokens[phrase.head]?.lower ?? "");
  const keys = names.length > 0 ? names : [isPlural(tokens[phrase.head]?.lower ?? "") ? `${head}s` : head];
  const met = keys.map((key) => cast.members.get(key)).find((member) => member !== undefined);
  // "a man" is another one than the man of before.
  const isNew = names.length === 0 && /^(?:an?|another)$/u.test(tokens[phrase.start]?.lower ?? "");
  const known = isNew ? undefined : met;
  const member = known ?? createMember(tokens, phrase, keys.join(" "));
  for (const key of keys) cast.members.set(key, member);
  const described = known === undefined ? "" : introduce(tokens, phrase);
  const hadNoDetail = member.description.split(" ").length <= 2;
  if (hadNoDetail && names.length === 0 && described.split(" ").length > 2) member.description = described;
  member.lastSeen = cast.clock;
  return member;
};

/** "he and his wife", whom "they" means from now on. */
export const mentionGroup = (cast: Cast, description: string): Member => {
  cast.clock += 1;
  const member = cast.members.get(description) ?? {
    key: description,
    name: "",
    detail: "",
    role: null,
    description,
    short: "the two",
    isPlural: true,
    isPerson: true,
    isAnimal: false,
    isConcrete: true,
    isGroup: true,
    gender: "unknown" as const,
    subjectMentions: 0,
    lastSeen: 0,
  };
  cast.members.set(description, member);
  member.lastSeen = cast.clock;
  return member;
};

/** "her coat" after "Dagny wrapped him in" says that Dagny is a woman. */
export const learnGender = (member: Member, gender: Gender): void => {
  if (member.gender !== "unknown" || !isAlive(member)) return;
  member.gender = gender;
  if (member.name !== "") member.description = describeName(member);
};

/** "Tomas Berg, fisherman": the trade describes the name. */
export const giveRole = (member: Member, role: string): void => {
  if (!member.isPerson || member.name === "") return;
  const isBare = !role.replace(/^(?:an?|the) /u, "").includes(" ");
  // "He was a man": less than what is known already.
  if (isBare && member.role !== null && !TITLE_ROLES.has(member.role)) return;
  member.role = role.replace(/^(?:an?|the) /u, "");
  member.description = describeName(member);
  if (member.gender === "unknown") member.gender = genderOf(role.split(" ").at(-1) ?? "");
};
