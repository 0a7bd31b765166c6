import type { FormulaSlotName, Slot } from "@phonoscene/contracts";

import { COMPOSITIONS, LIGHTING, PALETTES } from "../lexicons/formula.data.ts";
import type { FormulaSlot, SceneDraft, StyleSet } from "../port.ts";
import { moodOf } from "./keywords.ts";
import type { Thing } from "./scene-reading.ts";

export type Filling = {
  scene: SceneDraft;
  subject: Omit<Slot, "name">;
  keywords: Omit<Slot, "name">;
  style: StyleSet;
  things: readonly Thing[];
  seed: number;
};

type Value = Omit<Slot, "name">;

const byMood = (table: Readonly<Record<string, string>>, mood: string | null, otherwise: string): string =>
  mood !== null && Object.hasOwn(table, mood) ? (table[mood] ?? otherwise) : otherwise;

const timeOfDay = ({ scene }: Filling): Value =>
  scene.timeOfDay === null
    ? { value: moodOf(scene).hour, origin: "inferred" }
    : { value: scene.timeOfDay, origin: scene.carried?.timeOfDay === true ? "carried" : "text" };

const place = ({ scene }: Filling): Value => {
  if (scene.place === null) return { value: "open setting", origin: "inferred" };
  return { value: scene.place, origin: scene.carried?.place === true ? "carried" : "text" };
};

const mood = ({ scene }: Filling): Value =>
  scene.mood === null
    ? { value: "calm", origin: "inferred" }
    : { value: scene.mood, origin: scene.carried?.mood === true ? "carried" : "text" };

const WRITERS: Readonly<Record<FormulaSlotName, (filling: Filling) => Value>> = {
  subject: ({ subject }) => subject,
  keywords: ({ keywords }) => keywords,
  camera: ({ style }) => ({ value: style.camera, origin: "style" }),
  lens: ({ style }) => ({ value: style.lens, origin: "style" }),
  photography: ({ style }) => ({ value: style.photography, origin: "style" }),
  film: ({ style }) => ({ value: style.film, origin: "style" }),
  timeOfDay,
  place,
  mood,
  weather: ({ scene }) =>
    (scene.weather ?? null) === null
      ? { value: "calm weather", origin: "inferred" }
      : { value: scene.weather ?? "", origin: "text" },
  lighting: ({ scene }) => ({ value: byMood(LIGHTING, scene.mood, "soft natural light"), origin: "inferred" }),
  palette: ({ scene }) => ({ value: byMood(PALETTES, scene.mood, "natural colours"), origin: "inferred" }),
  composition: ({ seed }) => ({ value: COMPOSITIONS[seed % COMPOSITIONS.length] ?? COMPOSITIONS[0], origin: "style" }),
};

/** Fills one slot of the formula. */
export const fillSlot = ({ name }: FormulaSlot, filling: Filling): Slot => ({ name, ...WRITERS[name](filling) });
