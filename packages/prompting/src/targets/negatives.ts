import type { Warning } from "@phonoscene/contracts";

import { POSITIVE_OPPOSITES } from "../lexicons/boilerplate.data.ts";

/** The caller's comma list, cleaned: no parameters, no doubles. */
export const readNegatives = (negative: string | null): string[] => {
  const terms = (negative ?? "").split(/[,;\n]/u).map((term) =>
    term
      .replaceAll(/-{2,}|::|["[\]{}<>()]/gu, " ")
      .replaceAll(/\s+/gu, " ")
      .replace(/^\s*(?:no|without|avoid)\s+/iu, "")
      .trim(),
  );
  return [...new Set(terms.filter((term) => term !== ""))];
};

const opposite = (term: string): string | undefined => {
  const key = term.toLowerCase();
  return Object.hasOwn(POSITIVE_OPPOSITES, key) ? POSITIVE_OPPOSITES[key] : undefined;
};

/** Turns what is unwanted into what is wanted instead, for targets without a negative prompt. */
export const sayPositively = (negative: string | null, target: string): { wanted: string[]; warnings: Warning[] } => {
  const terms = readNegatives(negative);
  const unsaid = terms.filter((term) => opposite(term) === undefined);
  return {
    wanted: [...new Set(terms.flatMap((term) => opposite(term) ?? []))],
    warnings:
      unsaid.length === 0
        ? []
        : [
            {
              code: "parameter_dropped",
              message: `${target} has no negative prompt, and "${unsaid.join(", ")}" cannot be said positively: it was left out. Describe what you want to see instead, in the style.`,
            },
          ],
  };
};
