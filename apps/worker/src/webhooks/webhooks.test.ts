import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { TaskOptions, WEBHOOK_EVENTS } from "@phonoscene/contracts";
import { cancelTask, createTask, createUser, createWebhook, type Database, openDatabase } from "@phonoscene/db";
import { createLogger } from "@phonoscene/kernel";
import { describeOnBackends } from "@phonoscene/testing";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

import { readConfig } from "../config.ts";
import { type RunningWorker, startWorker } from "../worker.ts";
import { startReceiver, type TestReceiver } from "./test-receiver.ts";

vi.setConfig({ testTimeout: 60_000 });

const SOON = { timeout: 30_000, interval: 10 };
const MESSAGES = 4;
const logger = createLogger({ name: "webhooks-test", level: "silent" });

describeOnBackends("webhooks of a whole worker", (store) => {
  let database: Database;
  let dataDir: string;
  let receiver: TestReceiver;
  let worker: RunningWorker;
  let userId: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), "phonoscene-webhooks-test-"));
    const onPoolError = (error: Error): void => logger.warn({ err: error }, "pool");
    database = openDatabase({ url: store.database.url, poolSize: 2, onPoolError });
    userId = (await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" })).id;
    receiver = await startReceiver((_request, response) => response.end());
    const fields = { description: null, events: [...WEBHOOK_EVENTS], secret: "whsec_AAAA" };
    await createWebhook(database.db, { userId, url: receiver.origin, ...fields }, 10);
    const config = readConfig({
      DATABASE_URL: store.database.url,
      ...(store.redisUrl !== null && { REDIS_URL: store.redisUrl }),
      QUEUE_PREFIX: store.prefix,
      PHONOSCENE_DATA_DIR: dataDir,
      OUTBOUND_ALLOWED_NETWORKS: "127.0.0.0/8",
    });
    worker = await startWorker(config, logger);
    await worker.ready;
  });
  afterAll(async () => {
    await worker.stop();
    await receiver.close();
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it("arrive soon after the commit, each of them", async () => {
    const source = { kind: "text" as const, text: "A fox ran." };
    const options = TaskOptions.parse({});
    const took: number[] = [];
    for (let sent = 1; sent <= MESSAGES; sent += 1) {
      const { id } = await createTask(database.db, { userId, name: null, language: "en", options, source });
      await cancelTask(database.db, { id, userId });
      const committedAt = performance.now();
      await expect.poll(() => receiver.received.some(({ body }) => body.includes(id)), SOON).toBe(true);
      took.push(performance.now() - committedAt);
    }
    const p50 = took.toSorted((a, b) => a - b)[Math.floor(MESSAGES / 2)] ?? Number.NaN;
    process.stdout.write(`webhooks, ${store.kind}: p50 ${p50.toFixed(0)} ms from commit to receipt\n`);
  });
});
