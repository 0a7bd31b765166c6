import type { z } from "zod";

import { AppError } from "./errors.ts";

/**
 * Reads a process's configuration; an empty string counts as unset. The result is frozen.
 * @throws AppError "config/invalid" naming every faulty variable at once.
 */
export const parseConfig = <Schema extends z.ZodType>(
  schema: Schema,
  env: Record<string, string | undefined>,
): Readonly<z.output<Schema>> => {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ""));
  const parsed = schema.safeParse(set);
  if (parsed.success) return Object.freeze(parsed.data);
  const errors = parsed.error.issues.map((issue) => ({
    path: issue.path.join("."),
    code: issue.code,
    message: issue.message,
  }));
  const lines = errors.map((fault) => `  ${fault.path}: ${fault.message}`);
  throw new AppError("config/invalid", {
    detail: `The configuration is not valid:\n${lines.join("\n")}\nEvery variable is explained in .env.example.`,
    errors,
  });
};
