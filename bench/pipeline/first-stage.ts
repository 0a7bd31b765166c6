import { setTimeout as delay } from "node:timers/promises";

import { TaskOptions } from "../../packages/contracts/src/index.ts";
import { createTask, drainOutbox, openDatabase } from "../../packages/db/src/index.ts";
import { createLogger, newId } from "../../packages/kernel/src/index.ts";
import { createProducer, openQueueBackend, startRelay } from "../../packages/queue/src/index.ts";
import { startChild } from "./children.ts";
import type { World } from "./world.ts";

const SAMPLES = 40;

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;

/**
 * How long an idle service takes from a task's row to its first stage, by the database's clock, in milliseconds. This
 * process is the API's part: it writes the task, and wakes its relay.
 */
export const measureStart = async (world: World): Promise<{ p50: number; p95: number }> => {
  await world.client.query("TRUNCATE tasks, audio, outbox, leases CASCADE");
  const prefix = `bench-${newId()}`;
  const logger = createLogger({ name: "bench", level: "error" });
  const child = await startChild("worker", world.env(prefix, 1));
  const onPoolError = (error: Error): void => logger.error({ err: error }, "pool");
  const database = openDatabase({ url: world.databaseUrl, onPoolError });
  const backend = openQueueBackend({ url: world.queueUrl, prefix, logger });
  const producer = createProducer(backend);
  const relay = startRelay({ drain: (send) => drainOutbox(database.db, send), producer, logger, mayPoll: () => false });
  const options = TaskOptions.parse({});
  const source = { kind: "text" as const, text: "An old keeper lit the lamp." };
  const times: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const { id } = await createTask(database.db, { userId: world.userId, name: null, language: "en", options, source });
    relay.wake();
    for (;;) {
      const task = await database.db.task.findUniqueOrThrow({ where: { id } });
      if (task.status === "completed" && task.startedAt !== null) {
        times.push(task.startedAt.getTime() - task.createdAt.getTime());
        break;
      }
      await delay(20);
    }
  }
  await relay.stop();
  await producer.close();
  await backend.close();
  await database.close();
  await child.stop();
  const sorted = times.toSorted((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
};
