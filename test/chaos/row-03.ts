import { setTimeout as delay } from "node:timers/promises";

import { SECOND } from "../../packages/kernel/src/index.ts";
import { whileRunning } from "./fleet.ts";
import type { RedisProcess } from "./redis-process.ts";
import type { Row } from "./row.ts";
import type { Tally } from "./tally.ts";
import { type World, withWorld } from "./world.ts";

const RECOVERY_MS = 60 * SECOND;
const FROZEN_MS = 20 * SECOND;
/** In the short form fewer, for machines that do much else meanwhile. */
const TASKS = { full: 500, short: 60 };
const FULL_TRIALS = 60;

type Fault = (redis: RedisProcess, frozenMs: number) => Promise<void>;

const FAULTS: readonly Fault[] = [
  async (redis) => {
    redis.kill("SIGKILL");
    await delay(SECOND);
    await redis.restart();
  },
  (redis) => redis.flushAll(),
  async (redis, frozenMs) => {
    redis.kill("SIGSTOP");
    await delay(frozenMs);
    redis.kill("SIGCONT");
  },
];

/** Creates go on while the fault does, and every one is accepted. */
const createDuring = async ({ api }: World, fault: Promise<void>, tally: Tally): Promise<string[]> => {
  const ids: string[] = [];
  await whileRunning(fault, async () => {
    const sentAt = performance.now();
    const { status, id } = await api.createText();
    const tookMs = performance.now() - sentAt;
    if (id === null) tally.fail(`a create during the fault was answered ${status}`);
    else ids.push(id);
    if (tookMs > 5 * SECOND) tally.fail(`a create during the fault took ${Math.round(tookMs)} ms`);
    await delay(100);
  });
  await fault;
  return ids;
};

export const row03: Row = {
  number: 3,
  promise: "losing Redis costs time only",
  backends: ["redis"],
  trials: { full: FULL_TRIALS, short: FAULTS.length },
  run: (context) =>
    withWorld(context, { env: { PROMPT_ENGINE: "local" } }, async (world, tally) => {
      const { redis, api } = world;
      if (redis === null) return;
      await world.startWorkers(2);
      const isShort = context.trials < FULL_TRIALS;
      for (let trial = 0; trial < context.trials; trial += 1) {
        await tally.trial(async () => {
          const ids = await api.createTexts(isShort ? TASKS.short : TASKS.full);
          const startedAt = performance.now();
          const fault = FAULTS[trial % FAULTS.length]?.(redis, isShort ? 4 * SECOND : FROZEN_MS) ?? Promise.resolve();
          const more = await createDuring(world, fault, tally);
          await world.untilCompleted([...ids, ...more], RECOVERY_MS);
          tally.recovered(performance.now() - startedAt);
        });
      }
    }),
};
