import type { Slot } from "@phonoscene/contracts";

import { RUSSIAN, UKRAINIAN } from "../lexicons/slavic.data.ts";
import { matchStem, readStems, type Stems } from "../text/stems.ts";
import type { SceneReading, Thing } from "./scene-reading.ts";

type VisualLexicon = { nouns: Stems; verbs: Stems; adjectives: Stems; times: Stems };

const readLexicon = (tables: Readonly<Record<keyof VisualLexicon, string>>): VisualLexicon => ({
  nouns: readStems(tables.nouns),
  verbs: readStems(tables.verbs),
  adjectives: readStems(tables.adjectives),
  times: readStems(tables.times),
});

const LEXICONS: Readonly<Record<string, VisualLexicon>> = { uk: readLexicon(UKRAINIAN), ru: readLexicon(RUSSIAN) };
const STOP_LENGTH = 3;
/** "синім" is blue and no son. */
const ADJECTIVE_ENDING = /(?:[иыі]й|[иыі]м|[иыі]х|[иыі]ми|ого|его|ому|ему|ої|ою|ая|яя|ое|ее|ые|ие|ой|ей)$/u;

export const hasVisualLexicon = (language: string): boolean => Object.hasOwn(LEXICONS, language);

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{M}'’-]+/gu) ?? [];

const withAdjective = (noun: string, adjective: string | null): string => {
  if (adjective === null || noun.includes(adjective)) return noun;
  const [article = "", ...rest] = noun.split(" ");
  if (/^(?:an?|the)$/u.test(article))
    return `${article === "the" ? "the" : /^[aeiou]/u.test(adjective) ? "an" : "a"} ${adjective} ${rest.join(" ")}`;
  return `${adjective} ${noun}`;
};

type Found = { nouns: string[]; verbs: string[]; known: number; content: number };

const look = (lexicon: VisualLexicon, text: string): Found => {
  const found: Found = { nouns: [], verbs: [], known: 0, content: 0 };
  let adjective: string | null = null;
  for (const word of wordsOf(text)) {
    const verb = matchStem(lexicon.verbs, word);
    const time = matchStem(lexicon.times, word);
    const described = matchStem(lexicon.adjectives, word);
    const noun = matchStem(lexicon.nouns, word);
    if (word.length > STOP_LENGTH) found.content += 1;
    if (word.length > STOP_LENGTH && (verb ?? time ?? described ?? noun) !== null) found.known += 1;
    if (verb !== null && word.length > STOP_LENGTH - 1) found.verbs.push(verb);
    else if (time === null && noun !== null && !(described !== null && ADJECTIVE_ENDING.test(word)))
      found.nouns.push(withAdjective(noun, adjective));
    adjective = verb === null && described !== null ? described : null;
  }
  return found;
};

/** How much of a text the visual lexicon knows, 0..1. */
export const visualCoverage = (language: string, text: string): number => {
  const lexicon = LEXICONS[language];
  if (lexicon === undefined) return 0;
  const { known, content } = look(lexicon, text);
  return content === 0 ? 0 : known / content;
};

const PERSON =
  /man|woman|girl|boy|child|mother|father|king|prince|princess|soldier|warrior|fisherman|lord|people|friends|guests|villagers|shepherd|grandmother|grandfather|brother|sister|son|daughter|sailor|captain|fellow|peasant/u;

/** Reads a scene word by word: the first person or animal, the first act, and the things around. */
export const readVisualScene = (
  language: string,
  text: string,
): { reading: SceneReading; subject: Omit<Slot, "name"> | null } => {
  const lexicon = LEXICONS[language];
  const empty: SceneReading = { actions: [], things: [], ideas: [], figures: [] };
  if (lexicon === undefined) return { reading: empty, subject: null };
  const { nouns, verbs } = look(lexicon, text);
  const unique = [...new Set(nouns)];
  const actor = unique.find((noun) => PERSON.test(noun)) ?? unique[0];
  const others = unique.filter((noun) => noun !== actor);
  const things: Thing[] = others.map((noun) => ({
    words: noun.replace(/^(?:an?|the) /u, ""),
    introduced: noun,
    lemma: noun.split(" ").at(-1) ?? noun,
    isPerson: PERSON.test(noun),
    weight: noun.split(" ").length,
  }));
  if (actor === undefined) return { reading: { ...empty, things }, subject: null };
  const scene = others.slice(0, 2).join(" and ");
  const told = [actor, verbs[0] ?? ""].filter((part) => part !== "").join(" ");
  return {
    reading: { ...empty, things },
    subject: { value: scene === "" ? told : `${told}, with ${scene}`, origin: "text" },
  };
};
