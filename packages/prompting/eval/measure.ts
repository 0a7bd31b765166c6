import { TaskOptions } from "@phonoscene/contracts";

import { lintContent, lintSlot } from "../src/look/lint.ts";
import type { PromptDraft, PromptEngine, Storyboard } from "../src/port.ts";
import { writeStoryboard } from "../src/storyboard.ts";
import { type Content, type ContentReader, promptText } from "./content.ts";
import { mean, measurePair, measureSet, type PairMetrics, type SetMetrics } from "./metrics.ts";
import type { Text } from "./texts.ts";
import type { WordNet } from "./wordnet.ts";

export type Tools = { engine: PromptEngine; wordNet: WordNet; readContent: ContentReader };

export type Measured = {
  text: Text;
  board: Storyboard;
  pairs: PairMetrics[];
  /** Each scene against the prompts of all other scenes of its text: what chance gives. */
  shuffled: PairMetrics[];
  set: SetMetrics;
  /** Shares of the prompts: every slot filled and in the string; faulty to the linter. */
  slots: number;
  validity: number;
  isSame: boolean;
  otherSeedDiffers: number;
};

const TARGET = "midjourney";

export const writeBoard = (
  engine: PromptEngine,
  text: Pick<Text, "text" | "language">,
  seed = 0,
): Promise<Storyboard> =>
  writeStoryboard(engine, {
    source: { kind: "text", text: text.text },
    language: text.language,
    options: TaskOptions.parse({ seed, target: TARGET }),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });

const isFilled = ({ content, slots }: PromptDraft): boolean =>
  slots.every(({ value }) => value !== "" && content.includes(value));

const isFaulty = ({ content, slots }: PromptDraft): boolean =>
  lintContent(TARGET, content, slots).length + slots.flatMap(lintSlot).length > 0;

const share = <T>(items: readonly T[], is: (item: T, index: number) => boolean): number =>
  items.length === 0 ? Number.NaN : items.filter(is).length / items.length;

const shuffle = (wordNet: WordNet, scenes: readonly Content[], prompts: readonly Content[]): PairMetrics[] =>
  scenes.flatMap((scene, index) =>
    prompts.filter((_, other) => other !== index).map((prompt) => measurePair(wordNet, { scene, prompt })),
  );

/** Writes one text's storyboard, twice with the same seed and once with another, and measures it. */
export const measureText = async ({ engine, wordNet, readContent }: Tools, text: Text): Promise<Measured> => {
  const board = await writeBoard(engine, text);
  const [again, other] = [await writeBoard(engine, text), await writeBoard(engine, text, 1)];
  const { prompts: written } = board;
  const scenes = written.map(({ excerpt }) => readContent(excerpt));
  const prompts = written.map((prompt) => readContent(promptText(prompt)));
  const pairs = scenes.map((scene, index) =>
    measurePair(wordNet, { scene, prompt: prompts[index] ?? readContent("") }),
  );
  return {
    text,
    board,
    // Nouns of an English prompt are not to be found in a text of another language.
    pairs: text.language === "en" ? pairs : [],
    shuffled: text.language === "en" ? shuffle(wordNet, scenes, prompts) : [],
    set: measureSet(written),
    slots: share(written, isFilled),
    validity: share(written, isFaulty),
    isSame: JSON.stringify(board) === JSON.stringify(again),
    otherSeedDiffers: share(written, ({ content }, index) => content !== other.prompts[index]?.content),
  };
};

export type Figures = Record<keyof PairMetrics, { own: number; shuffled: number }> &
  SetMetrics & { scenes: number; slots: number; validity: number; determinism: number; otherSeedDiffers: number };

const PAIR_KEYS = ["coverage", "faithfulness", "anchoring", "action"] as const;

/** The figures of several texts: means over scenes for what a scene has, over texts for what a set has, the worst for limits. */
export const summarise = (measured: readonly Measured[]): Figures => {
  const over = (key: (text: Measured) => number): number =>
    mean(measured.map(key).filter((value) => !Number.isNaN(value)));
  const pairs = Object.fromEntries(
    PAIR_KEYS.map((key) => [
      key,
      {
        own: mean(measured.flatMap((text) => text.pairs.map((pair) => pair[key]))),
        shuffled: mean(measured.flatMap((text) => text.shuffled.map((pair) => pair[key]))),
      },
    ]),
    // `fromEntries` forgets the keys.
  ) as Record<(typeof PAIR_KEYS)[number], { own: number; shuffled: number }>;
  return {
    ...pairs,
    scenes: measured.reduce((sum, { board }) => sum + board.prompts.length, 0),
    distinct2: over(({ set }) => set.distinct2),
    jaccardMean: over(({ set }) => set.jaccardMean),
    jaccardMax: Math.max(...measured.map(({ set }) => set.jaccardMax).filter((value) => !Number.isNaN(value))),
    style: over(({ set }) => set.style),
    copying: over(({ set }) => set.copying),
    slots: over(({ slots }) => slots),
    validity: over(({ validity }) => validity),
    determinism: over(({ isSame }) => Number(isSame)),
    otherSeedDiffers: over(({ otherSeedDiffers }) => otherSeedDiffers),
  };
};
