const MAX_SLOT_CHARS = 600;
const DANGLING =
  /(?:[\s,;:.–—-]|(?<=\s)(?:and|or|but|nor|with|of|the|a|an|to|for|than|as|by|from|that|which|who|into|onto)(?=$|[\s,.]))+$/iu;

const cleanOnce = (value: string): string =>
  value
    .slice(0, MAX_SLOT_CHARS)
    .replaceAll(/[\uD800-\uDFFF]/gu, "")
    .replaceAll(/\s-{2,}\S*/gu, " ")
    .replaceAll(/-{2,}/gu, " ")
    .replaceAll(/::+|["“”„«»[\]{}<>()|\\^*_#~`]/gu, " ")
    .replaceAll(/(?<!\p{L})'|'(?!\p{L})/gu, " ")
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/\b(the|a|an|of|in|on|and|to|with) \1\b/giu, "$1")
    .replaceAll(/\s+([,.;:!?])/gu, "$1")
    .replaceAll(/,(?:\s*,)+/gu, ",")
    .replace(/^[\s,;:.!?-]+/u, "")
    .replace(DANGLING, "")
    .trim();

const MAX_ROUNDS = 8;

/** One slot's words without commands, quotes, doubled words and loose ends. Cleaning what is clean changes nothing. */
export const cleanValue = (value: string): string => {
  let cleaned = value;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = cleanOnce(cleaned);
    if (next === cleaned) break;
    cleaned = next;
  }
  return cleaned;
};
