import { AppError } from "@phonoscene/kernel";

/** Every fault of the embedded server has this code; the detail names the fix. */
export const unavailable = (detail: string, cause?: unknown): AppError =>
  new AppError("database/unavailable", { detail }, cause === undefined ? undefined : { cause });

export const OTHER_DATA_DIR = "set PHONOSCENE_DATA_DIR to another directory";
export const OTHER_SERVER = "set DATABASE_URL to a PostgreSQL server of your own";

const KNOWN: { pattern: RegExp; advice: string }[] = [
  { pattern: /no space left on device|ENOSPC|disk quota/i, advice: `free some disk space, or ${OTHER_DATA_DIR}` },
  { pattern: /permission denied|EACCES|EPERM/i, advice: `make the directory writable, or ${OTHER_DATA_DIR}` },
  { pattern: /read-only file system|EROFS/i, advice: OTHER_DATA_DIR },
  { pattern: /shared memory|cannot allocate memory/i, advice: `free some memory, or ${OTHER_SERVER}` },
];

/** What a person can do about a message of PostgreSQL or of the system. */
export const adviceFor = (message: string): string =>
  KNOWN.find(({ pattern }) => pattern.test(message))?.advice ?? `${OTHER_DATA_DIR}, or ${OTHER_SERVER}`;
