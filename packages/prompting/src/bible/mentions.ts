import { verbForm } from "../english/verbs.ts";
import { nounKind, words } from "../english/words.ts";
import { ARTICLES, FUNCTION_WORD, type Looks, promptWords, type PromptWord } from "./looks.ts";

/** A stretch of a prompt that means an entity, in words: `[start, end)`. */
export type Mention = {
  looks: Looks;
  start: number;
  end: number;
  /** Words of the name itself: of two mentions that overlap, the longer name counts. */
  nameLength: number;
  /** How the text says it: in the description's own words, by a name, or by a noun. */
  by: "description" | "name" | "noun";
  /** Words before the noun that the description does not have: "tired". */
  modifiers: string[];
  /** What stays in front: the description then takes no article. */
  isDetermined: boolean;
};

const OWNERS = new Set(words("his her its their my our your"));
const POINTERS = new Set(words("this that the a an"));
/** After these another one is meant, or more than one. */
const OTHERS = new Set(
  words(
    "another other no every each any some many several few both all most two three four five six seven eight nine ten dozen hundred these those",
  ),
);
const TITLES = new Set(words("mr mrs ms miss dr sir lord lady captain king queen prince princess saint st professor"));
/** Of two words of one line, only one is true of somebody. */
const CONTRARIES = [
  "old elderly aged ancient young little teenage newborn new",
  "tall short small large big huge tiny giant",
  "black white red blue green yellow grey gray brown golden silver pink purple orange dark pale",
].map((line) => new Set(words(line)));
const MAX_BEFORE = 5;
const MAX_AFTER = 12;

export type Prompt = { text: string; words: PromptWord[] };

export const readPrompt = (text: string): Prompt => ({ text, words: promptWords(text) });

const wordAt = ({ words: all }: Prompt, index: number): string => all[index]?.bare ?? "";

/** What stands between a word and the one before it. */
const gapBefore = ({ text, words: all }: Prompt, index: number): string =>
  text.slice(all[index - 1]?.end ?? 0, all[index]?.start ?? text.length);

const isAdjacent = (prompt: Prompt, index: number): boolean => /^\s+$/u.test(gapBefore(prompt, index));

const contradicts = (word: string, { ownWords }: Looks): boolean =>
  CONTRARIES.some((line) => line.has(word) && [...ownWords].some((own) => own !== word && line.has(own)));

/** "a man named Berg", "the old keeper Tomas Berg", "Captain Ahab": where the mention begins. */
const startOfName = (prompt: Prompt, at: number, { ownWords }: Looks): number => {
  if (/^(?:named|called)$/u.test(wordAt(prompt, at - 1))) {
    for (let index = at - 2; index >= Math.max(0, at - 2 - MAX_BEFORE); index -= 1) {
      if (ARTICLES.has(wordAt(prompt, index))) return index;
      if (index === 0 || !isAdjacent(prompt, index)) return index;
    }
    return at - 1;
  }
  let start = at;
  while (
    start > 0 &&
    /^\.?\s+$/u.test(gapBefore(prompt, start)) &&
    (TITLES.has(wordAt(prompt, start - 1)) || ownWords.has(wordAt(prompt, start - 1)))
  )
    start -= 1;
  return start > 0 && isAdjacent(prompt, start) && ARTICLES.has(wordAt(prompt, start - 1)) ? start - 1 : start;
};

type NounStart = Pick<Mention, "start" | "modifiers" | "isDetermined">;

const isDeterminer = (word: PromptWord | undefined): boolean =>
  word !== undefined && (POINTERS.has(word.bare) || OWNERS.has(word.bare) || word.isPossessive);

/** "tired", but not the "watching" of "a man watching boys". */
const isModifier = (prompt: Prompt, at: number): boolean =>
  verbForm(wordAt(prompt, at)) === null || isDeterminer(prompt.words[at - 1]);

/** Where "his tired old keeper" begins; null where another one is meant, or another thing ("lighthouse keeper"). */
const startOfNoun = (prompt: Prompt, at: number, looks: Looks): NounStart | null => {
  const modifiers: string[] = [];
  let start = at;
  while (start > 0 && at - start < MAX_BEFORE && isAdjacent(prompt, start)) {
    const before = prompt.words[start - 1];
    const word = before?.bare ?? "";
    if (OTHERS.has(word) || /^\d/u.test(word)) return null;
    if (POINTERS.has(word)) return { start: start - 1, modifiers, isDetermined: false };
    if (OWNERS.has(word) || before?.isPossessive === true) return { start, modifiers, isDetermined: true };
    if (!looks.ownWords.has(word)) {
      if (FUNCTION_WORD.test(word) || !isModifier(prompt, start - 1)) break;
      if (nounKind(word) !== null || contradicts(word, looks)) return null;
      modifiers.unshift(word);
    }
    start -= 1;
  }
  // Without a determiner a word in front may be anything: it stays where it is.
  return { start: start + modifiers.length, modifiers: [], isDetermined: modifiers.length > 0 };
};

/** Where what the description says too ends: "..., an old keeper", "in a blue coat". */
const endOfMention = (prompt: Prompt, end: number, { ownWords }: Looks): number => {
  let consumed = end;
  for (let index = end; index < Math.min(prompt.words.length, end + MAX_AFTER); index += 1) {
    const word = prompt.words[index];
    if (word === undefined || !/^,?\s+$/u.test(gapBefore(prompt, index))) break;
    if (FUNCTION_WORD.test(word.bare)) continue;
    if (!ownWords.has(word.bare)) break;
    if (!word.isPossessive) consumed = index + 1;
  }
  return consumed;
};

/** Names are told by their capitals: "Rose" is no rose. Other words may begin a sentence. */
const isNameWord = (word: string): boolean => /^\p{Lu}/u.test(word);

const startsWith = (prompt: Prompt, at: number, phrase: readonly string[]): boolean =>
  phrase.every((part, index) => {
    const word = prompt.words[at + index];
    const isLast = index === phrase.length - 1;
    if (word === undefined || (!isLast && word.isPossessive)) return false;
    return isNameWord(phrase[0] ?? "") ? word.text === part : word.bare === part.toLowerCase();
  });

const isCompound = (prompt: Prompt, end: number): boolean => {
  const next = wordAt(prompt, end);
  if (next === "" || !isAdjacent(prompt, end) || nounKind(next) === null) return false;
  return (verbForm(next)?.form ?? "base") === "base";
};

const mentionAt = (
  prompt: Prompt,
  at: number,
  { looks, name }: { looks: Looks; name: readonly string[] },
): Mention | null => {
  if (!startsWith(prompt, at, name)) return null;
  const nameEnd = at + name.length;
  const isOwner = prompt.words[nameEnd - 1]?.isPossessive === true;
  const end = isOwner ? nameEnd : endOfMention(prompt, nameEnd, looks);
  const shared = { looks, end, nameLength: name.length };
  if (isNameWord(name[0] ?? "")) {
    const start = startOfName(prompt, at, looks);
    return { ...shared, start, by: "name", modifiers: [], isDetermined: false };
  }
  if (isOwner || isCompound(prompt, nameEnd)) return null;
  const found = startOfNoun(prompt, at, looks);
  return found === null ? null : { ...shared, ...found, by: "noun" };
};

const descriptionAt = (prompt: Prompt, at: number, looks: Looks): Mention | null => {
  const { length } = looks.bareWords;
  if (length === 0 || !startsWith(prompt, at, looks.bareWords) || isCompound(prompt, at + length)) return null;
  return {
    looks,
    start: at,
    end: at + length,
    nameLength: length,
    by: "description",
    modifiers: [],
    isDetermined: true,
  };
};

const overlaps = (one: Mention, other: Mention): boolean => one.start < other.end && other.start < one.end;

const LONG_DESCRIPTION_WORDS = 3;

/** A short description ("a man") is somebody else's as well: beside a name it does not count. */
const isSure = (mention: Mention, all: readonly Mention[]): boolean =>
  mention.by !== "description" ||
  mention.nameLength >= LONG_DESCRIPTION_WORDS ||
  !all.some(({ looks, by }) => looks === mention.looks && by === "name");

/** Every mention of the entities in a prompt, in its order; no two overlap, and the fuller words win. */
export const findMentions = (prompt: Prompt, bible: readonly Looks[]): Mention[] => {
  const found = prompt.words.flatMap((_word, at) =>
    bible.flatMap((looks) => {
      const mentions = looks.names.map((name) => mentionAt(prompt, at, { looks, name }));
      return [descriptionAt(prompt, at, looks), ...mentions].filter((mention) => mention !== null);
    }),
  );
  const kept: Mention[] = [];
  const ranked = found
    .filter((mention) => isSure(mention, found))
    .toSorted((a, b) => b.nameLength - a.nameLength || a.start - b.start || b.end - a.end);
  for (const mention of ranked) if (!kept.some((other) => overlaps(mention, other))) kept.push(mention);
  return kept.toSorted((a, b) => a.start - b.start);
};
