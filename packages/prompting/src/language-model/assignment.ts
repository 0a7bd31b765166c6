import { type ContentType, type Slot, SLOT_ORIGINS } from "@phonoscene/contracts";
import { z } from "zod";

import type { Formula, FormulaSlot, StyleSet } from "../port.ts";
import type { NumberedScene } from "./windows.ts";

/** A JSON schema, as the vendor takes it. */
export type JsonSchema = Record<string, unknown>;

/** What a window asks of the model. */
export type Assignment = {
  scenes: NumberedScene[];
  formula: Formula;
  style: StyleSet;
  /** BCP 47 tag of the text. */
  language: string;
  /** BCP 47 tag of the values. */
  promptLanguage: string;
  contentType: ContentType | null;
  /** Random: encloses the data, and must not come back. */
  delimiter: string;
};

/** The value that the set's style gives to a slot; undefined where the scene decides. */
export const styleValue = (style: StyleSet, slot: FormulaSlot): string | undefined =>
  Object.hasOwn(style, slot.name) ? style[slot.name as keyof StyleSet] : undefined; // hasOwn: the name is a key

/** The slots that the model is asked for: those that the style does not decide. */
export const askedSlots = (formula: Formula, style: StyleSet): FormulaSlot[] =>
  formula.slots.filter((slot) => styleValue(style, slot) === undefined);

const SceneOrigin = z.enum(SLOT_ORIGINS).exclude(["style"]);

/** What one scene of an answer must hold. */
export const createSlotsSchema = ({ formula, style }: Assignment) =>
  z.object(
    Object.fromEntries(
      askedSlots(formula, style).map(({ name, label }) => [
        name,
        z.object({ value: z.string().describe(label), origin: SceneOrigin }),
      ]),
    ),
  );

/** The schema sent to the vendor: everything required, nothing extra, scene numbers as an enum. */
export const createAnswerSchema = (assignment: Assignment): JsonSchema => {
  const number = z.int().meta({ enum: assignment.scenes.map(({ number }) => number) });
  const scene = z.object({ sceneIndex: number, slots: createSlotsSchema(assignment) });
  const answer = z.object({ scenes: z.array(scene) });
  const { $schema: _, ...schema } = z.toJSONSchema(answer, {
    target: "draft-7",
    override: ({ jsonSchema }) => {
      if (jsonSchema.type !== "integer") return;
      delete jsonSchema.minimum;
      delete jsonSchema.maximum;
    },
  });
  return schema;
};

/** A scene's slots where the style decides all of them, and no model is needed; null otherwise. */
export const styleOnlySlots = (formula: Formula, style: StyleSet): Slot[] | null => {
  const slots: Slot[] = [];
  for (const slot of formula.slots) {
    const value = styleValue(style, slot);
    if (value === undefined) return null;
    slots.push({ name: slot.name, value, origin: "style" });
  }
  return slots;
};
