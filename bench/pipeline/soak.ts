import { setTimeout as delay } from "node:timers/promises";

import { newId } from "../../packages/kernel/src/index.ts";
import { startChild } from "./children.ts";
import { CONCURRENCY, countDone } from "./rounds.ts";
import { countKeys, seedTasks, type World } from "./world.ts";

export type Soak = {
  tasks: number;
  /** After a tenth of the tasks, and after all. */
  rssBytes: { tenth: number; end: number };
  /** Keys of the queues in Redis; null on Postgres. */
  redisKeys: { tenth: number | null; end: number | null };
  perSecond: number;
};

/** Many tasks through one worker: what grows, grows with all of them. */
export const soak = async (world: World, total: number, onProgress: (done: number) => void): Promise<Soak> => {
  const prefix = `bench-${newId()}`;
  const child = await startChild("worker", world.env(prefix, CONCURRENCY));
  const startedAt = performance.now();
  const batch = 5000;
  let seeded = 0;
  const reach = async (target: number) => {
    for (;;) {
      const done = await countDone(world, "worker");
      onProgress(done);
      if (done >= target) break;
      // Not all at once: a queue of 100,000 would be measured, not the worker.
      if (seeded < total && seeded - done < batch) {
        await seedTasks(world, prefix, Math.min(batch, total - seeded));
        seeded += batch;
      }
      await delay(200);
    }
    return { rss: (await child.usage()).rssBytes, keys: await countKeys(world, prefix) };
  };
  const tenth = await reach(Math.floor(total / 10));
  const end = await reach(total);
  const perSecond = (total / (performance.now() - startedAt)) * 1000;
  await child.stop();
  return {
    tasks: total,
    rssBytes: { tenth: tenth.rss, end: end.rss },
    redisKeys: { tenth: tenth.keys, end: end.keys },
    perSecond,
  };
};
