import { setTimeout as delay } from "node:timers/promises";

import { MINUTE, SECOND } from "../../packages/kernel/src/index.ts";
import { followTask, type Followed } from "./event-stream.ts";
import type { ServiceProcess } from "./processes.ts";
import { type Callers, startCallers } from "./row-11-callers.ts";
import { BOTH, type Row } from "./row.ts";
import { withWorld, type World } from "./world.ts";

/** In the short form fewer, for machines that do much else meanwhile: a process drains for eight seconds. */
const CONNECTIONS = { full: 100, short: 25 };
const FULL_TRIALS = 30;
/** How long a connection that was idle when the process was told to stop may still be used by a caller. */
const RACE_MS = SECOND;

/** A reset where the server had begun to answer, or where a caller had no reason to expect it. */
const findFaults = async ({ client }: World, { resets, refusals }: Callers, toldAt: number): Promise<string[]> => {
  const faults = [...refusals].map((status) => `a request was answered ${status}`);
  for (const { atMs, isReused, name, message } of resets) {
    const { rowCount } = await client.query("SELECT FROM tasks WHERE name = $1", [name]);
    const afterMs = Math.round(atMs - toldAt);
    if (rowCount !== 0) faults.push(`a task was made and its caller got ${message}, ${afterMs} ms after SIGTERM`);
    else if (!isReused) faults.push(`a request on a new connection got ${message}, ${afterMs} ms after SIGTERM`);
    else if (afterMs > RACE_MS) faults.push(`a kept connection broke (${message}) ${afterMs} ms after SIGTERM`);
  }
  return faults;
};

const findFaultsOfStream = ({ events, connections }: Followed): string[] => {
  const ids = events.flatMap(({ id }) => (id === null ? [] : [id]));
  const faults = new Set(ids).size === ids.length ? [] : ["an event was told twice"];
  if (!events.some(({ event, data }) => event === "task" && data.includes('"completed"'))) {
    faults.push("the stream never told that the task was completed");
  }
  if (connections < 2) faults.push("the stream was not interrupted by the deploy");
  return faults;
};

/** Starts the new process, sends new connections there, and tells the old one to stop. */
const deploy = async (world: World, old: ServiceProcess): Promise<{ next: ServiceProcess; toldAt: number }> => {
  const next = await world.start("api");
  world.balancer.retarget(next.port);
  await delay(100);
  const toldAt = performance.now();
  const { code, signal } = await old.stop();
  if (code !== 0) throw new Error(`the old process ended with ${signal ?? code}`);
  return { next, toldAt };
};

export const row11: Row = {
  number: 11,
  promise: "an API deploy drops nothing",
  backends: BOTH,
  trials: { full: FULL_TRIALS, short: 1 },
  run: (context) =>
    // Slow enough that a task is still being written when its process is replaced.
    withWorld(context, { answerMs: 3 * SECOND, env: { WORKER_CONCURRENCY: "10" } }, async (world, tally) => {
      await world.start("worker");
      const connections = context.trials < FULL_TRIALS ? CONNECTIONS.short : CONNECTIONS.full;
      let current = world.firstApi;
      for (let trial = 0; trial < context.trials; trial += 1) {
        await tally.trial(async () => {
          const { port } = world.balancer;
          const callers = startCallers({ port, key: world.key, connections });
          const starting = deploy(world, current);
          const { id } = await world.api.createText();
          const following = followTask(world.api, id ?? "", AbortSignal.timeout(MINUTE));
          const { next, toldAt } = await starting;
          current = next;
          await delay(SECOND);
          await callers.stop();
          tally.recovered(performance.now() - toldAt);
          for (const made of callers.ids) world.api.acknowledged.add(made);
          for (const fault of await findFaults(world, callers, toldAt)) tally.fail(fault);
          for (const fault of findFaultsOfStream(await following)) tally.fail(fault);
        });
      }
    }),
};
