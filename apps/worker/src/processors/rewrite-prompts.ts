import { TaskOptions } from "@phonoscene/contracts";
import type { ClaimedTask, RewriteResult, RewriteScope, StoryboardState } from "@phonoscene/db";
import { type PromptEngine, type RewriteRequest, rewritePrompts } from "@phonoscene/prompting";

type Wanted = { promptId: string; sceneIndex: number; variant: number };

/** A seed of its own turns every scene to another side; enough of them for none to meet a scene's own variations. */
const turnOf = (seed: number | null, own: number): number => (seed === null || seed === own ? 0 : 1 + (seed % 997));

/**
 * What to write. Prompts of one scene are told apart by their order in it: the first one is the scene as it is, each
 * other one a variant.
 */
export const wantedOf = (
  { promptIds, variationCount, seed }: RewriteScope,
  prompts: StoryboardState["prompts"],
  ownSeed: number,
): Wanted[] => {
  const named = new Set(promptIds);
  const seen = new Map<number, number>();
  const places = prompts.flatMap(({ id, sceneIndex }): Wanted[] => {
    if (sceneIndex === null) return [];
    const variant = seen.get(sceneIndex) ?? 0;
    seen.set(sceneIndex, variant + 1);
    return named.has(id) ? [{ promptId: id, sceneIndex, variant }] : [];
  });
  if (variationCount === null) {
    const turn = turnOf(seed, ownSeed);
    return places.map((place) => ({ ...place, variant: place.variant + turn }));
  }
  return places.flatMap(({ promptId, sceneIndex }) =>
    Array.from({ length: variationCount }, (_value, more) => ({
      promptId,
      sceneIndex,
      variant: (seen.get(sceneIndex) ?? 1) + more,
    })),
  );
};

/** For this run, with the words that it was asked with. */
const optionsOf = (task: ClaimedTask, { seed, instruction }: RewriteScope): TaskOptions => {
  const options = TaskOptions.parse(task.options);
  const guidance = [options.instruction, instruction].filter((words) => words !== null).join("\n");
  return { ...options, seed: seed ?? options.seed, instruction: guidance === "" ? null : guidance };
};

type Run = Pick<RewriteRequest, "gate" | "onProgress" | "signal">;

/** Writes the prompts of the task's scope again, or variations beside them. */
export const rewriteScope = async (
  engine: PromptEngine,
  { task, state, scope }: { task: ClaimedTask; state: StoryboardState; scope: RewriteScope },
  run: Run,
): Promise<RewriteResult> => {
  const { transcript } = task;
  if (transcript === null) throw new Error("a storyboard that is there has a transcript");
  const wanted = wantedOf(scope, state.prompts, TaskOptions.parse(task.options).seed);
  const { prompts, ...rewrite } = await rewritePrompts(engine, {
    segments: transcript.segments,
    scenes: state.scenes,
    language: transcript.language,
    options: optionsOf(task, scope),
    bible: state.bible,
    savedStyle: state.savedStyle,
    wanted,
    ...run,
  });
  const [first] = wanted;
  if (scope.variationCount !== null && first !== undefined) {
    return { ...rewrite, updates: [], variations: { ofId: first.promptId, prompts } };
  }
  const updates = prompts.flatMap((words, at) => {
    const id = wanted[at]?.promptId;
    return id === undefined ? [] : [{ id, ...words }];
  });
  return { ...rewrite, updates, variations: null };
};
