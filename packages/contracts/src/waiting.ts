import { z } from "zod";

export const MAX_WAIT_SECONDS = 60;
export const MAX_WAIT_MS = MAX_WAIT_SECONDS * 1000;

/** `?wait=N` in seconds; more than the most is the most. */
export const WaitQuery = z.coerce
  .number()
  .pipe(z.number().min(0))
  .transform((seconds) => Math.min(seconds, MAX_WAIT_SECONDS))
  .optional()
  .meta({
    description: `Hold the answer until the task is over, at most this many seconds (no more than ${MAX_WAIT_SECONDS})`,
  });

export const PreferHeader = z
  .string()
  .max(1000)
  .optional()
  .meta({
    description:
      `\`wait=N\`, such as \`wait=30\`, holds the answer until the task is over, at most N seconds (no more than ${MAX_WAIT_SECONDS}); ` +
      "`Preference-Applied` says for how long. RFC 7240: what is not understood is ignored",
  });

/** The seconds that a `Prefer` header asks to wait, or null where it does not, or not in a way that is understood. */
export const waitSecondsOf = (prefer: string | undefined): number | null => {
  const seconds = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i.exec(prefer ?? "")?.[1];
  return seconds === undefined ? null : Math.min(Number(seconds), MAX_WAIT_SECONDS);
};
