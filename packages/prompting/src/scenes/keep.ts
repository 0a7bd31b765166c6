import type { Scene } from "@phonoscene/contracts";

import type { KeptPrompt, PlacedPrompt } from "../port.ts";

/** The scene that holds where the prompt's own began: by its time, or by its first segment where there are no times. */
const sceneOf = (scenes: readonly Scene[], { startMs, segmentIds }: KeptPrompt): number | null => {
  const [segment] = segmentIds;
  if (segment === undefined) return null;
  const scene =
    startMs === null
      ? scenes.find((candidate) => candidate.segmentIds.includes(segment))
      : scenes.findLast((candidate) => candidate.startMs !== null && candidate.startMs <= startMs);
  return scene?.index ?? null;
};

/** Where prompts that stay belong among new scenes; null: to none. */
export const placeKept = (scenes: readonly Scene[], kept: readonly KeptPrompt[]): Map<number | null, string[]> => {
  const byScene = new Map<number | null, string[]>();
  for (const prompt of kept) {
    const index = sceneOf(scenes, prompt);
    byScene.set(index, [...(byScene.get(index) ?? []), prompt.id]);
  }
  return byScene;
};

/** A prompt that stays takes its scene's place; those without a scene follow at the end. */
export const arrangePrompts = <Draft extends { sceneIndex: number }>(
  scenes: readonly Scene[],
  written: readonly Draft[],
  keptByScene: ReadonlyMap<number | null, readonly string[]>,
): { prompts: (Draft & { position: number })[]; kept: PlacedPrompt[] } => {
  const prompts: (Draft & { position: number })[] = [];
  const kept: PlacedPrompt[] = [];
  const nextPosition = (): number => prompts.length + kept.length;
  for (const sceneIndex of [...scenes.map(({ index }) => index), null]) {
    for (const id of keptByScene.get(sceneIndex) ?? []) kept.push({ id, sceneIndex, position: nextPosition() });
    for (const draft of written.filter((prompt) => prompt.sceneIndex === sceneIndex))
      prompts.push({ ...draft, position: nextPosition() });
  }
  return { prompts, kept };
};
