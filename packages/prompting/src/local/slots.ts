import type { Slot } from "@phonoscene/contracts";

import { nounKind, singular } from "../english/words.ts";
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

const WRITERS: Readonly<Record<string, (filling: Filling) => Value>> = {
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

/** A free slot named after a kind of thing ("animals", "plant") gets one of the scene; any other the mood's word. */
const freeSlot = (slot: FormulaSlot, filling: Filling): Value => {
  const wanted = new Set(slot.label.split(" ").map((word) => singular(word)));
  const thing = filling.things.find(({ lemma }) => wanted.has(lemma) || wanted.has(nounKind(lemma) ?? ""));
  if (thing !== undefined) return { value: thing.words, origin: "text" };
  return { value: `${moodOf(filling.scene).keywords[0] ?? "natural"} ${slot.label}`, origin: "inferred" };
};

/** Fills one slot of the formula. */
export const fillSlot = (slot: FormulaSlot, filling: Filling): Slot => {
  const write = Object.hasOwn(WRITERS, slot.name) ? WRITERS[slot.name] : undefined;
  return { name: slot.name, ...(write === undefined ? freeSlot(slot, filling) : write(filling)) };
};
