import { type Gender, words } from "../english/words.ts";
import { type Cast, isAlive, type Member } from "./cast.ts";
import { learnGender } from "./members.ts";

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
/** Where the text has named nobody at all, things may be meant for longer. */
const LONE_THING_MEMORY_MENTIONS = 12;

/** For how many mentions something is remembered that is nobody. */
const thingMemory = ({ members }: Cast, { isPlural }: Wanted): number => {
  if (!isPlural) return MEMORY_MENTIONS;
  return [...members.values()].some(isAlive) ? PLURAL_THING_MEMORY_MENTIONS : LONE_THING_MEMORY_MENTIONS;
};

export type Bounds = {
  /** The key of a member that is not meant. */
  except?: string;
  /** Only people and animals do what the clause tells. */
  isAlive?: boolean;
};

/** Whom a pronoun means; null where the text has named nobody that fits. */
export const resolve = (
  cast: Cast,
  pronoun: string,
  { except, isAlive: mustLive = false }: Bounds = {},
): Member | null => {
  if (pronoun === "you") return cast.addressed;
  const wanted = WANTED[pronoun];
  if (wanted === undefined) return null;
  const [ofLiving, ofThings] = [wanted.isPlural ? PLURAL_MEMORY_MENTIONS : MEMORY_MENTIONS, thingMemory(cast, wanted)];
  let best: Member | null = null;
  for (const member of cast.members.values()) {
    const isRecent = member.lastSeen >= cast.clock - (isAlive(member) ? ofLiving : ofThings);
    if (
      isRecent &&
      member.key !== except &&
      (!mustLive || isAlive(member) || !member.isPlural) &&
      fits(member, wanted) &&
      (best === null || weight(member, wanted) > weight(best, wanted))
    )
      best = member;
  }
  if (best !== null) {
    best.lastSeen = cast.clock;
    learnGender(best, wanted.gender);
  }
  return best;
};

/** Whether a pronoun could mean this member: "him" the man, and not the girl. */
export const mayMean = ({ members }: Cast, pronoun: string, key: string): boolean => {
  const wanted = WANTED[pronoun];
  const member = [...members.values()].find((one) => one.key === key);
  return wanted !== undefined && member !== undefined && fits(member, wanted);
};
