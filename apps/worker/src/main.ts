import path from "node:path";

import { drainOutbox, openDatabase } from "@phonoscene/db";
import { createLogger, exitWithError, onShutdown } from "@phonoscene/kernel";
import { createProducer, openQueueBackend, startRelay, startWorkers } from "@phonoscene/queue";
import { createSpeechEngine } from "@phonoscene/speech";
import { openLocalDisk } from "@phonoscene/storage";

import { readConfig, type WorkerConfig } from "./config.ts";
import { choosePromptEngine } from "./engines.ts";
import { startHealthServer } from "./health-server.ts";
import { maintenance } from "./processors/maintenance.ts";
import { transcribeAudio } from "./processors/transcribe-audio.ts";
import { writePrompts } from "./processors/write-prompts.ts";
import { startUpkeep } from "./upkeep.ts";

const run = async (config: WorkerConfig): Promise<void> => {
  const logger = createLogger({ name: "worker", level: config.logLevel });
  const speech = createSpeechEngine({ ...config.speech, logger });
  const prompting = choosePromptEngine(config.prompting, logger);
  const storage = await openLocalDisk(path.join(config.dataDir, "audio"));
  const database = openDatabase({
    url: config.databaseUrl,
    poolSize: config.databasePoolSize,
    onPoolError: (error) => logger.warn({ err: error }, "database connection error"),
  });
  const backend = openQueueBackend({ url: config.queueUrl, prefix: config.queuePrefix, logger });
  const producer = createProducer(backend);
  const relay = startRelay({ drain: (send) => drainOutbox(database.db, send), producer, logger });
  const deps = { database, storage, speech, prompting };
  const workers = startWorkers({
    backend,
    handlers: {
      "transcribe-audio": transcribeAudio(deps),
      "write-prompts": writePrompts(deps),
      maintenance: maintenance(deps),
    },
    queues: config.queues,
    concurrency: config.concurrency,
    logger,
  });
  const upkeep = config.queues.includes("maintenance") ? startUpkeep({ database, relay, logger }) : null;
  const checkHealth = async (): Promise<void> => {
    await Promise.all([database.ping(), backend.ping()]);
  };
  const health = config.healthPort === undefined ? null : await startHealthServer(config.healthPort, checkHealth);

  onShutdown(logger, async () => {
    await upkeep?.stop();
    await workers.close(config.graceMs);
    await relay.stop();
    await producer.close();
    await backend.close();
    await database.close();
    await health?.close();
  });
  await workers.ready;
  const { queues, concurrency } = config;
  logger.info({ queues, concurrency, queue: backend.kind, speech: speech.name, prompting: prompting.name }, "working");
  process.send?.({ ready: true });
};

try {
  await run(readConfig(process.env));
} catch (error) {
  exitWithError(error);
}
