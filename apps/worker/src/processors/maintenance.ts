import {
  askForOldProviderDeletions,
  type Database,
  deleteEndedSessions,
  deleteExpiredAudio,
  deleteOldIdempotencyKeys,
  deleteOldLeases,
  deleteOldProviderState,
  deleteOldWebhookEvents,
  endProviderDeletion,
  findKnownStorageKeys,
  type ProviderJob,
} from "@phonoscene/db";
import { AppError, crashPoint, DAY, HOUR } from "@phonoscene/kernel";
import type { Handlers, JobOutcome, Relay } from "@phonoscene/queue";
import type { SpeechEngine } from "@phonoscene/speech";
import type { AudioStorage } from "@phonoscene/storage";

import { ProviderBusy } from "../providers/provider-busy.ts";
import type { ProviderGates } from "../providers/provider-gate.ts";

type Dependencies = {
  database: Database;
  storage: AudioStorage;
  speech: SpeechEngine;
  relay: Pick<Relay, "wake">;
  gates: ProviderGates;
};

/** Longer than the longest upload: what is older and unknown was left by a process that died. */
const ORPHAN_AFTER_MS = 2 * HOUR;

/** The queue may have forgotten, or given up: the row has not. */
const ASK_AGAIN_AFTER_MS = HOUR;

/** @throws AppError "config/invalid" where the provider is not the one that is configured. */
const deleteProviderCopy = async (
  { database, speech, gates }: Dependencies,
  { provider, providerJobId }: ProviderJob,
  signal: AbortSignal,
): Promise<JobOutcome> => {
  if (provider !== speech.name || speech.forget === undefined) {
    const detail = `A copy at ${provider} waits to be deleted: run a worker with SPEECH_ENGINE=${provider} and its key.`;
    throw new AppError("config/invalid", { detail });
  }
  const { forget } = speech;
  const call = { provider, model: provider, operation: "forget", estimate: null, takesSlot: false, signal };
  try {
    await gates.for(null).run(call, async () => ({ value: await forget(providerJobId, signal), usage: null }));
  } catch (error) {
    if (error instanceof ProviderBusy) return { again: { delayMs: error.delayMs } };
    throw error;
  }
  await endProviderDeletion(database.db, { provider, providerJobId });
  return undefined;
};

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
  await deleteOldProviderState(database.db);
  const providerCopies = await askForOldProviderDeletions(database.db, ASK_AGAIN_AFTER_MS);
  const swept = { recordings: orphans.length, sessions, idempotencyKeys, leases, webhookEvents };
  return { ...swept, uploads, expired, providerCopies };
};

/** Deletes recordings and providers' copies that nobody needs any more, and sweeps what dead processes left behind. */
export const maintenance =
  (deps: Dependencies): Handlers["maintenance"] =>
  async (payload, { logger, signal }) => {
    if (payload.action === "delete-audio") {
      await deps.storage.delete(payload.storageKey);
      crashPoint("erase/recording-gone");
    } else if (payload.action === "delete-provider-copy") return deleteProviderCopy(deps, payload, signal);
    else logger.info(await sweep(deps), "swept");
    return undefined;
  };
