import {
  type Database,
  deleteEndedSessions,
  deleteExpiredAudio,
  deleteOldIdempotencyKeys,
  deleteOldLeases,
  deleteOldWebhookEvents,
  findKnownStorageKeys,
} from "@phonoscene/db";
import { crashPoint, DAY, HOUR } from "@phonoscene/kernel";
import type { Handlers, Relay } from "@phonoscene/queue";
import type { AudioStorage } from "@phonoscene/storage";

type Dependencies = { database: Database; storage: AudioStorage; relay: Pick<Relay, "wake"> };

/** Longer than the longest upload: what is older and unknown was left by a process that died. */
const ORPHAN_AFTER_MS = 2 * HOUR;

const sweep = async ({ database, storage, relay }: Dependencies) => {
  const uploads = await storage.sweepIncoming(ORPHAN_AFTER_MS);
  const candidates = await storage.keysOlderThan(ORPHAN_AFTER_MS);
  const known = await findKnownStorageKeys(database.db, candidates);
  const orphans = candidates.filter((key) => !known.has(key));
  for (const key of orphans) await storage.delete(key);
  const expired = await deleteExpiredAudio(database.db);
  if (expired > 0) relay.wake();
  const sessions = await deleteEndedSessions(database.db, new Date(Date.now() - 30 * DAY));
  const idempotencyKeys = await deleteOldIdempotencyKeys(database.db);
  const leases = await deleteOldLeases(database.db);
  const webhookEvents = await deleteOldWebhookEvents(database.db);
  return { uploads, recordings: orphans.length, expired, sessions, idempotencyKeys, leases, webhookEvents };
};

/** Deletes recordings whose tasks are gone or never came, and sweeps what dead processes left behind. */
export const maintenance =
  (deps: Dependencies): Handlers["maintenance"] =>
  async (payload, { logger }) => {
    if (payload.action === "delete-audio") {
      await deps.storage.delete(payload.storageKey);
      crashPoint("erase/recording-gone");
    } else logger.info(await sweep(deps), "swept");
    return undefined;
  };
