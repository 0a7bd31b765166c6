import type { Warning } from "@phonoscene/contracts";

import { DEFAULT_SLOT_NAMES, KNOWN_SLOTS } from "../lexicons/formula.data.ts";
import type { Formula, FormulaSlot } from "../port.ts";

const bySynonym = new Map<string, FormulaSlot>(
  KNOWN_SLOTS.flatMap(({ name, label, synonyms }) =>
    synonyms.split("|").map((word) => [word, { name, label }] as const),
  ),
);
const MAX_SLOTS = 20;
const MAX_NAME_WORDS = 5;

const slotOf = (name: string): FormulaSlot =>
  KNOWN_SLOTS.filter((slot) => slot.name === name).map(({ name, label }) => ({ name, label }))[0]!;

export const DEFAULT_FORMULA: Formula = { slots: DEFAULT_SLOT_NAMES.map(slotOf), guidance: null };

const tidy = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/^[\s\d.)*•-]+|^(?:the|a|an|your|and|with)\s+|[\s.:]+$/gu, "")
    .replaceAll(/\s+/gu, " ")
    .trim();

const known = (name: string): FormulaSlot | undefined =>
  bySynonym.get(tidy(name)) ?? bySynonym.get(tidy(name).replace(/^\d+ /u, ""));

const bracketed = (instruction: string): string[] =>
  [...instruction.matchAll(/[[{<(]([^\]})>\n]{2,40})[\]})>]/gu)].map(([, name]) => name ?? "");

const listed = (instruction: string): { names: string[]; rest: string } => {
  const colon = /^[^:\n]{0,120}(?:formula|format|slots|order|template|structure|prompt)[^:\n]{0,40}:/iu.exec(
    instruction,
  );
  const body = instruction.slice(colon?.[0].length ?? 0).trim();
  const [list = "", ...after] = body.split(/\n\s*\n|(?<=[^\d\s])\.\s+(?=\p{Lu})/u);
  return {
    names: list.split(/[,;\n|+>]|\s(?:\/|->|→)\s/u).filter((name) => tidy(name) !== ""),
    rest: after.join(" ").trim(),
  };
};

const isSlotList = (names: readonly string[]): boolean => {
  const short = names.filter((name) => tidy(name).split(" ").length <= MAX_NAME_WORDS).length;
  const recognised = names.filter((name) => known(name) !== undefined).length;
  return short === names.length && recognised >= 2 && recognised >= names.length / 3;
};

const slug = (name: string): string =>
  tidy(name)
    .replaceAll(/[^\p{L}\p{N}]+(\p{L})?/gu, (_, letter: string | undefined) => letter?.toUpperCase() ?? "")
    .slice(0, 40) || "free";

const toSlots = (names: readonly string[]): { slots: FormulaSlot[]; unknown: string[] } => {
  const slots = new Map<string, FormulaSlot>();
  const unknown: string[] = [];
  for (const name of names.slice(0, MAX_SLOTS)) {
    const slot = known(name) ?? { name: slug(name), label: tidy(name) };
    if (known(name) === undefined) unknown.push(tidy(name));
    if (!slots.has(slot.name)) slots.set(slot.name, slot);
  }
  return { slots: [...slots.values()], unknown };
};

/**
 * Reads a helper instruction: slot names in brackets or in a list make a formula, with unknown names as free slots;
 * anything else is guidance beside the default formula. A formula without a subject gets one in front, since a
 * prompt that leaves it out shows nothing of the text.
 */
export const readFormula = (instruction: string | null): { formula: Formula; warnings: Warning[] } => {
  if (instruction === null) return { formula: DEFAULT_FORMULA, warnings: [] };
  const inBrackets = bracketed(instruction);
  const list = listed(instruction);
  const isBracketed = inBrackets.length >= 2 && inBrackets.some((name) => known(name) !== undefined);
  if (!isBracketed && !isSlotList(list.names))
    return { formula: { ...DEFAULT_FORMULA, guidance: instruction }, warnings: [] };
  const { slots, unknown } = toSlots(isBracketed ? inBrackets : list.names);
  const withSubject = slots.some(({ name }) => name === "subject") ? slots : [slotOf("subject"), ...slots];
  const guidance = isBracketed ? null : list.rest || null;
  const warnings: Warning[] = unknown.map((name) => ({
    code: "slot_unknown",
    message: `The formula's "${name}" is not a slot we know: it is filled as free text. Known slots: ${KNOWN_SLOTS.map(({ label }) => label).join(", ")}.`,
  }));
  return { formula: { slots: withSubject, guidance }, warnings };
};
