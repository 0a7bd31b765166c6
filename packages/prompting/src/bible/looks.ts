import type { BibleEntity } from "@phonoscene/contracts";

import { words } from "../english/words.ts";

/** A word of a prompt with its place; `bare` is in lower case and without a possessive's ending. */
export type PromptWord = { text: string; bare: string; isPossessive: boolean; start: number; end: number };

const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*['’]?/gu;
const POSSESSIVE = /['’]s?$/u;

export const promptWords = (text: string): PromptWord[] =>
  [...text.matchAll(WORD)].map(({ 0: word, index }) => ({
    text: word.replace(POSSESSIVE, ""),
    bare: word.replace(POSSESSIVE, "").toLowerCase(),
    isPossessive: POSSESSIVE.test(word),
    start: index,
    end: index + word.length,
  }));

export const ARTICLES = new Set(words("a an the"));
/** Where what a thing is ends, and where, in what or with what it is begins. */
const AFTER_NOUN = new Set(
  words(
    "in on at with without of from by under over behind beside near above below between against around wearing holding carrying sitting standing riding dressed clad covered made full and who that which whose named called to into through",
  ),
);

/** How an entity is told in a prompt. */
export type Looks = {
  entity: BibleEntity;
  /** Its name and its aliases, in words; none of them empty. */
  names: string[][];
  /** "a" or "the"; empty where the description has none. */
  article: string;
  /** Without its article: "old keeper in a blue coat". */
  bare: string;
  /** `bare` in words. */
  bareWords: string[];
  /** Of these, the ones that say something: not "in", not "a". */
  ownWords: ReadonlySet<string>;
  /** What it is, without the rest: "old keeper". */
  core: string;
  /** For a second mention: "the keeper". */
  short: string;
};

const coreOf = (bare: string): string => {
  const upToComma = bare.split(/[,;:(]/u)[0] ?? bare;
  const all = promptWords(upToComma);
  const end = all.findIndex(({ bare: word }, index) => index > 0 && AFTER_NOUN.has(word));
  const last = all.at(end === -1 ? -1 : end - 1);
  return last === undefined ? upToComma.trim() : upToComma.slice(0, last.end).trim();
};

export const FUNCTION_WORD =
  /^(?:an?|the|in|on|at|with|of|from|by|and|his|her|its|their|wearing|holding|carrying|named|called)$/u;

export const looksOf = (entity: BibleEntity): Looks => {
  const description = entity.description.trim();
  const article = /^(?:a|an|the)(?= )/iu.exec(description)?.[0].toLowerCase() ?? "";
  const bare = description.slice(article.length).trim();
  const core = coreOf(bare);
  const bareWords = promptWords(bare).map((word) => word.bare);
  const head = promptWords(core).at(-1)?.text ?? core;
  const names = [entity.name, ...entity.aliases].map((name) => promptWords(name).map(({ text }) => text));
  return {
    entity,
    names: names.filter((name) => name.length > 0),
    article,
    bare,
    bareWords,
    ownWords: new Set(bareWords.filter((word) => !FUNCTION_WORD.test(word))),
    core,
    short: article === "" ? core : `the ${head}`,
  };
};
