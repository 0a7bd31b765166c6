import { verbForm } from "../src/english/verbs.ts";
import type { PromptDraft } from "../src/port.ts";
import { type Content, promptText, slotValue } from "./content.ts";
import type { WordNet } from "./wordnet.ts";

/** The mean of what there is to measure; NaN where there is nothing. */
export const mean = (values: readonly (number | null)[]): number => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
};

export type Pair = { scene: Content; prompt: Content };

/** One scene's figures; null where the scene has nothing that the metric counts. */
export type PairMetrics = Record<"coverage" | "faithfulness" | "anchoring" | "action", number | null>;

const MIN_ANCHORS = 2;

const hasAction = ({ scene, prompt }: Pair): boolean =>
  prompt.words.some(({ lower }, index) => {
    const lemma = verbForm(lower)?.lemma;
    const isNounBefore = prompt.words.slice(0, index).some(({ isNoun }) => isNoun);
    // "watching" is how a prompt says "saw".
    return (
      lemma !== undefined && isNounBefore && (scene.verbs.has(lemma) || (lemma === "watch" && scene.verbs.has("see")))
    );
  });

/** How much of a scene its prompt shows, and how much of the prompt the scene says. */
export const measurePair = (wordNet: WordNet, pair: Pair): PairMetrics => {
  const { scene, prompt } = pair;
  const shown = (lemma: string, others: ReadonlySet<string>) =>
    [...others].some((other) => wordNet.isRelated(lemma, other));
  const covered = [...scene.nouns].filter((lemma) => shown(lemma, prompt.nouns)).length;
  const faithful = [...prompt.nouns].filter((lemma) => shown(lemma, scene.nouns)).length;
  return {
    coverage: scene.nouns.size === 0 ? null : covered / scene.nouns.size,
    faithfulness: prompt.nouns.size === 0 ? null : faithful / prompt.nouns.size,
    anchoring: scene.nouns.size < MIN_ANCHORS ? null : Number(covered >= MIN_ANCHORS),
    action: scene.verbs.size === 0 ? null : Number(hasAction(pair)),
  };
};

const gramsOf = (text: string, size: number): string[] => {
  const words = text.toLowerCase().match(/[\p{L}\p{N}'-]+/gu) ?? [];
  return words.slice(size - 1).map((_, index) => words.slice(index, index + size).join(" "));
};

const jaccard = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  const common = [...a].filter((word) => b.has(word)).length;
  const all = a.size + b.size - common;
  return all === 0 ? 0 : common / all;
};

const COPIED_WORDS = 5;

const copying = (prompt: PromptDraft): number | null => {
  const own = gramsOf(slotValue(prompt, "subject"), COPIED_WORDS);
  const source = new Set(gramsOf(prompt.excerpt, COPIED_WORDS));
  return own.length === 0 ? null : own.filter((gram) => source.has(gram)).length / own.length;
};

export type SetMetrics = Record<"distinct2" | "jaccardMean" | "jaccardMax" | "style" | "copying", number>;

/** What a set of prompts is like in itself: how varied, in how many looks, how much of it verbatim. */
export const measureSet = (prompts: readonly PromptDraft[]): SetMetrics => {
  const bigrams = prompts.flatMap((prompt) => gramsOf(slotValue(prompt, "subject"), 2));
  const words = prompts.map(
    (prompt) =>
      new Set(
        promptText(prompt)
          .toLowerCase()
          .match(/\p{L}{3,}/gu) ?? [],
      ),
  );
  const overlaps = words.flatMap((set, index) => words.slice(index + 1).map((other) => jaccard(set, other)));
  const looks = new Set(
    prompts.map((prompt) => ["camera", "lens", "photography", "film"].map((name) => slotValue(prompt, name)).join("|")),
  );
  return {
    distinct2: bigrams.length === 0 ? Number.NaN : new Set(bigrams).size / bigrams.length,
    jaccardMean: mean(overlaps),
    jaccardMax: overlaps.length === 0 ? Number.NaN : Math.max(...overlaps),
    style: looks.size === 1 ? 1 : 0,
    copying: mean(prompts.map(copying)),
  };
};
