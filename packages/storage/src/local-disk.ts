import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";

import { AppError } from "@phonoscene/kernel";

/** Where recordings live between the upload and the end of their task. Keys are made by the server, never by a caller. */
export type AudioStorage = {
  /** Uploads are written here first, so that a half-received file never looks like a stored one. */
  incomingDir: string;
  /** Makes a received file a stored one, in one step. */
  adopt(incomingPath: string, key: string): Promise<void>;
  /** A path on this machine to read the recording from. */
  localPath(key: string): string;
  /** Deleting what is not there is fine: jobs repeat. */
  delete(key: string): Promise<void>;
  /** Stored keys whose files are older than `olderThanMs`. */
  keysOlderThan(olderThanMs: number): Promise<string[]>;
  /** Removes uploads that never finished and are older than `olderThanMs`; resolves to how many. */
  sweepIncoming(olderThanMs: number): Promise<number>;
};

const SAFE_KEY = /^[a-z0-9][a-z0-9.-]{0,127}$/;

const listOlderThan = async (dir: string, olderThanMs: number): Promise<string[]> => {
  const names: string[] = [];
  const entries = await readdir(dir, { withFileTypes: true });
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const info = await stat(path.join(dir, entry.name)).catch((error: NodeJS.ErrnoException) => {
      // Somebody else removed it between the listing and the look.
      if (error.code === "ENOENT") return null;
      throw error;
    });
    if (info !== null && Date.now() - info.mtimeMs >= olderThanMs) names.push(entry.name);
  }
  return names;
};

/** Recordings as files under `dir`, which API and workers must share. */
export const openLocalDisk = async (dir: string): Promise<AudioStorage> => {
  const root = path.resolve(dir);
  const incomingDir = path.join(root, "incoming");
  const storedDir = path.join(root, "stored");
  await mkdir(incomingDir, { recursive: true });
  await mkdir(storedDir, { recursive: true });

  const localPath = (key: string): string => {
    if (!SAFE_KEY.test(key)) throw new AppError("service/internal", { detail: "The storage key is not one of ours." });
    return path.join(storedDir, key);
  };

  return {
    incomingDir,
    adopt: (incomingPath, key) => rename(incomingPath, localPath(key)),
    localPath,
    delete: (key) => rm(localPath(key), { force: true }),
    keysOlderThan: (olderThanMs) => listOlderThan(storedDir, olderThanMs),
    sweepIncoming: async (olderThanMs) => {
      const names = await listOlderThan(incomingDir, olderThanMs);
      await Promise.all(names.map((name) => rm(path.join(incomingDir, name), { force: true })));
      return names.length;
    },
  };
};
