import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { z } from "zod";

const read = async <Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema> | null> => {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? null : schema.parse(JSON.parse(text));
};

/** A value kept in a file of the data directory that only its owner may read; made on first use. */
export const keepSecret = async <Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  make: () => Promise<z.output<Schema>> | z.output<Schema>,
): Promise<z.output<Schema>> => {
  const kept = await read(file, schema);
  if (kept !== null) return kept;
  const made = await make();
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(made)}\n`, { mode: 0o600 });
  return made;
};

/** The key that signs access tokens: kept, so that a restart logs nobody out. */
export const keepJwtSecret = (dataDir: string): Promise<string> =>
  keepSecret(path.join(dataDir, "jwt-secret.json"), z.string().min(32), () => randomBytes(48).toString("base64url"));
