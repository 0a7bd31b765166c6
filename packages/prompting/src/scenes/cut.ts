import { MAX_PROMPTS, type TaskOptions, type Warning } from "@phonoscene/contracts";
import { SECOND } from "@phonoscene/kernel";

import { CONTENT_LOOKS } from "../lexicons/content-types.data.ts";
import type { Unit } from "../text/units.ts";
import { cutByClock, durationMs, readingMs } from "./clock.ts";
import { defaultSceneCount, segmentUnits } from "./segment.ts";

type Cut = { groups: Unit[][]; warnings: Warning[] };

const isSilent = (units: readonly Unit[]): boolean => units.every(({ text }) => text === "");

/** Segments without words ride along with a neighbour, so that every id is in exactly one scene. */
const joinSilent = (groups: readonly Unit[][]): Unit[][] => {
  const merged: Unit[][] = [];
  let silent: Unit[] = [];
  for (const group of groups) {
    if (isSilent(group)) {
      if (merged.length === 0) silent = [...silent, ...group];
      else merged.at(-1)!.push(...group);
    } else {
      merged.push([...silent, ...group]);
      silent = [];
    }
  }
  return merged;
};

type Lengths = Pick<TaskOptions, "count" | "secondsPerScene" | "contentType">;

const byCount = (units: readonly Unit[], { count: asked, contentType }: Lengths): Cut => {
  const scale = contentType === null ? 1 : CONTENT_LOOKS[contentType].sceneScale;
  const spoken = units.filter(({ text }) => text !== "");
  const count = Math.min(asked ?? defaultSceneCount(spoken, scale), spoken.length);
  const groups = joinSilent(segmentUnits(units, count));
  if (asked === null || asked <= spoken.length) return { groups, warnings: [] };
  const message = `${asked} prompts were asked for, but the text has only ${spoken.length} sentences or lines: there is one prompt for each. Ask for fewer, or send a longer text.`;
  return { groups, warnings: [{ code: "count_reduced", message }] };
};

const byLength = (units: readonly Unit[], secondsPerScene: number): Cut => {
  const totalMs = durationMs(units) ?? readingMs(units);
  const asked = Math.max(1, Math.round(totalMs / (secondsPerScene * SECOND)));
  const sceneMs = asked > MAX_PROMPTS ? totalMs / MAX_PROMPTS : secondsPerScene * SECOND;
  const groups = joinSilent(cutByClock(units, sceneMs));
  if (groups.length >= asked) return { groups, warnings: [] };
  const why =
    asked > MAX_PROMPTS
      ? `a task has at most ${MAX_PROMPTS}`
      : "no sentence is cut in two, and a silence is no scene of its own";
  const message = `A scene for each ${secondsPerScene} s would make ${asked} prompts; there are ${groups.length}, because ${why}. Ask for longer scenes to have them even.`;
  return { groups, warnings: [{ code: "count_reduced", message }] };
};

/** The units of each scene, in order: by number of scenes, by their length, or as the text's length and kind suggest. */
export const cutScenes = (units: readonly Unit[], lengths: Lengths): Cut =>
  lengths.secondsPerScene === null ? byCount(units, lengths) : byLength(units, lengths.secondsPerScene);
