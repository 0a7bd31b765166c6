import path from "node:path";

import { drainOutbox, openDatabase, startLeaseHolder, WORKER_LEASE_PREFIX } from "@phonoscene/db";
import { type Logger, newId, SECOND } from "@phonoscene/kernel";
import { createAddressPolicy, createOutboundClient } from "@phonoscene/outbound";
import { createProducer, openQueueBackend, startRelay, startWorkers } from "@phonoscene/queue";
import { openLocalDisk } from "@phonoscene/storage";

import { createCallbacks } from "./callbacks.ts";
import { startClaimWatch } from "./claim-watch.ts";
import type { WorkerConfig } from "./config.ts";
import { createEngines, type Engines } from "./engines.ts";
import { startHealthServer } from "./health-server.ts";
import { maintenance } from "./processors/maintenance.ts";
import { transcribeAudio } from "./processors/transcribe-audio.ts";
import { writePrompts } from "./processors/write-prompts.ts";
import { createProviderGates } from "./providers/provider-gate.ts";
import { startUpkeep } from "./upkeep.ts";
import { startDispatcher } from "./webhooks/dispatcher.ts";

export type RunningWorker = {
  /** Resolves once every queue is being served. */
  ready: Promise<void>;
  /** Lets running jobs end within the configured grace, aborts the rest, and closes every connection; once. */
  stop(): Promise<void>;
};

/** A worker counts as alive for so long after it was last heard of. */
const PRESENCE_LENGTH_MS = 30 * SECOND;

/** Everything that a worker process runs. @throws AppError naming what is wrong with the configuration. */
export const startWorker = async (
  config: WorkerConfig,
  logger: Logger,
  engines: Engines = createEngines(config, logger),
): Promise<RunningWorker> => {
  const { speech, aligner, prompting } = engines;
  const storage = await openLocalDisk(path.join(config.dataDir, "audio"));
  const database = openDatabase({
    url: config.databaseUrl,
    poolSize: config.databasePoolSize,
    onPoolError: (error) => logger.warn({ err: error }, "database connection error"),
  });
  const { db } = database;
  const backend = openQueueBackend({ url: config.queueUrl, prefix: config.queuePrefix, logger });
  const producer = createProducer(backend);
  const mayRelay = startLeaseHolder({ db, name: "relay", logger });
  const relay = startRelay({ drain: (send) => drainOutbox(db, send), producer, mayPoll: mayRelay.isHeld, logger });
  const watch = startClaimWatch({ database, logger });
  const isAllowed = createAddressPolicy(config.allowedNetworks);
  const outbound = createOutboundClient({ isAllowed });
  const { keepsProviderCopy, queues, concurrency, leaseMs, timings } = config;
  const callbackFor = createCallbacks(config.callbacks);
  const gates = createProviderGates({ database, logger, ...config.providers });
  const stores = { database, storage, watch, leaseMs, relay, outbound };
  const deps = { ...stores, speech, aligner, prompting, keepsProviderCopy, callbackFor, gates };
  const handlers = {
    "transcribe-audio": transcribeAudio(deps),
    "write-prompts": writePrompts(deps),
    maintenance: maintenance(deps),
  };
  const workers = startWorkers({ backend, handlers, queues, concurrency, logger, ...timings });
  const upkeep = queues.includes("maintenance") ? startUpkeep({ database, relay, logger, ...timings }) : null;
  const mayPoll = (): boolean => upkeep?.isHolder() ?? false;
  const dispatcher = startDispatcher({ database, outbound, isAllowed, mayPoll, logger });
  const presence = startLeaseHolder({
    db,
    name: `${WORKER_LEASE_PREFIX}${newId()}`,
    logger,
    lengthMs: PRESENCE_LENGTH_MS,
  });
  const checkHealth = async (): Promise<void> => {
    await Promise.all([database.ping(), backend.ping()]);
  };
  const health = config.healthPort === undefined ? null : await startHealthServer(config.healthPort, checkHealth);
  logger.info({ queues, concurrency, queue: backend.kind, speech: speech.name, prompting: prompting.name }, "starting");

  const stop = async (): Promise<void> => {
    await Promise.all([dispatcher.stop(config.graceMs), workers.close(config.graceMs)]);
    await upkeep?.stop();
    await relay.stop();
    await Promise.all([mayRelay.stop(), presence.stop(), watch.stop()]);
    await producer.close();
    await backend.close();
    await database.close();
    await health?.close();
  };
  let stopping: Promise<void> | undefined;
  return { ready: workers.ready, stop: () => (stopping ??= stop()) };
};
