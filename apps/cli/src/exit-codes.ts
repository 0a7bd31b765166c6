/** What the commands exit with; the README lists them. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** The command line itself is wrong; `message` says how, and what would be right. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
