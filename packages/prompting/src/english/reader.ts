import model from "wink-eng-lite-web-model";
import winkNLP, { type WinkMethods } from "wink-nlp";

import { ARCHAIC_WORDS } from "../lexicons/verbs.data.ts";
import { repairTags } from "./tags.ts";
import { verbForm } from "./verbs.ts";
import { isFirstName, words } from "./words.ts";

export type Token = {
  /** As written. */
  text: string;
  lower: string;
  /** Universal part of speech: NOUN, PROPN, VERB, AUX ... */
  tag: string;
};

/** Reads a sentence into tagged words. */
export type Reader = (sentence: string) => Token[];

const archaic = new Map(words(ARCHAIC_WORDS).map((pair) => pair.split(":") as [old: string, modern: string]));

const NEGATED: Readonly<Record<string, string>> = { can: "can", won: "will", shan: "shall" };

const sameCase = (model: string, word: string): string =>
  /^\p{Lu}/u.test(model) ? `${word.slice(0, 1).toUpperCase()}${word.slice(1)}` : word;

/** Old spellings made modern, so that the tagger knows them: "thy light's flame", "tatter'd", "feed'st". */
export const modernise = (text: string): string =>
  text
    .replaceAll(/,? whose name (?:was|is) (?=\p{Lu})(\p{L}+),?/gu, " named $1")
    .replaceAll(/\b((?:an?|the) \p{Ll}+), of (?=\p{Ll})/gu, "$1 of ")
    .replaceAll(/\b(thou(?: that)?) art\b/giu, "$1 are")
    .replaceAll(/[\p{L}']+/gu, (word) => {
      const modern = archaic.get(word.toLowerCase());
      return modern === undefined ? word : sameCase(word, modern.replace("-", " "));
    })
    .replaceAll(/\b(can|won|shan)'t\b/giu, (_, stem: string) => `${NEGATED[stem.toLowerCase()] ?? stem} not`)
    .replaceAll(/(\p{L}+)n't\b/gu, "$1 not")
    .replaceAll(/\b(I)'m\b/giu, "$1 am")
    .replaceAll(/\b(you|we|they)'re\b/giu, "$1 are")
    .replaceAll(/\b(I|you|we|they)'ve\b/giu, "$1 have")
    .replaceAll(/\b(I|you|he|she|it|we|they)'ll\b/giu, "$1 will")
    .replaceAll(
      /\b(it|he|she|that|there|here|what|who|where)'s\b(?: +(\p{L}+))?/giu,
      (_, word: string, next?: string) => {
        const isPerfect =
          next !== undefined && (next === "been" || next === "had" || verbForm(next)?.form === "participle");
        return `${word} ${isPerfect ? "has" : "is"}${next === undefined ? "" : ` ${next}`}`;
      },
    )
    .replaceAll(/\b(I|you|he|she|we|they)'d\b/giu, "$1 had")
    .replaceAll(/(\p{Ll}{3,})'d\b/gu, (whole, stem: string) => {
      if (/^(?:they|that|there|what|who|she|you)$/u.test(stem)) return whole;
      return stem.endsWith("e") ? `${stem}d` : `${stem}ed`;
    })
    .replaceAll(/(\p{L}{3,})'st\b/gu, (_, stem: string) => (verbForm(stem.toLowerCase()) === null ? `${stem}e` : stem))
    .replaceAll(/\b(\p{Ll}{3,}?)iest\b(?= thy| thine| your)/gu, "$1y");

const mergeHyphens = (tokens: readonly Token[], spaces: readonly string[]): Token[] => {
  const merged: Token[] = [];
  let glue = false;
  tokens.forEach((token, index) => {
    const last = merged.at(-1);
    const touches = spaces[index] === "";
    if (last !== undefined && touches && (glue || (token.text === "-" && /\p{L}$/u.test(last.text)))) {
      merged[merged.length - 1] = { ...token, text: last.text + token.text, lower: last.lower + token.lower };
      if (token.text === "-") merged[merged.length - 1]!.tag = last.tag;
    } else merged.push(token);
    glue = glue ? touches && token.text === "-" : touches && token.text === "-" && merged.at(-1)?.text !== "-";
  });
  return merged;
};

let loaded: WinkMethods | undefined;
/** One for the process: the model's own state doubles each time that it is opened, until no string holds it. */
const openTagger = (): WinkMethods => (loaded ??= winkNLP(model, ["sbd", "pos"]));

/**
 * The English reader: wink's tagger with our repairs. Loading the model takes 0.1 s and 60 MB, so it happens on the
 * first call and not on import.
 */
export const createReader = (): Reader => {
  const tagsAlone = new Map<string, string>();
  /** How the tagger reads a word without its capital; null for a word that it has never met. */
  const tagAlone = (tagger: WinkMethods, word: string): string | null => {
    const known = tagsAlone.get(word);
    if (known !== undefined) return known === "" ? null : known;
    const doc = tagger.readDoc(word);
    // Typed as a union of its overloads, as below.
    const tag = doc.isOOV(word) ? "" : ((doc.tokens().out(tagger.its.pos) as string[])[0] ?? "");
    tagsAlone.set(word, tag);
    return tag === "" ? null : tag;
  };
  /** The capital at a sentence's start makes adjectives look like names: "Cold air poured in". */
  const withoutCapital = (tagger: WinkMethods, list: Token[]): Token[] =>
    list.map((token, index) => {
      const opens = index === 0 || list[index - 1]?.tag === "PUNCT";
      if (!opens || token.tag !== "PROPN" || list[index + 1]?.tag === "PROPN" || isFirstName(token.lower)) return token;
      const tag = tagAlone(tagger, token.lower);
      return tag === "ADJ" || tag === "ADV" || tag === "DET" ? { ...token, text: token.lower, tag } : token;
    });
  return (sentence) => {
    const nlp = openTagger();
    const tokens = nlp.readDoc(modernise(sentence)).tokens();
    // `out(its.x)` is typed as a union of its overloads; with these two helpers it is a list of strings.
    // "the rising sun." is no Sunday.
    const texts = tokens.out<string>(nlp.its.value).map((text) => text.replace(/(?<=^\p{Ll}{2,})\.$/u, ""));
    const tags = tokens.out(nlp.its.pos) as string[];
    const spaces = tokens.out<string>(nlp.its.precedingSpaces);
    const list = texts.map((text, index) => ({ text, lower: text.toLowerCase(), tag: tags[index] ?? "X" }));
    return repairTags(withoutCapital(nlp, mergeHyphens(list, spaces)));
  };
};
