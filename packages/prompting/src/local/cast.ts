import type { NounPhrase } from "../english/chunks.ts";
import type { Gender } from "../english/words.ts";

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
  /** More than one who are members themselves: "he and his wife". */
  isGroup: boolean;
  gender: Gender;
  subjectMentions: number;
  lastSeen: number;
};

/** A subject as it will be told. */
export type Told = { text: string; key: string; kind: "actor" | "thing" | "idea" | "none"; isUnnamed?: boolean };

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
  /** Whom a pronoun was found to mean: the same for each verb that it goes with. */
  meant: WeakMap<NounPhrase, { told: Told; member: Member | null }>;
  /** To whom the sentence speaks: "O winter", "Oh my darling Clementine". */
  addressed: Member | null;
  /** What a speaker whose name is still to come says of himself: "a fox". */
  selfDescribed: string | null;
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
  meant: new WeakMap(),
  addressed: null,
  selfDescribed: null,
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

/** Whether somebody, and not something. */
export const isAlive = (member: Member): boolean => member.isPerson || member.isAnimal;
