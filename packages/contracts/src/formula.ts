import { z } from "zod";

import { isStorable, NOT_STORABLE } from "./stored-text.ts";

/** The slots that a formula may have: key, what a person reads, and the names people give them, the plainest first. */
export const FORMULA_SLOTS = [
  {
    name: "subject",
    label: "subject description",
    synonyms:
      "subject|subject description|main subject|description|scene|scene description|what happens|content|character|characters|action",
  },
  {
    name: "keywords",
    label: "5 descriptive keywords",
    synonyms:
      "keywords|descriptive keywords|5 descriptive keywords|five descriptive keywords|adjectives|descriptors|details|tags|key words",
  },
  { name: "camera", label: "camera type", synonyms: "camera|camera type|type of camera|camera model|camera body" },
  {
    name: "lens",
    label: "camera lens type",
    synonyms: "lens|camera lens|camera lens type|lens type|type of lens|focal length",
  },
  {
    name: "timeOfDay",
    label: "time of day",
    synonyms: "time|time of day|hour|daytime|time of the day|part of day",
  },
  {
    name: "photography",
    label: "style of photograph",
    synonyms:
      "style|style of photograph|photograph style|photo style|style of photo|photography style|type of photograph|style of photography|art style|image style|visual style",
  },
  { name: "film", label: "type of film", synonyms: "film|type of film|film type|film stock" },
  {
    name: "mood",
    label: "mood",
    synonyms: "mood|atmosphere|emotion|tone|feeling|vibe",
  },
  { name: "place", label: "place", synonyms: "place|setting|location|environment|background|where|scenery" },
  { name: "weather", label: "weather", synonyms: "weather|weather conditions" },
  { name: "lighting", label: "lighting", synonyms: "light|lighting|light source|illumination" },
  { name: "palette", label: "colour palette", synonyms: "palette|colour palette|color palette|colours|colors" },
  { name: "composition", label: "composition", synonyms: "composition|framing|shot|shot type|angle|camera angle" },
] as const;

export type FormulaSlotName = (typeof FORMULA_SLOTS)[number]["name"];

const byName = new Map<string, FormulaSlotName>(
  FORMULA_SLOTS.flatMap(({ name, synonyms }) =>
    [name.toLowerCase(), ...synonyms.split("|")].map((word) => [word, name] as const),
  ),
);
/** What is listed to somebody who named a slot that is not there. */
const KNOWN = FORMULA_SLOTS.map(({ synonyms }) => synonyms.split("|")[0]).join(", ");
const SLOT = /\[([^[\]]*)\]/g;
const SHAPE = "Write the slots in square brackets with commas between, such as [subject], [place], [style]";

const tidy = (name: string): string => name.trim().toLowerCase().replaceAll(/\s+/g, " ");

/** The slots of a template in their order, each once, and the names that are none. */
export const readFormulaTemplate = (template: string): { slots: FormulaSlotName[]; unknown: string[] } => {
  const names = [...template.matchAll(SLOT)].map(([, name = ""]) => tidy(name));
  const slots = names.flatMap((name) => byName.get(name) ?? []);
  return { slots: [...new Set(slots)], unknown: [...new Set(names.filter((name) => !byName.has(name)))] };
};

const checkTemplate = (template: string, context: z.RefinementCtx): void => {
  const refuse = (message: string): void => context.addIssue({ code: "custom", message });
  const { slots, unknown } = readFormulaTemplate(template);
  const outside = template
    .replaceAll(SLOT, ",")
    .split(/[\s,]+/)
    .find((word) => word !== "");
  if (outside !== undefined) refuse(`${SHAPE}; "${outside.slice(0, 60)}" is outside of them`);
  else if (slots.length + unknown.length === 0) refuse(SHAPE);
  if (unknown.length === 0) return;
  const listed = unknown.map((name) => `[${name.slice(0, 60)}]`).join(", ");
  refuse(`The formula has no slot ${listed}. Known slots: ${KNOWN}`);
};

export const FormulaTemplate = z
  .string()
  .trim()
  .min(1)
  .max(1000)
  .refine(isStorable, NOT_STORABLE)
  .superRefine(checkTemplate)
  .meta({
    description:
      `What each prompt says, in this order, in place of the usual formula. Slots: ${KNOWN}. [subject] says who does what, ` +
      "and comes first where it is left out",
    example: "[subject], [place], [lighting], [style]",
  });
