import { type BibleEntity, type EntityKind, MAX_BIBLE_ENTITIES } from "@phonoscene/contracts";

import { entityId } from "../bible/entity-id.ts";
import { nounKind } from "../english/words.ts";
import type { Cast, Member } from "./cast.ts";
import { placeNames } from "./phrases.ts";

/** What a scene names, by its number. */
export type Appearances = ReadonlyMap<Member, readonly number[]>;

const BARE_DESCRIPTION_WORDS = 2;

/** The last noun of a key: "keeper", "berg". */
const headOf = ({ key }: Member): string => key.split(" ").at(-1) ?? "";

const isPlace = (member: Member): boolean => nounKind(headOf(member)) === "location" || placeNames.has(headOf(member));

const kindOf = (member: Member): EntityKind => {
  if (member.isPerson || member.isAnimal) return "character";
  return isPlace(member) ? "place" : "object";
};

/** Without the name, which says nothing to a generator: "an old keeper named Tomas Berg" is an old keeper. */
const looksOf = ({ name, description }: Member): string =>
  name === "" ? description : description.replace(` named ${name}`, "");

const hasLooks = ({ description }: Member): boolean => description.split(" ").length > BARE_DESCRIPTION_WORDS;

/** True of a moment, not of the thing. */
const PASSING = /\b(?:open|closed|shut|broken|wet|empty|full|lit|burning|sleeping|next|first|last|same)\b/u;

/** Somebody with a name, with looks or who comes back; something that comes back and has looks of its own to keep. */
const isWorthKeeping = (member: Member, scenes: readonly number[]): boolean => {
  if (!member.isConcrete || member.isGroup || PASSING.test(member.description)) return false;
  const comesBack = scenes.length > 1;
  if (kindOf(member) === "character") return member.name !== "" || comesBack || hasLooks(member);
  // "a grandfather's bakery" is told anew by whoever owns it.
  return comesBack && hasLooks(member) && !member.description.includes("'s ");
};

const weigh = (member: Member, scenes: readonly number[]): number =>
  scenes.length + 2 * member.subjectMentions + (member.name === "" ? 0 : 4) + (kindOf(member) === "character" ? 4 : 0);

/** The names that the text has for a member, the fullest first. */
const namesOf = (cast: Cast, member: Member): string[] => {
  const parts = member.name.split(" ");
  const keys = [...cast.members].filter(([, value]) => value === member).map(([key]) => key);
  const named = parts.length > 1 ? parts : [];
  const roles = member.name === "" ? keys : keys.filter((key) => !member.name.toLowerCase().split(" ").includes(key));
  const surface = member.short.replace(/^the /u, "");
  return [...new Set([surface, ...named, ...roles.filter((role) => member.name !== "" || role !== headOf(member))])];
};

const toEntity = (cast: Cast, member: Member, scenes: readonly number[]): BibleEntity => {
  const [name = member.key, ...aliases] = namesOf(cast, member);
  const description = looksOf(member);
  const kind = kindOf(member);
  const origin = description === name ? "inferred" : "text";
  return { id: entityId(kind, name), kind, name, aliases, description, sceneIndexes: [...scenes], origin };
};

/** The members of a cast that a storyboard should keep alike, most important first. */
export const bibleOf = (cast: Cast, appearances: Appearances): BibleEntity[] => {
  const kept = [...new Set(cast.members.values())]
    .map((member) => ({ member, scenes: appearances.get(member) ?? [] }))
    .filter(({ member, scenes }) => isWorthKeeping(member, scenes))
    .toSorted((a, b) => weigh(b.member, b.scenes) - weigh(a.member, a.scenes));
  const entities = kept.map(({ member, scenes }) => toEntity(cast, member, scenes));
  return [...new Map(entities.toReversed().map((entity) => [entity.id, entity])).values()]
    .toReversed()
    .slice(0, MAX_BIBLE_ENTITIES);
};
