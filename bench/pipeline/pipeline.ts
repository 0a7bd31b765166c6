/**
 * Prints how many tasks a second workers complete when their engines answer at once, against the same queue alone (two
 * chained jobs, one UPDATE each), on both backends, and how long an idle service takes to begin a task.
 *
 *   npx pnpm bench:pipeline [--backend redis|postgres] [--tasks 1000] [--workers 1,2,3] [--json]
 *   npx pnpm bench:pipeline --soak [--tasks 100000]     memory of the worker at a tenth of the way and at the end
 */
import { stderr, stdout } from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";

import { newId } from "../../packages/kernel/src/index.ts";
import type { BackendKind } from "../../packages/queue/src/index.ts";
import { type Child, startChild } from "./children.ts";
import { measureStart } from "./first-stage.ts";
import { openWorld, seedRaw, seedTasks, type World } from "./world.ts";

const CONCURRENCY = 10;
const MEBIBYTE = 1024 ** 2;

const { values } = parseArgs({
  options: {
    backend: { type: "string" },
    tasks: { type: "string" },
    workers: { type: "string", default: "1,2,3" },
    soak: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

type Side = "worker" | "raw";
const COUNT = {
  worker: "SELECT count(*)::int AS done FROM tasks WHERE status = 'completed'",
  raw: "SELECT count(*)::int AS done FROM raw_tasks WHERE stage = 2",
} as const;

const bar = (label: string, done: number, total: number): void => {
  const width = 24;
  const full = Math.round((done / total) * width);
  stderr.write(`\r${label.padEnd(26)} ${"█".repeat(full)}${"░".repeat(width - full)} ${done}/${total} `);
  if (done >= total) stderr.write("\n");
};

const untilDone = async (
  { client }: World,
  { side, label, total }: { side: Side; label: string; total: number },
  target = total,
): Promise<void> => {
  for (;;) {
    const { rows } = await client.query<{ done: number }>(COUNT[side]);
    const done = rows[0]?.done ?? 0;
    bar(label, done, total);
    if (done >= target) return;
    await delay(100);
  }
};

type Run = { side: Side; processes: number; tasksPerSecond: number; cpuShares: number[] };

const measure = async (
  world: World,
  side: Side,
  { processes, total }: { processes: number; total: number },
): Promise<Run> => {
  await world.client.query("TRUNCATE tasks, audio, outbox, raw_tasks, leases CASCADE");
  const prefix = `bench-${newId()}`;
  await (side === "worker" ? seedTasks(world, total) : seedRaw(world, prefix, total));
  const startedAt = performance.now();
  const env = world.env(prefix, CONCURRENCY);
  const children: Child[] = await Promise.all(Array.from({ length: processes }, () => startChild(side, env)));
  const readyAt = performance.now();
  const before = await Promise.all(children.map((child) => child.usage()));
  const { rows } = await world.client.query<{ done: number }>(COUNT[side]);
  const head = rows[0]?.done ?? 0;
  await untilDone(world, { side, label: `${world.kind} ${side} x${processes}`, total });
  const spentMs = performance.now() - readyAt;
  const after = await Promise.all(children.map((child) => child.usage()));
  await Promise.all(children.map((child) => child.stop()));
  if (head === total) throw new Error(`all done ${readyAt - startedAt} ms after the start: use more --tasks`);
  return {
    side,
    processes,
    tasksPerSecond: ((total - head) / spentMs) * 1000,
    cpuShares: after.map(({ cpuMs }, index) => (cpuMs - (before[index]?.cpuMs ?? 0)) / spentMs),
  };
};

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

const compare = async (world: World, total: number): Promise<object> => {
  const runs: Run[] = [await measure(world, "raw", { processes: 1, total })];
  for (const processes of values.workers.split(",").map(Number)) {
    runs.push(await measure(world, "worker", { processes, total }));
  }
  const raw = runs[0]?.tasksPerSecond ?? Number.NaN;
  const startMs = await measureStart(world);
  const table = runs.map(({ side, processes, tasksPerSecond, cpuShares }) => ({
    side,
    processes,
    tasksPerSecond: Math.round(tasksPerSecond),
    ratio: Number((tasksPerSecond / raw).toFixed(2)),
    cpuShares: cpuShares.map((share) => Number(share.toFixed(2))),
  }));
  if (!values.json) {
    stdout.write(`\n${world.kind}: ${total} recordings, ${CONCURRENCY} jobs at a time a queue and process\n`);
    for (const { side, processes, tasksPerSecond, ratio, cpuShares } of table) {
      const cells = [
        side.padEnd(8),
        `${processes} process(es)`,
        `${tasksPerSecond}/s`.padStart(8),
        `ratio ${ratio.toFixed(2)}`,
      ];
      stdout.write(`  ${cells.join("  ")}  cpu ${cpuShares.map(percent).join(", ")}\n`);
    }
    stdout.write(
      `  accepted to first stage, idle: p50 ${startMs.p50.toFixed(0)} ms, p95 ${startMs.p95.toFixed(0)} ms\n`,
    );
    const isBound = table.some(({ side, cpuShares }) => side === "worker" && (cpuShares[0] ?? 0) > 0.85);
    stdout.write(
      `  limit: ${isBound ? "the worker's own CPU" : "waiting for the database and the queue, or for a free core"}\n`,
    );
  }
  return { backend: world.kind, tasks: total, concurrency: CONCURRENCY, runs: table, acceptedToFirstStageMs: startMs };
};

const soak = async (world: World, total: number): Promise<object> => {
  for (let from = 0; from < total; from += 10_000) await seedTasks(world, Math.min(10_000, total - from));
  const child = await startChild("worker", world.env(`bench-${newId()}`, CONCURRENCY));
  const progress = { side: "worker" as const, label: `${world.kind} soak`, total };
  await untilDone(world, progress, total / 10);
  const early = (await child.usage()).rssBytes;
  await untilDone(world, progress);
  const late = (await child.usage()).rssBytes;
  await child.stop();
  const growth = late / early - 1;
  if (!values.json) {
    const sizes = [early, late].map((bytes) => `${(bytes / MEBIBYTE).toFixed(0)} MiB`);
    stdout.write(
      `${world.kind}: worker ${sizes[0]} at ${total / 10}, ${sizes[1]} at ${total} tasks: ${percent(growth)} more\n`,
    );
  }
  return { backend: world.kind, tasks: total, rssBytes: { tenth: early, end: late }, growth };
};

const isBackend = (name: string): name is BackendKind => name === "redis" || name === "postgres";
const backends = (values.backend?.split(",") ?? ["redis", "postgres"]).filter(isBackend);
const results: object[] = [];
for (const kind of backends) {
  const world = await openWorld(kind);
  try {
    const total = Number(values.tasks ?? (values.soak ? 100_000 : 1000));
    results.push(await (values.soak ? soak(world, total) : compare(world, total)));
  } finally {
    await world.close();
  }
}
if (values.json) stdout.write(`${JSON.stringify(results)}\n`);
