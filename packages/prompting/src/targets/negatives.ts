import type { Warning } from "@phonoscene/contracts";

import { POSITIVE_OPPOSITES } from "../lexicons/boilerplate.data.ts";
import { refusedTerms } from "../safety/safety.ts";

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

/**
 * What must not be in the picture, for a target that reads it as part of the prompt: there a word that generators
 * refuse is refused as well.
 */
export const readSafeNegatives = (negative: string | null): { terms: string[]; warnings: Warning[] } => {
  const terms = readNegatives(negative);
  const refused = new Set(refusedTerms(terms));
  const message = `"${[...refused].join(", ")}" was left out of what must not be shown: the generator refuses the words wherever they stand.`;
  return {
    terms: terms.filter((term) => !refused.has(term)),
    warnings: refused.size === 0 ? [] : [{ code: "text_softened", message }],
  };
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
