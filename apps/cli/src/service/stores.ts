import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import path from "node:path";
import { finished } from "node:stream/promises";

import { createThrowAwayDatabase } from "@phonoscene/db";
import { startEmbeddedPostgres } from "@phonoscene/db/embedded-postgres";
import { createLogger } from "@phonoscene/kernel";
import { createProducer, openQueueBackend, type Producer, type QueueBackend } from "@phonoscene/queue";

import type { ServiceOptions } from "./service.ts";

/** What was opened, to be undone in reverse. */
export type Undo = (() => Promise<void>)[];

/** As the environment of the processes that use it. */
export type QueueEnvironment = { QUEUE_URL: string; QUEUE_PREFIX?: string };

export const DATABASE_NAME = "phonoscene";

/** Where the embedded database keeps its data. */
export const postgresDirOf = (dataDir: string): string => path.join(dataDir, "postgres");

/**
 * The database of the service: the configured one, else an embedded one. A throw-away service gets a database of its
 * own on the configured server: it must not take the work of the services that live there.
 */
export const openServiceDatabase = async (
  options: Pick<ServiceOptions, "config" | "dataDir" | "isEphemeral" | "onStep">,
  undo: Undo,
): Promise<string> => {
  const { config, dataDir, isEphemeral } = options;
  if (config.databaseUrl !== undefined) {
    if (!isEphemeral) return config.databaseUrl;
    const database = await createThrowAwayDatabase(config.databaseUrl);
    undo.push(database.drop);
    return database.url;
  }
  options.onStep("starting the embedded database");
  const log = createWriteStream(path.join(dataDir, "postgres.log"));
  undo.push(() => finished(log.end()));
  const onLog = (line: string): void => void log.write(`${line}\n`);
  const postgres = await startEmbeddedPostgres({
    dataDir: postgresDirOf(dataDir),
    ephemeral: isEphemeral,
    onLog,
  });
  undo.push(() => postgres.stop());
  await postgres.ensureDatabase(DATABASE_NAME);
  return postgres.url(DATABASE_NAME);
};

const withProducer = async (
  options: { url: string; prefix?: string },
  use: (backend: QueueBackend, producer: Producer) => Promise<void>,
): Promise<void> => {
  const backend = openQueueBackend({ ...options, logger: createLogger({ name: "cli", level: "silent" }) });
  const producer = createProducer(backend);
  try {
    await use(backend, producer);
  } finally {
    await producer.close();
    await backend.close();
  }
};

/**
 * The queue of the service. A throw-away one leaves nothing on a Redis that others use, and takes nothing of theirs.
 * @throws AppError "queue/unavailable" when Redis does not answer: a worker would wait for it for ever.
 */
export const openServiceQueue = async (
  { config, isEphemeral }: ServiceOptions,
  databaseUrl: string,
  undo: Undo,
): Promise<QueueEnvironment> => {
  const { queueUrl } = config;
  const isRedis = queueUrl !== undefined && /^rediss?:/.test(queueUrl);
  if (!isRedis) return { QUEUE_URL: isEphemeral ? databaseUrl : (queueUrl ?? databaseUrl) };
  await withProducer({ url: queueUrl }, (backend) => backend.ping());
  if (!isEphemeral) return { QUEUE_URL: queueUrl };
  const prefix = `phonoscene-demo-${randomBytes(6).toString("hex")}`;
  undo.push(() => withProducer({ url: queueUrl, prefix }, (_backend, producer) => producer.obliterate()));
  return { QUEUE_URL: queueUrl, QUEUE_PREFIX: prefix };
};
