import {
  type Database,
  deleteEndedSessions,
  deleteOldIdempotencyKeys,
  deleteOldLeases,
  findKnownStorageKeys,
} from "@phonoscene/db";
import { crashPoint, DAY, HOUR } from "@phonoscene/kernel";
import type { Handlers } from "@phonoscene/queue";
import type { AudioStorage } from "@phonoscene/storage";

type Dependencies = { database: Database; storage: AudioStorage };

/** Longer than the longest upload: what is older and unknown was left by a process that died. */
const ORPHAN_AFTER_MS = 2 * HOUR;

const sweep = async ({ database, storage }: Dependencies) => {
  const uploads = await storage.sweepIncoming(ORPHAN_AFTER_MS);
  const candidates = await storage.keysOlderThan(ORPHAN_AFTER_MS);
  const known = await findKnownStorageKeys(database.db, candidates);
  const orphans = candidates.filter((key) => !known.has(key));
  for (const key of orphans) await storage.delete(key);
  const sessions = await deleteEndedSessions(database.db, new Date(Date.now() - 30 * DAY));
  const idempotencyKeys = await deleteOldIdempotencyKeys(database.db);
  const leases = await deleteOldLeases(database.db);
  return { uploads, recordings: orphans.length, sessions, idempotencyKeys, leases };
};

/** Deletes recordings whose task is gone, and sweeps what dead processes left behind. */
export const maintenance =
  (deps: Dependencies): Handlers["maintenance"] =>
  async (payload, { logger }) => {
    if (payload.action === "delete-audio") {
      await deps.storage.delete(payload.storageKey);
      crashPoint("erase/recording-gone");
    } else logger.info(await sweep(deps), "swept");
    return undefined;
  };
