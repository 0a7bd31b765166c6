import type { Slot } from "@phonoscene/contracts";
import { z } from "zod";

import { inventedProps } from "../look/genre.ts";
import { primaryLanguage } from "../text/language.ts";
import type { Reading } from "./ask.ts";
import { type Assignment, createSlotsSchema, styleValue } from "./assignment.ts";
import { findJson } from "./json.ts";
import { recitesRules } from "./question.ts";
import { cleanValue, faultOf } from "./values.ts";
import { type NumberedScene, sceneText } from "./windows.ts";

/** By scene number; a scene with a fault is not in it. */
export type Filled = Map<number, Slot[]>;

const Listed = z.object({ scenes: z.array(z.unknown()) });
/** Small models leave the object out, and send the list alone. */
const LooseAnswer = z.union([Listed, z.array(z.unknown()).transform((scenes) => ({ scenes }))]);
const Numbered = z.object({ sceneIndex: z.coerce.number().pipe(z.int()), slots: z.unknown() });

const WORD = /\p{L}{4,}/gu;

/** Whether a value has a word of the scene, by its first five letters so that endings do not count. */
const isGrounded = (value: string, text: string): boolean => {
  const stems = new Set(
    text
      .toLowerCase()
      .match(WORD)
      ?.map((word) => word.slice(0, 5)),
  );
  return (value.toLowerCase().match(WORD) ?? []).some((word) => stems.has(word.slice(0, 5)));
};

type Source = { text: string; language: string; promptLanguage: string };

/** Models claim more than they read: without a change of language, words "of the text" must be in it. */
const checkOrigin = (origin: Slot["origin"], value: string, { text, language, promptLanguage }: Source) =>
  origin === "text" && primaryLanguage(language) === primaryLanguage(promptLanguage) && !isGrounded(value, text)
    ? "inferred"
    : origin;

/** What must not be in a value; null where it can be drawn. */
const faultIn = (value: string, { text, delimiter }: { text: string; delimiter: string }): string | null => {
  const [prop] = inventedProps(value, text);
  if (recitesRules(value)) return "repeats the rules, not the scene";
  return faultOf(value, delimiter) ?? (prop === undefined ? null : `shows a ${prop}, of which the scene says nothing`);
};

/** More than this is no slot; what is left is still too long to pass. */
const MAX_RAW_CHARACTERS = 2000;

/** Small models write a value where an object with the value and its origin is asked for. */
const withOrigins = (slots: unknown): unknown => {
  const parsed = z.record(z.string(), z.unknown()).safeParse(slots);
  if (!parsed.success) return slots;
  return Object.fromEntries(
    Object.entries(parsed.data).map(([name, slot]) => [
      name,
      typeof slot === "string" ? { value: slot, origin: "text" } : slot,
    ]),
  );
};

type SceneReading = { slots: Slot[]; faults: string[] };

const readScene = (raw: unknown, { scene, number }: NumberedScene, assignment: Assignment): SceneReading => {
  const parsed = createSlotsSchema(assignment).safeParse(withOrigins(raw));
  if (!parsed.success)
    return { slots: [], faults: [`Scene ${number} does not match the schema: ${z.prettifyError(parsed.error)}`] };
  const { language, promptLanguage, delimiter } = assignment;
  const source: Source = { text: sceneText(scene), language, promptLanguage };
  const faults: string[] = [];
  const slots = assignment.formula.slots.map((slot): Slot => {
    const given = styleValue(assignment.style, slot);
    if (given !== undefined) return { name: slot.name, value: given, origin: "style" };
    const answered = parsed.data[slot.name] ?? { value: "", origin: "inferred" };
    const value = cleanValue(answered.value.slice(0, MAX_RAW_CHARACTERS));
    const fault = faultIn(value, { text: source.text, delimiter });
    if (fault !== null) faults.push(`Scene ${number}, ${slot.name}: the value ${fault}.`);
    return { name: slot.name, value, origin: checkOrigin(answered.origin, value, source) };
  });
  return { slots, faults };
};

const nothing = (fault: string): Reading<Filled> => ({ value: new Map(), faults: [fault] });

/** Reads an answer scene by scene, so that one bad scene does not cost the others. */
export const readAnswer = (text: string, assignment: Assignment): Reading<Filled> => {
  const found = findJson(text);
  if (found === null) return nothing("The answer is not JSON.");
  const answer = LooseAnswer.safeParse(found.json);
  if (!answer.success) return nothing(`The answer does not match the schema: ${z.prettifyError(answer.error)}`);
  const byNumber = new Map<number, unknown>();
  for (const raw of answer.data.scenes) {
    const numbered = Numbered.safeParse(raw);
    if (numbered.success && !byNumber.has(numbered.data.sceneIndex))
      byNumber.set(numbered.data.sceneIndex, numbered.data.slots);
  }
  const filled: Filled = new Map();
  const faults: string[] = [];
  for (const scene of assignment.scenes) {
    const { number } = scene;
    const reading: SceneReading = byNumber.has(number)
      ? readScene(byNumber.get(number), scene, assignment)
      : { slots: [], faults: [`Scene ${number} is missing.`] };
    if (reading.faults.length === 0) filled.set(number, reading.slots);
    faults.push(...reading.faults);
  }
  return { value: filled, faults };
};
