import type { Token } from "../../packages/prompting/src/english/reader.ts";
import { createReader } from "../../packages/prompting/src/english/reader.ts";
import { verbForm } from "../../packages/prompting/src/english/verbs.ts";
import { isConcrete, singular } from "../../packages/prompting/src/english/words.ts";
import { MOODS, NEUTRAL_MOOD } from "../../packages/prompting/src/lexicons/moods.data.ts";
import type { PromptDraft } from "../../packages/prompting/src/port.ts";

/** Lists of words that mean nearly the same; a small stand-in for WordNet's synonyms and hypernyms. */
const RELATED =
  "boat ship vessel|sea ocean water wave|man fisherman keeper gentleman sailor person|woman lady girl person|child kid boy girl|house home cottage hut|road street path way|wood forest tree|stone rock|lamp lantern light|bird gull raven crow|shore beach coast|storm wind|coat jacket cloak|book page volume bible|letter type|field meadow|hill mountain|fire flame ember|river stream water|people person crowd neighbour|horse mule donkey|dough bread roll flour"
    .split("|")
    .map((list) => new Set(list.split(" ")));

const atmosphere = new Set([...Object.values(MOODS), NEUTRAL_MOOD].flatMap(({ keywords }) => keywords));

const read = createReader();

/** `nouns` are those the engine itself holds for things; `allNouns` knows nothing of its lexicon. */
export type Content = { text: string; nouns: Set<string>; allNouns: Set<string>; tokens: Token[] };

const contentOf = (text: string): Content => {
  const tokens = read(text);
  const nouns = tokens.filter(({ tag }) => tag === "NOUN").map(({ lower }) => lower);
  const concrete = nouns.filter((noun) => isConcrete(noun)).map((noun) => singular(noun));
  return { text, nouns: new Set(concrete), allNouns: new Set(nouns.map((noun) => singular(noun))), tokens };
};

const slotValue = (prompt: PromptDraft, name: string): string =>
  prompt.slots.find((slot) => slot.name === name)?.value ?? "";

/** Subject and keywords, without the words of mood that come from a list. */
export const promptContent = (prompt: PromptDraft): Content => {
  const keywords = slotValue(prompt, "keywords")
    .split(", ")
    .filter((word) => !atmosphere.has(word));
  return contentOf([slotValue(prompt, "subject"), ...keywords].join(", "));
};

export const sceneContent = (prompt: PromptDraft): Content => contentOf(prompt.excerpt);

const isRelated = (word: string, others: ReadonlySet<string>): boolean =>
  others.has(word) || RELATED.some((set) => set.has(word) && [...others].some((other) => set.has(other)));

const share = (words: ReadonlySet<string>, others: ReadonlySet<string>): number | null =>
  words.size === 0 ? null : [...words].filter((word) => isRelated(word, others)).length / words.size;

const mean = (values: readonly (number | null)[]): number => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
};

const verbsOf = (tokens: readonly Token[]): Set<string> =>
  new Set(tokens.flatMap(({ tag, lower }) => (tag === "VERB" ? [verbForm(lower)?.lemma ?? lower] : [])));

const hasAction = (scene: Content, prompt: Content): boolean => {
  const verbs = verbsOf(scene.tokens);
  return prompt.tokens.some(({ lower }, index) => {
    const lemma = verbForm(lower)?.lemma;
    const isNounBefore = prompt.tokens.slice(0, index).some(({ tag }) => tag === "NOUN" || tag === "PROPN");
    // "watching" is how a prompt says "saw".
    return lemma !== undefined && isNounBefore && (verbs.has(lemma) || (lemma === "watch" && verbs.has("see")));
  });
};

const grams = (text: string, size: number): string[] => {
  const words = text.toLowerCase().match(/[\p{L}\p{N}'-]+/gu) ?? [];
  return words
    .slice(0, Math.max(0, words.length - size + 1))
    .map((_, index) => words.slice(index, index + size).join(" "));
};

const jaccard = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  const common = [...a].filter((word) => b.has(word)).length;
  const all = a.size + b.size - common;
  return all === 0 ? 0 : common / all;
};

/** Faithfulness to the scenes, one figure a metric. */
export const pairMetrics = (scenes: readonly Content[], prompts: readonly Content[]) => {
  const pairs = scenes.map((scene, index) => ({ scene, prompt: prompts[index] ?? contentOf("") }));
  const enough = pairs.filter(({ scene }) => scene.nouns.size >= 2);
  return {
    coverage: mean(pairs.map(({ scene, prompt }) => share(scene.nouns, prompt.nouns))),
    coverageOfAllNouns: mean(pairs.map(({ scene, prompt }) => share(scene.allNouns, prompt.allNouns))),
    faithfulness: mean(pairs.map(({ scene, prompt }) => share(prompt.nouns, scene.nouns))),
    anchoring: mean(
      enough.map(({ scene, prompt }) =>
        Number([...scene.nouns].filter((noun) => isRelated(noun, prompt.nouns)).length >= 2),
      ),
    ),
    action: mean(
      pairs
        .filter(({ scene }) => verbsOf(scene.tokens).size > 0)
        .map(({ scene, prompt }) => Number(hasAction(scene, prompt))),
    ),
  };
};

/** What a set is like in itself. */
export const setMetrics = (prompts: readonly PromptDraft[]) => {
  const subjects = prompts.map((prompt) => slotValue(prompt, "subject"));
  const bigrams = subjects.flatMap((subject) => grams(subject, 2));
  const sets = prompts.map(
    (prompt) =>
      new Set(
        promptContent(prompt)
          .text.toLowerCase()
          .match(/\p{L}{3,}/gu) ?? [],
      ),
  );
  const overlaps = sets.flatMap((set, index) => sets.slice(index + 1).map((other) => jaccard(set, other)));
  const copied = prompts.map((prompt, index) => {
    const own = grams(subjects[index] ?? "", 5);
    const source = new Set(grams(prompt.excerpt, 5));
    return own.length === 0 ? null : own.filter((gram) => source.has(gram)).length / own.length;
  });
  const looks = new Set(
    prompts.map((prompt) => ["camera", "lens", "photography", "film"].map((name) => slotValue(prompt, name)).join("|")),
  );
  return {
    distinct2: new Set(bigrams).size / Math.max(1, bigrams.length),
    jaccardMean: overlaps.length === 0 ? 0 : mean(overlaps),
    jaccardMax: Math.max(0, ...overlaps),
    style: looks.size === 1 ? 1 : 0,
    copying: mean(copied),
  };
};
