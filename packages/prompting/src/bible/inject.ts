import type { BibleEntity, Slot } from "@phonoscene/contracts";

import { articleFor } from "../english/words.ts";
import { cleanValue } from "../look/clean.ts";
import { type Looks, looksOf } from "./looks.ts";
import { findMentions, type Mention, type Prompt, readPrompt } from "./mentions.ts";

const joinWords = (parts: readonly string[]): string => parts.filter((part) => part !== "").join(" ");

/** "an old keeper in a blue coat", "a tired old keeper ...", and behind "his" without an article. */
const tellInFull = ({ looks, modifiers, isDetermined }: Mention): string => {
  if (isDetermined) return joinWords([...modifiers, looks.bare]);
  if (modifiers.length === 0) return looks.entity.description.trim();
  const article = looks.article === "" || looks.article === "the" ? looks.article : articleFor(modifiers.join(" "));
  return joinWords([article, ...modifiers, looks.bare]);
};

const possessiveOf = (phrase: string): string => (phrase.endsWith("s") ? `${phrase}'` : `${phrase}'s`);

const MAX_OWNER_WORDS = 4;

/** "an old keeper's"; of a long description only "the keeper's", since "an old keeper in a blue coat's" is nobody's. */
const tellAsOwner = ({ entity, core, bare, short }: Looks, isFirst: boolean): string => {
  const isBrief = core === bare && bare.split(" ").length < MAX_OWNER_WORDS;
  return possessiveOf(isFirst && isBrief ? entity.description.trim() : short);
};

const capitalised = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

const isSentenceStart = ({ text }: Prompt, at: number): boolean =>
  /[.!?]\s+$/u.test(text.slice(0, at)) || (at === 0 && /[.!?]$/u.test(text) && /^\p{Lu}/u.test(text));

type Change = { start: number; end: number; words: string };

const changeOf = (prompt: Prompt, mention: Mention, phrase: string): Change => {
  const start = prompt.words[mention.start]?.start ?? 0;
  let end = prompt.words[mention.end - 1]?.end ?? start;
  // "Tomas, an old keeper, climbing": the comma behind went with the one in front.
  const isApposed = prompt.text.slice(start, end).includes(",") && prompt.text.startsWith(",", end);
  if (isApposed) end += 1;
  return { start, end, words: isSentenceStart(prompt, start) ? capitalised(phrase) : phrase };
};

const apply = (text: string, changes: readonly Change[]): string =>
  changes
    .toSorted((a, b) => b.start - a.start)
    .reduce((current, { start, end, words }) => current.slice(0, start) + words + current.slice(end), text);

/** In the subject: the first mention in full, and names that come again as "the keeper". */
const injectSubject = (text: string, bible: readonly Looks[]): string => {
  const prompt = readPrompt(text);
  const told = new Set<Looks>();
  const changes = findMentions(prompt, bible).flatMap((mention): Change[] => {
    const { looks, by } = mention;
    const isFirst = !told.has(looks);
    const isOwner = prompt.words[mention.end - 1]?.isPossessive === true;
    if (by === "name" && isOwner) return [changeOf(prompt, mention, tellAsOwner(looks, isFirst))];
    told.add(looks);
    if (by === "description" || (by === "noun" && !isFirst)) return [];
    return [changeOf(prompt, mention, isFirst ? tellInFull(mention) : looks.short)];
  });
  return apply(text, changes);
};

/** Elsewhere names alone are replaced, by what the entity is: "old keeper". */
const replaceNames = (text: string, bible: readonly Looks[]): string => {
  const prompt = readPrompt(text);
  const changes = findMentions(prompt, bible)
    .filter(({ by }) => by === "name")
    .map((mention) => {
      const isOwner = prompt.words[mention.end - 1]?.isPossessive === true;
      return changeOf(prompt, mention, isOwner ? possessiveOf(mention.looks.core) : mention.looks.core);
    });
  return apply(text, changes);
};

const distinctItems = (list: string): string => [...new Set(list.split(",").map((item) => item.trim()))].join(", ");

/**
 * Makes a prompt show what the bible says: the first mention of an entity in the subject carries its description, the
 * same words in every prompt, and a name that a generator does not know is nowhere. Whichever engine wrote the slots.
 * Doing it again changes nothing.
 */
export const injectBible = (slots: readonly Slot[], entities: readonly BibleEntity[]): Slot[] => {
  const bible = entities.map((entity) => looksOf({ ...entity, description: cleanValue(entity.description) }));
  const usable = bible.filter(({ bare }) => bare !== "");
  return slots.map((slot) => {
    if (slot.origin === "style" || usable.length === 0) return slot;
    if (slot.name === "subject") return { ...slot, value: injectSubject(slot.value, usable) };
    const value = replaceNames(slot.value, usable);
    return value === slot.value ? slot : { ...slot, value: distinctItems(value) };
  });
};
