import type { Slot, TaskOptions, Warning } from "@phonoscene/contracts";

import { NEUTRAL_MOOD } from "./lexicons/moods.data.ts";
import { lintContent, lintSlot, repairSlot } from "./look/lint.ts";
import type { PromptWords, SceneDraft } from "./port.ts";
import { refuseUnsafe, soften } from "./safety/safety.ts";
import { formatPrompt } from "./targets/format.ts";

/** What stands in for a slot that came back empty. */
const FALLBACKS: Readonly<Record<string, string>> = {
  subject: "a quiet scene that waits for its figures",
  keywords: NEUTRAL_MOOD.keywords.join(", "),
  camera: "35mm camera",
  lens: "50mm lens",
  timeOfDay: "daylight",
  photography: "documentary photograph",
  film: "colour negative film",
};

const fallbackFor = (name: string): string => (Object.hasOwn(FALLBACKS, name) ? (FALLBACKS[name] ?? "plain") : "plain");

const softenSlots = (slots: readonly Slot[]): { slots: Slot[]; changed: string[] } => {
  const results = slots.map((slot) => ({ slot, ...soften(slot.value) }));
  return {
    slots: results.map(({ slot, text }) => ({ ...slot, value: text })),
    changed: results.flatMap(({ changed }) => changed),
  };
};

const repairSlots = (slots: readonly Slot[], sceneIndex: number): { slots: Slot[]; warnings: Warning[] } => {
  const warnings: Warning[] = [];
  const repaired = slots.map((slot) => {
    const faults = lintSlot(slot);
    if (faults.length === 0) return slot;
    const fixed = repairSlot(slot, fallbackFor(slot.name));
    const message = `Scene ${sceneIndex + 1}: the slot ${slot.name} ${faults.join(" and ")}; it was put right. Read the prompt before you use it.`;
    warnings.push({ code: "prompt_repaired", message });
    return fixed;
  });
  return { slots: repaired, warnings };
};

export type Written = { words: PromptWords; warnings: Warning[] };

/** Writes sound slots for a target and looks at the result. `label` names the prompt in warnings: "Scene 3". */
export const formatSlots = (slots: readonly Slot[], options: TaskOptions, label: string): Written => {
  const formatted = formatPrompt(options.target, { ...options, slots });
  const faults = lintContent(options.target, formatted.content, formatted.slots);
  const message = `${label}: the prompt ${faults.join(" and ")}. Look at it before you use it.`;
  return {
    words: {
      content: formatted.content,
      negative: formatted.negative,
      slots: formatted.slots,
      fullSlots: [...slots],
    },
    warnings: [...formatted.warnings, ...(faults.length === 0 ? [] : [{ code: "prompt_repaired" as const, message }])],
  };
};

/**
 * Builds one scene's prompt out of its slots: safety on the whole, repair slot by slot, the target's format, and a
 * last look at the result.
 * @throws AppError "content_blocked" where no generator would draw the scene.
 */
export const writeWords = (scene: SceneDraft, written: readonly Slot[], options: TaskOptions): Written => {
  refuseUnsafe(written, scene.index);
  const label = `Scene ${scene.index + 1}`;
  const softened = softenSlots(written);
  const repaired = repairSlots(softened.slots, scene.index);
  const { words, warnings } = formatSlots(repaired.slots, options, label);
  const said = `${label}: "${[...new Set(softened.changed)].join(", ")}" was said more gently, since image generators refuse it.`;
  return {
    words,
    warnings: [
      ...repaired.warnings,
      ...warnings,
      ...(softened.changed.length === 0 ? [] : [{ code: "text_softened" as const, message: said }]),
    ],
  };
};
