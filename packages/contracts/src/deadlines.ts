import { z } from "zod";

const [MIN_SECONDS, MAX_SECONDS] = [1, 7 * 24 * 60 * 60];
const RANGE = "A deadline is 1 second to 7 days after the task was accepted";

/** Why a task was canceled. */
export const CANCEL_REASONS = ["requested", "deadline"] as const;
export const CancelReason = z.enum(CANCEL_REASONS);

/** From the moment that the task is accepted, by the database's clock. */
export const DeadlineMs = z
  .int()
  .min(MIN_SECONDS * 1000, RANGE)
  .max(MAX_SECONDS * 1000, RANGE)
  .meta({
    description: "Cancels the task by itself if it is not over so long after it was accepted",
    example: 300_000,
  });

const SECONDS_OF = new Map([
  ["h", 3600],
  ["m", 60],
  ["s", 1],
]);
const CANCEL_AFTER = /^\s*(\d{1,9}(?:\.\d{1,3})?)([smh]?)\s*$/;

/** The milliseconds that a `Cancel-After` header names, or null where it is absent or not understood. */
export const cancelAfterMsOf = (header: string | undefined): number | null => {
  const [, amount, unit = ""] = CANCEL_AFTER.exec(header ?? "") ?? [];
  return amount === undefined ? null : Math.round(Number(amount) * (SECONDS_OF.get(unit) ?? 1) * 1000);
};

export const CancelAfterHeader = z
  .string()
  .max(100)
  .regex(CANCEL_AFTER, "Cancel-After is a number with s, m or h, such as 5m; a bare number is seconds")
  .refine((header) => {
    const ms = cancelAfterMsOf(header);
    // What is not understood has its own fault.
    return ms === null || DeadlineMs.safeParse(ms).success;
  }, RANGE)
  .optional()
  .meta({
    description:
      "`deadlineMs` as a header: a number with s, m or h, such as `5m`; bare seconds too. With both, the shorter counts",
  });
