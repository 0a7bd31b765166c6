import { setTimeout as delay } from "node:timers/promises";

import { MINUTE, newId } from "../../packages/kernel/src/index.ts";
import { startChild } from "./children.ts";
import { CONCURRENCY, countDone, median } from "./rounds.ts";
import { countKeys, seedTasks, type World } from "./world.ts";

export type Soak = {
  /** How many were done; fewer than were asked for where the time was up. */
  tasks: number;
  /** Of each worker: the median of what was seen between the first and the second tenth, and in the last tenth. */
  rssBytes: { early: number; late: number; highest: number }[];
  /** Keys of the queues in Redis after the first tenth and at the end; null on Postgres. */
  redisKeys: { early: number | null; late: number | null };
  perSecond: number;
};

export type SoakOptions = { total: number; minutes: number; workers: number; onProgress(done: number): void };

type Sample = { done: number; rssBytes: number[]; redisKeys: number | null };

/** At most so many wait at a time: a queue of 100,000 would be measured, not the worker. */
const BATCH = 5000;

const sumUp = (samples: readonly Sample[], workers: number): Pick<Soak, "tasks" | "rssBytes" | "redisKeys"> => {
  const tasks = samples.at(-1)?.done ?? 0;
  const early = samples.filter(({ done }) => done >= tasks / 10 && done <= tasks / 5);
  const late = samples.filter(({ done }) => done >= tasks * 0.9);
  const of = (some: readonly Sample[], worker: number): number[] => some.map(({ rssBytes }) => rssBytes[worker] ?? 0);
  return {
    tasks,
    rssBytes: Array.from({ length: workers }, (_, worker) => ({
      early: median(of(early, worker)),
      late: median(of(late, worker)),
      highest: Math.max(...of(samples, worker)),
    })),
    redisKeys: { early: early[0]?.redisKeys ?? null, late: late.at(-1)?.redisKeys ?? null },
  };
};

/** Many tasks through workers that live all the while: what grows, grows with all of them. */
export const soak = async (world: World, { total, minutes, workers, onProgress }: SoakOptions): Promise<Soak> => {
  const prefix = `bench-${newId()}`;
  const env = world.env(prefix, CONCURRENCY);
  const children = await Promise.all(Array.from({ length: workers }, () => startChild("worker", env)));
  const startedAt = performance.now();
  const samples: Sample[] = [];
  const isOver = (done: number): boolean => done >= total || performance.now() - startedAt > minutes * MINUTE;
  for (let [seeded, done] = [0, 0]; !isOver(done); done = await countDone(world, "worker")) {
    if (seeded < total && seeded - done < BATCH) {
      await seedTasks(world, prefix, Math.min(BATCH, total - seeded));
      seeded += BATCH;
    }
    await delay(500);
    const usages = await Promise.all(children.map((child) => child.usage()));
    const rssBytes = usages.map((usage) => usage.rssBytes);
    samples.push({ done, rssBytes, redisKeys: await countKeys(world, prefix) });
    onProgress(done);
  }
  const perSecond = ((samples.at(-1)?.done ?? 0) / (performance.now() - startedAt)) * 1000;
  await Promise.all(children.map((child) => child.stop()));
  return { ...sumUp(samples, workers), perSecond };
};
