/**
 * Text for a parameter. What PostgreSQL cannot store, and a recogniser or a language model may write, becomes U+FFFD: half
 * of a surrogate pair, and the character NUL.
 */
export const toStorable = (text: string): string => text.replaceAll(/\p{Cs}/gu, "\uFFFD").replaceAll("\0", "\uFFFD");

const MAY_BE_REFUSED = /\\u(?:d[89a-f]|0000)/;

/** JSON for a parameter that is cast to `jsonb`; its texts are made storable. */
export const toJsonb = (value: unknown): string => {
  const json = JSON.stringify(value);
  if (!MAY_BE_REFUSED.test(json)) return json;
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "string" ? toStorable(part) : part));
};
