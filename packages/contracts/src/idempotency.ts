import { z } from "zod";

export const MAX_IDEMPOTENCY_KEY_CHARACTERS = 255;

const BARE = /^[\u0021\u0023-\u007e]+$/;
const QUOTED = /^"((?:[\u0020\u0021\u0023-\u005b\u005d-\u007e]|\\["\\])+)"$/;

const unquote = (value: string): string | null => {
  if (BARE.test(value)) return value;
  return QUOTED.exec(value)?.[1]?.replaceAll(/\\(["\\])/g, "$1") ?? null;
};

/** A key of the client's own, bare or as an RFC 8941 string: `abc` and `"abc"` are one key. */
export const IdempotencyKeyHeader = z
  .string()
  .max(2 * MAX_IDEMPOTENCY_KEY_CHARACTERS + 2)
  .transform((value, context) => {
    const key = unquote(value.trim());
    if (key !== null && key.length <= MAX_IDEMPOTENCY_KEY_CHARACTERS) return key;
    const message = "An idempotency key is 1 to 255 printable ASCII characters, bare (no spaces) or in double quotes";
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  })
  .optional()
  .meta({
    description:
      "Makes the request safe to send again: for 24 hours, the same key with the same body gets the stored answer, with " +
      "`Idempotent-Replayed: true`. 1 to 255 printable ASCII characters, bare or as an RFC 8941 quoted string, such as " +
      "`8f14e45f-ceea-467f-9c55-1b0f5f0c1a2e`: a new one for each thing to be made",
  });
