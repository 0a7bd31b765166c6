import type { Warning } from "@phonoscene/contracts";

import type { LanguageModelUsage } from "./port.ts";

/** What several calls used. */
export const addUsage = (
  one: LanguageModelUsage | null,
  other: LanguageModelUsage | null,
): LanguageModelUsage | null => {
  if (one === null || other === null) return one ?? other;
  return {
    ...other,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
  };
};

/** Warnings of one kind may come from every scene: each message is said once. */
export const distinctWarnings = (warnings: readonly Warning[]): Warning[] => [
  ...new Map(warnings.map((warning) => [`${warning.code} ${warning.message}`, warning])).values(),
];
