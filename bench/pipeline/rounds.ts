import { setTimeout as delay } from "node:timers/promises";

import { newId } from "../../packages/kernel/src/index.ts";
import { type Child, startChild } from "./children.ts";
import { cpuOfTree } from "./usage.ts";
import { seedRaw, seedTasks, type World } from "./world.ts";

export const CONCURRENCY = 10;

export type Side = "worker" | "raw";

/** Shares of one core, 0..1 and above; processor time a task of those processes and the database server. */
export type Round = { perSecond: number; cpuShares: number[]; databaseShare: number | null; cpuMsPerTask: number };

const DONE = {
  worker: "SELECT count(*)::int AS done FROM tasks WHERE status = 'completed'",
  raw: "SELECT count(*)::int AS done FROM raw_tasks WHERE stage = 2",
} as const;

export const countDone = async ({ client }: World, side: Side): Promise<number> =>
  (await client.query<{ done: number }>(DONE[side])).rows[0]?.done ?? 0;

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Three quarters of the tasks, by the database's clock: the first quarter warms up, and nobody's polling counts. */
const readRate = async ({ client }: World, side: Side): Promise<number> => {
  const table = side === "worker" ? "tasks" : "raw_tasks";
  const { rows } = await client.query<{ rate: number }>(`
    SELECT (0.75 * count(*) / extract(epoch FROM max(completed_at)
      - percentile_disc(0.25) WITHIN GROUP (ORDER BY completed_at)))::float8 AS rate FROM ${table}`);
  return rows[0]?.rate ?? Number.NaN;
};

const readCpu = async (world: World, children: readonly Child[]) => ({
  children: await Promise.all(children.map(async (child) => (await child.usage()).cpuMs)),
  database: await cpuOfTree(world.serverPid),
});

/** `total` tasks through processes of one side that are idle now. */
export const playRound = async (
  world: World,
  { side, prefix, children }: { side: Side; prefix: string; children: readonly Child[] },
  total: number,
): Promise<Round> => {
  await world.client.query(`TRUNCATE ${side === "worker" ? "tasks, audio, outbox" : "raw_tasks"} CASCADE`);
  const before = await readCpu(world, children);
  const startedAt = performance.now();
  await (side === "worker" ? seedTasks(world, prefix, total) : seedRaw(world, prefix, total));
  while ((await countDone(world, side)) < total) await delay(50);
  const spentMs = performance.now() - startedAt;
  const after = await readCpu(world, children);
  const share = (now: number, then = 0): number => Number(((now - then) / spentMs).toFixed(2));
  const cpuShares = after.children.map((cpuMs, index) => share(cpuMs, before.children[index]));
  const databaseShare = after.database === null ? null : share(after.database, before.database ?? 0);
  const cpuMs = [...cpuShares, databaseShare ?? 0].reduce((sum, each) => sum + each, 0) * spentMs;
  return {
    perSecond: await readRate(world, side),
    cpuShares,
    databaseShare,
    cpuMsPerTask: Number((cpuMs / total).toFixed(2)),
  };
};

/** Processes of one side that share queues of their own; more can be added. */
export const openSide = (world: World, side: Side) => {
  const prefix = `bench-${newId()}`;
  const children: Child[] = [];
  return {
    side,
    prefix,
    children,
    grow: async (): Promise<void> => void children.push(await startChild(side, world.env(prefix, CONCURRENCY))),
    stop: async (): Promise<void> => {
      await Promise.all(children.map((child) => child.stop()));
    },
  };
};
