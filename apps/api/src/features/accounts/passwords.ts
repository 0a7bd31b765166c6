import { AppError } from "@phonoscene/kernel";
import argon2 from "argon2";

export type Passwords = {
  /** @throws AppError "auth/busy" when too many are waiting. */
  hash(password: string): Promise<string>;
  /** Takes as long for an unknown account (`hash` null) as for a wrong password. @throws AppError "auth/busy". */
  verify(hash: string | null, password: string): Promise<boolean>;
  /** Whether a hash was made with other parameters than today's. */
  isOutdated(hash: string): boolean;
};

const ARGON2ID = { type: argon2.argon2id, memoryCost: 65_536, timeCost: 3, parallelism: 1 } as const;

/** More than two at once starve the thread pool that also serves files: 100 made one `stat` take 4.5 s. */
const MAX_RUNNING = 2;
const MAX_WAITING = 20;

const unpaddedBase64 = (bytes: number): string => Buffer.alloc(bytes).toString("base64").replaceAll("=", "");

/** A hash of today's parameters that no password has: it costs exactly what a real one costs, from the first time on. */
const DECOY = [
  "",
  "argon2id",
  "v=19",
  `m=${ARGON2ID.memoryCost},t=${ARGON2ID.timeCost},p=${ARGON2ID.parallelism}`,
  unpaddedBase64(16),
  unpaddedBase64(32),
].join("$");

/** Runs at most two works at once and keeps at most twenty waiting, in order. */
const createGate = () => {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= MAX_RUNNING) {
      if (waiting.length >= MAX_WAITING) {
        throw new AppError("auth/busy", {
          detail: "Too many sign-ins at once; try again in a moment.",
          retryAfterMs: 2000,
        });
      }
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    } else running += 1;
    try {
      return await work();
    } finally {
      // The next one inherits the place.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
};

/** argon2id (RFC 9106): 64 MiB, three passes, one lane. */
export const createPasswords = (): Passwords => {
  const gate = createGate();
  return {
    hash: (password) => gate(() => argon2.hash(password, ARGON2ID)),
    isOutdated: (hash) => argon2.needsRehash(hash, ARGON2ID),
    verify: (hash, password) =>
      gate(async () => {
        const isRight = await argon2.verify(hash ?? DECOY, password);
        return hash !== null && isRight;
      }),
  };
};
