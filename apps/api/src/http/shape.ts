import { AppError } from "@phonoscene/kernel";

const MAX_DEPTH = 10;

/** Set by name, it would change what an object is; schemas of free keys would drop it without a word. */
const RESERVED = "__proto__";

type Fault = { kind: "too-deep" } | { kind: "reserved"; path: string[] };

/** Goes no deeper than is allowed, so no input can exhaust the stack. */
const findFault = (value: unknown, depth: number): Fault | null => {
  if (typeof value !== "object" || value === null) return null;
  if (depth > MAX_DEPTH) return { kind: "too-deep" };
  for (const [key, child] of Object.entries(value)) {
    if (key === RESERVED) return { kind: "reserved", path: [key] };
    const fault = findFault(child, depth + 1);
    if (fault?.kind === "reserved") fault.path.unshift(key);
    if (fault !== null) return fault;
  }
  return null;
};

/**
 * What holds for all input, whatever its schema; `where` begins the paths of faults.
 * @throws AppError "request/invalid" for more than 10 levels, and for a field named `__proto__` anywhere.
 */
export const checkShape = (input: unknown, where: string): void => {
  const fault = findFault(input, 1);
  if (fault === null) return;
  if (fault.kind === "too-deep") {
    throw new AppError("request/invalid", { detail: `The ${where} is nested deeper than ${MAX_DEPTH} levels.` });
  }
  const path = [where, ...fault.path].join(".");
  const message = "No field can have this name";
  const errors = [{ path, code: "unrecognized_key", message }];
  throw new AppError("request/invalid", { detail: `${path}: ${message}`, errors });
};
