import { SECOND } from "@phonoscene/kernel";

import { wordCount } from "../text/normalise.ts";
import type { Unit } from "../text/units.ts";

/** A scene of the usual length, where nobody says: so long on the audio's clock, so many words of text. */
export const SCENE_DURATION_MS = 10 * SECOND;
export const WORDS_PER_SCENE = 28;
/** 168 words a minute: a text's scenes are as long as those of its reading aloud. */
const MS_PER_WORD = SCENE_DURATION_MS / WORDS_PER_SCENE;

/** From the first start to the last end, on the audio's clock; null where there are no times. */
export const durationMs = (units: readonly Unit[]): number | null => {
  const start = units[0]?.segment.startMs ?? null;
  const end = units.at(-1)?.segment.endMs ?? null;
  return start === null || end === null || end <= start ? null : end - start;
};

/** How long it takes to read the units aloud. */
export const readingMs = (units: readonly Unit[]): number =>
  units.reduce((sum, { text }) => sum + wordCount(text), 0) * MS_PER_WORD;

/** When each unit begins, from the beginning of the first: on the audio's clock, else by reading time. Never goes back. */
const startsOf = (units: readonly Unit[]): number[] => {
  const originMs = durationMs(units) === null ? null : (units[0]?.segment.startMs ?? null);
  let read = 0;
  let latest = 0;
  return units.map(({ segment, text }) => {
    const at = originMs === null ? read : (segment.startMs ?? originMs + latest) - originMs;
    read += wordCount(text) * MS_PER_WORD;
    latest = Math.max(latest, at);
    return latest;
  });
};

/**
 * Cuts the units so that the nth scene begins with the unit whose start is nearest to n times `sceneMs`: scenes keep to
 * the clock instead of drifting, and each begins within half a unit of its time. The last takes the rest, half a scene to
 * one and a half. Units are never cut, so one longer than a scene makes a scene of its own.
 */
export const cutByClock = (units: readonly Unit[], sceneMs: number): Unit[][] => {
  const starts = startsOf(units);
  const totalMs = durationMs(units) ?? readingMs(units);
  const sceneCount = Math.max(1, Math.round(totalMs / sceneMs));
  const cuts = [0];
  for (let scene = 1, unit = 0; scene < sceneCount; scene += 1) {
    const dueMs = scene * sceneMs;
    const distance = (index: number): number => Math.abs((starts[index] ?? Number.POSITIVE_INFINITY) - dueMs);
    while (distance(unit + 1) <= distance(unit)) unit += 1;
    if (unit > (cuts.at(-1) ?? 0)) cuts.push(unit);
  }
  return cuts.map((cut, index) => units.slice(cut, cuts[index + 1] ?? units.length));
};
