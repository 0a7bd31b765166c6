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
import { PLACE_NAMES } from "../lexicons/settings.data.ts";
import { introduce, isProperName } from "./phrases.ts";

/** Somebody or something of the story, described the same way in every picture. */
export type Member = {
  key: string;
  /** Empty for whoever has none. */
  name: string;
  /** The adjectives before the name: "old". */
  detail: string;
  /** What somebody with a name is: "fisherman". */
  role: string | null;
  /** With its article: "an old fisherman". */
  description: string;
  /** For a second mention: "the fisherman". */
  short: string;
  isPlural: boolean;
  isPerson: boolean;
  isAnimal: boolean;
  isConcrete: boolean;
  gender: Gender;
  subjectMentions: number;
  lastSeen: number;
};

export type Cast = {
  members: Map<string, Member>;
  /** Grows with every mention: the recency of pronouns' antecedents. */
  clock: number;
  /** The key of the clause's subject, which its object pronouns do not mean. */
  acting: string;
  /** The last clause's subject where it is somebody known; empty otherwise. */
  figure: string;
  /** The last of them, whom a scene without anybody shows again. */
  lastFigure: string;
  lastFigureKey: string;
  /** The last one of each gender, for languages whose verbs tell it; `unknown` is the last of all. */
  lastOf: Record<Gender, string>;
};

export const createCast = (): Cast => ({
  members: new Map(),
  clock: 0,
  acting: "",
  figure: "",
  lastFigure: "",
  lastFigureKey: "",
  lastOf: { male: "", female: "", unknown: "" },
});

/** The same people with all that a first reading learnt of them, none of them met yet. */
export const recast = ({ members }: Cast): Cast => {
  const fresh = new Map<Member, Member>();
  const cast = createCast();
  for (const [key, member] of members) {
    if (member.name === "") continue;
    const copy = fresh.get(member) ?? { ...member, subjectMentions: 0, lastSeen: Number.NEGATIVE_INFINITY };
    fresh.set(member, copy);
    // "the keeper" is Tomas only from where the text says so.
    if (copy.key.split(" ").includes(key)) cast.members.set(key, copy);
  }
  return cast;
};

const placeNames = new Set(words(PLACE_NAMES.toLowerCase()));
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
      name !== "" && (EPITHETS.has(token.lower) || (token.tag === "ADJ" && !/(?:est|\d.*)$/u.test(token.lower))),
  );
  const member: Member = {
    key,
    name,
    detail: adjectives.map(({ lower }) => lower).join(" "),
    role: title ?? null,
    description: introduced,
    short: name !== "" ? name : isProper ? introduced : `the ${head}`,
    isPlural: (isPlural(head) && !isProper) || isNation(tokens, phrase),
    isPerson,
    isAnimal: nounKind(head) === "animal" && !isProper,
    // A mouth is nobody's by itself: neither "it" nor the bible means one.
    isConcrete:
      (nounKind(head) !== null && nounKind(head) !== "body") || (isProper && (isPerson || placeNames.has(head))),
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

/** "her coat" after "Dagny wrapped him in" says that Dagny is a woman. */
export const learnGender = (member: Member, gender: Gender): void => {
  if (member.gender !== "unknown" || !member.isPerson) return;
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

/** `preference`: how many mentions nearer a thing must be than a person to be meant. */
type Wanted = { gender: Gender; isPlural: boolean; isPerson: boolean; preference: number };

const WANTED: Readonly<Record<string, Wanted>> = {
  he: { gender: "male", isPlural: false, isPerson: true, preference: 6 },
  him: { gender: "male", isPlural: false, isPerson: true, preference: 6 },
  himself: { gender: "male", isPlural: false, isPerson: true, preference: 6 },
  she: { gender: "female", isPlural: false, isPerson: true, preference: 6 },
  her: { gender: "female", isPlural: false, isPerson: true, preference: 6 },
  herself: { gender: "female", isPlural: false, isPerson: true, preference: 6 },
  it: { gender: "unknown", isPlural: false, isPerson: false, preference: 2 },
  they: { gender: "unknown", isPlural: true, isPerson: true, preference: 14 },
  them: { gender: "unknown", isPlural: true, isPerson: true, preference: 5 },
};

const INFANTS = new Set(words("child baby infant"));

const fits = (member: Member, wanted: Wanted): boolean => {
  if (member.isPlural !== wanted.isPlural || !member.isConcrete) return false;
  if (wanted.isPlural) return true;
  if (!wanted.isPerson && INFANTS.has(member.key)) return true;
  if (wanted.isPerson) {
    return (
      (member.isPerson || member.subjectMentions > 0) &&
      (member.gender === wanted.gender || (member.gender === "unknown" && (member.isPerson || member.isAnimal)))
    );
  }
  return !member.isPerson;
};

/** Recency, with a bias to whoever the story is about. */
const weight = (member: Member, wanted: Wanted): number =>
  member.lastSeen +
  2 * Math.min(member.subjectMentions, 4) +
  (member.gender === wanted.gender ? 5 : 0) +
  (member.isPerson === wanted.isPerson ? wanted.preference : 0);

const MEMORY_MENTIONS = 40;
const PLURAL_MEMORY_MENTIONS = 30;
/** "They" means things only right after these were named: else the buckets of one scene sit at the table of the next. */
const PLURAL_THING_MEMORY_MENTIONS = 3;

const memoryFor = (member: Member, wanted: Wanted): number => {
  if (!wanted.isPlural) return MEMORY_MENTIONS;
  return member.isPerson || member.isAnimal ? PLURAL_MEMORY_MENTIONS : PLURAL_THING_MEMORY_MENTIONS;
};

export type Bounds = {
  /** The key of a member that is not meant. */
  except?: string;
  /** Only people and animals do what the clause tells. */
  isAlive?: boolean;
};

/** Whom a pronoun means; null where the text has named nobody that fits. */
export const resolve = (cast: Cast, pronoun: string, { except, isAlive = false }: Bounds = {}): Member | null => {
  const wanted = WANTED[pronoun];
  if (wanted === undefined) return null;
  let best: Member | null = null;
  for (const member of cast.members.values()) {
    const isRecent = member.lastSeen >= cast.clock - memoryFor(member, wanted);
    if (
      isRecent &&
      member.key !== except &&
      (!isAlive || member.isPerson || member.isAnimal || !member.isPlural) &&
      fits(member, wanted) &&
      (best === null || weight(member, wanted) > weight(best, wanted))
    )
      best = member;
  }
  if (best !== null) {
    best.lastSeen = cast.clock;
    if (best.gender === "unknown" && (best.isPerson || best.isAnimal)) {
      best.gender = wanted.gender;
      if (best.name !== "") best.description = describeName(best);
    }
  }
  return best;
};
