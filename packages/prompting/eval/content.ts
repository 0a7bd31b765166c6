import model from "wink-eng-lite-web-model";
import winkNLP from "wink-nlp";

import { verbForm } from "../src/english/verbs.ts";
import { MOODS, NEUTRAL_MOOD } from "../src/lexicons/moods.data.ts";
import type { PromptDraft } from "../src/port.ts";
import type { WordNet } from "./wordnet.ts";

/** What a scene or a prompt is about, read by the bare tagger: none of the engine's repairs or noun lists take part. */
export type Content = {
  text: string;
  /** Lemmas of the nouns that can be seen. */
  nouns: Set<string>;
  verbs: Set<string>;
  words: { lower: string; isNoun: boolean }[];
};

export type ContentReader = (text: string) => Content;

export const createContentReader = (wordNet: WordNet): ContentReader => {
  const nlp = winkNLP(model, ["sbd", "pos"]);
  // Typed as one for documents; a token's gets the same arguments.
  const lemma = nlp.its.lemma as unknown as typeof nlp.its.value;
  return (text) => {
    const tokens = nlp.readDoc(text).tokens();
    const texts = tokens.out<string>(nlp.its.value);
    // `out(its.x)` is typed as a union of its overloads; with these helpers it is a list of strings.
    const tags = tokens.out(nlp.its.pos) as string[];
    const lemmas = tokens.out<string>(lemma);
    const read = texts.map((value, index) => ({
      lower: value.toLowerCase(),
      tag: tags[index] ?? "X",
      lemma: lemmas[index] ?? value.toLowerCase(),
    }));
    const nouns = read.filter(({ tag }) => tag === "NOUN").map(({ lemma }) => lemma);
    return {
      text,
      nouns: new Set(nouns.filter((lemma) => wordNet.isConcrete(lemma))),
      verbs: new Set(
        read.flatMap(({ tag, lower, lemma }) => (tag === "VERB" ? [verbForm(lower)?.lemma ?? lemma] : [])),
      ),
      words: read.map(({ lower, tag }) => ({ lower, isNoun: tag === "NOUN" || tag === "PROPN" })),
    };
  };
};

const atmosphere = new Set([...Object.values(MOODS), NEUTRAL_MOOD].flatMap(({ keywords }) => keywords));

export const slotValue = (prompt: Pick<PromptDraft, "slots">, name: string): string =>
  prompt.slots.find((slot) => slot.name === name)?.value ?? "";

/** Subject and keywords without the words of mood, which belong to the style. */
export const promptText = (prompt: Pick<PromptDraft, "slots">): string => {
  const keywords = slotValue(prompt, "keywords")
    .split(", ")
    .filter((word) => word !== "" && !atmosphere.has(word));
  return [slotValue(prompt, "subject"), ...keywords].join(", ");
};

/** What the engine wrote about the scene, as the ratings keep it. */
export const promptWords = (prompt: Pick<PromptDraft, "slots">): string =>
  `${slotValue(prompt, "subject")} | ${slotValue(prompt, "keywords")}`;
