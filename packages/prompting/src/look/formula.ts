import { FORMULA_SLOTS, type FormulaSlotName, readFormulaTemplate, type TaskOptions } from "@phonoscene/contracts";

import { DEFAULT_SLOT_NAMES } from "../lexicons/formula.data.ts";
import type { Formula, FormulaSlot } from "../port.ts";

const LABELS = new Map<FormulaSlotName, string>(FORMULA_SLOTS.map(({ name, label }) => [name, label]));

const slotOf = (name: FormulaSlotName): FormulaSlot => ({ name, label: LABELS.get(name) ?? name });

/**
 * The slots to fill, and the guidance. A formula without a subject gets one in front, since a prompt that leaves it out
 * shows nothing of the text.
 */
export const readFormula = ({ formula, instruction }: Pick<TaskOptions, "formula" | "instruction">): Formula => {
  const names = formula === null ? DEFAULT_SLOT_NAMES : readFormulaTemplate(formula).slots;
  const withSubject = names.includes("subject") ? names : (["subject", ...names] as const);
  return { slots: withSubject.map(slotOf), guidance: instruction };
};
