import type { Slot } from "@phonoscene/contracts";

import { FRAMINGS, LIGHTS } from "../lexicons/variations.data.ts";

const at = (list: readonly string[], variant: number): string => list[(variant - 1) % list.length] ?? "";

const add = (value: string, words: string): string => `${value}, ${words}`;

/**
 * The same scene seen anew, whichever engine wrote it: another framing and another light for each variant from 1; 0 is
 * the scene as written. What the formula has no slot for goes to the subject and to the keywords.
 */
export const varySlots = (slots: readonly Slot[], variant: number): Slot[] => {
  if (variant === 0) return [...slots];
  const has = (name: string): boolean => slots.some((slot) => slot.name === name);
  const framing = at(FRAMINGS, variant);
  const light = at(LIGHTS, variant);
  return slots.map((slot) => {
    if (slot.name === "composition") return { ...slot, value: framing };
    if (slot.name === "lighting") return { ...slot, value: light, origin: "inferred" };
    if (slot.name === "subject" && !has("composition")) return { ...slot, value: add(slot.value, framing) };
    if (slot.name === "keywords" && !has("lighting")) return { ...slot, value: add(slot.value, light) };
    return slot;
  });
};
