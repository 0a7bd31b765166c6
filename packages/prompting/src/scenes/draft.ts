import type { Scene } from "@phonoscene/contracts";

import type { SceneDraft } from "../port.ts";
import { primaryLanguage } from "../text/language.ts";
import type { Unit } from "../text/units.ts";
import { findSettings } from "./settings.ts";

const excerptOf = (units: readonly Unit[]): string =>
  units
    .map(({ segment }) => segment.text.trim())
    .filter((text) => text !== "")
    .join(" ");

/** The scenes of these groups of units, in order, with their settings. */
export const draftScenes = (groups: readonly Unit[][], language: string): SceneDraft[] => {
  const texts = groups.map((units) => units.map(({ text }) => text).join(" "));
  return findSettings(texts, primaryLanguage(language)).map((setting, index) => {
    const units = groups[index] ?? [];
    return {
      index,
      startMs: units[0]?.segment.startMs ?? null,
      endMs: units.at(-1)?.segment.endMs ?? null,
      segmentIds: units.map(({ segment }) => segment.id),
      excerpt: excerptOf(units),
      sentences: units.map(({ text }) => text).filter((text) => text !== ""),
      ...setting,
    };
  });
};

/** Without what only engines need. */
export const toScene = ({ index, startMs, endMs, segmentIds, excerpt, place, timeOfDay, mood }: SceneDraft): Scene => ({
  index,
  startMs,
  endMs,
  segmentIds,
  excerpt,
  place,
  timeOfDay,
  mood,
});
