import type { Segment, Slot } from "@phonoscene/contracts";

import { injectBible } from "./bible/inject.ts";
import { readBible, toStyleSet } from "./bible/read.ts";
import { varySlots } from "./bible/vary.ts";
import { readFormula } from "./look/formula.ts";
import { withSavedStyle } from "./look/style.ts";
import type { PromptEngine, Rewrite, RewriteRequest, SceneDraft, SlotResult } from "./port.ts";
import { writeWords } from "./prompt.ts";
import { draftScenes } from "./scenes/draft.ts";
import { addUsage, distinctWarnings } from "./sum.ts";
import { type Unit, unitsOfSegments } from "./text/units.ts";

/** The storyboard's own scenes: options that were changed since do not cut them anew. */
const readScenes = async (
  segments: readonly Segment[],
  scenes: RewriteRequest["scenes"],
  language: string,
): Promise<SceneDraft[]> => {
  const units = new Map((await unitsOfSegments(segments)).map((unit) => [unit.segment.id, unit]));
  const groups = scenes.map(({ segmentIds }) => segmentIds.flatMap((id): Unit | Unit[] => units.get(id) ?? []));
  return draftScenes(groups, language);
};

type Round = { variant: number; sceneIndexes: Set<number> };

/** Scenes that are asked for more than once are written once for each variant. */
const roundsOf = (wanted: RewriteRequest["wanted"]): Round[] => {
  const rounds = new Map<number, Set<number>>();
  for (const { sceneIndex, variant } of wanted)
    rounds.set(variant, (rounds.get(variant) ?? new Set<number>()).add(sceneIndex));
  return [...rounds].map(([variant, sceneIndexes]) => ({ variant, sceneIndexes }));
};

const MAX_SEED = 4_294_967_295;

/**
 * Writes prompts of a finished storyboard again: its scenes, its bible and its look stay; a variant of a scene differs
 * in framing and light, and a language model writes it from another seed.
 * @throws as `writeStoryboard`.
 */
export const rewritePrompts = async (engine: PromptEngine, asked: RewriteRequest): Promise<Rewrite> => {
  const request = {
    ...asked,
    source: { kind: "segments" as const, segments: asked.segments },
    options: withSavedStyle(asked.options, asked.savedStyle ?? null),
  };
  const { options, language, bible: stored = null, signal, wanted } = request;
  const scenes = await readScenes(request.segments, request.scenes, language);
  const fresh = stored === null ? await readBible(engine, request, { scenes, language }) : null;
  const { entities, style } = fresh ?? stored ?? { entities: [], style: null };
  if (style === null) throw new Error("a bible is either stored or read");
  const rounds = roundsOf(wanted);
  const written = new Map<number, SlotResult>();
  for (const [at, { variant, sceneIndexes }] of rounds.entries()) {
    const result = await engine.writeSlots({
      scenes,
      wanted: sceneIndexes,
      bible: entities,
      formula: readFormula(options),
      style: toStyleSet(style),
      language,
      promptLanguage: options.promptLanguage,
      contentType: options.contentType,
      seed: (options.seed + variant) % MAX_SEED,
      gate: request.gate,
      onProgress: (fraction) => request.onProgress((at + fraction) / rounds.length),
      signal,
    });
    written.set(variant, result);
  }
  const results = wanted.map(({ sceneIndex, variant }) => {
    const scene = scenes[sceneIndex];
    if (scene === undefined) throw new Error(`the storyboard has no scene ${sceneIndex}`);
    const slots: Slot[] = written.get(variant)?.slots[sceneIndex] ?? [];
    return writeWords(scene, varySlots(injectBible(slots, entities), variant), options);
  });
  const calls = [...written.values()];
  return {
    prompts: results.map(({ words }) => words),
    bible: fresh && { entities, style, engine: fresh.engine },
    engine: calls.at(-1)?.engine ?? engine.name,
    usage: calls.reduce((sum, { usage }) => addUsage(sum, usage), fresh?.usage ?? null),
    warnings: distinctWarnings([
      ...(fresh?.warnings ?? []),
      ...calls.flatMap(({ warnings }) => warnings),
      ...results.flatMap(({ warnings }) => warnings),
    ]),
  };
};
