import type { SceneDraft } from "../port.ts";

/** How much one call may hold. */
export type WindowLimits = { characters: number; scenes: number };

/** A scene with its place in the request, which is its number in the conversation with the model. */
export type NumberedScene = { number: number; scene: SceneDraft };

/** About 2,000 tokens in and 1,500 out: quick enough for a model that thinks, small enough for a local server. */
export const DEFAULT_LIMITS: WindowLimits = { characters: 6000, scenes: 8 };

/** The words of a scene, whole: a window never cuts into one. */
export const sceneText = (scene: SceneDraft): string =>
  scene.sentences.length === 0 ? scene.excerpt : scene.sentences.join(" ");

/** The next scenes, in order, that fit in one call; at least one, so a scene over the limit goes alone and whole. */
export const takeWindow = (scenes: SceneDraft[], start: number, limits: WindowLimits): NumberedScene[] => {
  const window: NumberedScene[] = [];
  let characters = 0;
  for (const [offset, scene] of scenes.slice(start, start + limits.scenes).entries()) {
    characters += sceneText(scene).length;
    if (window.length > 0 && characters > limits.characters) break;
    window.push({ number: start + offset, scene });
  }
  return window;
};
