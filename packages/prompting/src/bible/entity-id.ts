import type { EntityKind } from "@phonoscene/contracts";

const MAX_SLUG_CHARACTERS = 60;

/** The same for the same kind and name in every run: "character-tomas-berg". Letters of any script are kept. */
export const entityId = (kind: EntityKind, name: string): string => {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .slice(0, MAX_SLUG_CHARACTERS)
    .replaceAll(/^-+|-+$/gu, "");
  return `${kind}-${slug === "" ? "unnamed" : slug}`;
};
