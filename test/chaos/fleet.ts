import type { ServiceProcess } from "./processes.ts";
import { until } from "./tally.ts";
import type { World } from "./world.ts";

/** Workers of which some die, and are replaced. */
export type Fleet = {
  workers: ServiceProcess[];
  /** Kills it, and starts another in its place; resolves once the other serves. */
  replace(victim: ServiceProcess, signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** The worker that asks the language model about a text with this word; it does so in the middle of its job. */
  holderOf(word: string, timeoutMs: number): Promise<ServiceProcess>;
  /** The worker that did so last, if it is alive. */
  askedLast(word: string): ServiceProcess | null;
};

export const startFleet = async (
  world: World,
  count: number,
  env: Record<string, string> = { WORKER_CONCURRENCY: "1" },
): Promise<Fleet> => {
  const workers = await Promise.all(Array.from({ length: count }, () => world.start("worker", env)));
  const asked = (word: string): ServiceProcess | null => {
    const request = world.vendors.prompts.requests.findLast(({ body }) =>
      body.messages.some(({ content }) => content.includes(word)),
    );
    const name = request?.headers.authorization?.replace("Bearer ", "");
    return workers.find((worker) => worker.name === name) ?? null;
  };
  return {
    workers,
    askedLast: asked,
    holderOf: (word, timeoutMs) => until(`a job about ${word}`, timeoutMs, async () => asked(word)),
    replace: async (victim, signal) => {
      workers.splice(workers.indexOf(victim), 1);
      victim.kill(signal);
      await victim.ended;
      workers.push(await world.start("worker", env));
    },
  };
};

/** Runs `count` pieces of work, at most `width` at a time. */
export const inLanes = async (count: number, width: number, work: (index: number) => Promise<void>): Promise<void> => {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
};

/** Calls `work` over and over until `during` is settled; then waits for the call under way. */
export const whileRunning = async (during: Promise<unknown>, work: () => Promise<void>): Promise<void> => {
  const over = new AbortController();
  const settled = during.then(
    () => over.abort(),
    () => over.abort(),
  );
  while (!over.signal.aborted) await work();
  await settled;
};
