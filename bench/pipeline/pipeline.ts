/**
 * Prints how many tasks a second workers complete when their engines answer at once, against the same queue alone (two
 * chained jobs, one UPDATE each), on both backends, in turns, and how long an idle service takes to begin a task.
 *
 *   npx pnpm bench:pipeline [--backend redis|postgres] [--tasks 300] [--rounds 3] [--workers 3] [--json]
 *   npx pnpm bench:pipeline --soak 100000 [--minutes 60] [--workers 3]    memory of the workers and keys in Redis, after a tenth and at the end
 */
import { availableParallelism, loadavg } from "node:os";
import { stderr, stdout } from "node:process";
import { parseArgs } from "node:util";

import type { BackendKind } from "../../packages/queue/src/index.ts";
import { measureStart } from "./first-stage.ts";
import { CONCURRENCY, median, openSide, playRound, type Round, type Side } from "./rounds.ts";
import { soak } from "./soak.ts";
import { openWorld, type World } from "./world.ts";

const MEBIBYTE = 1024 ** 2;

const { values } = parseArgs({
  options: {
    backend: { type: "string" },
    tasks: { type: "string", default: "300" },
    rounds: { type: "string", default: "3" },
    workers: { type: "string", default: "3" },
    soak: { type: "string" },
    minutes: { type: "string", default: "60" },
    json: { type: "boolean", default: false },
  },
});

const say = (text: string): void => void stderr.write(`\r\u001B[K${text}`);

type Result = { side: Side; processes: number; perSecond: number; ratio: number; rounds: Round[] };

const summarise = (side: Side, rounds: Round[], rawPerSecond: number): Result => {
  const perSecond = median(rounds.map((round) => round.perSecond));
  return {
    side,
    processes: rounds[0]?.cpuShares.length ?? 0,
    perSecond: Math.round(perSecond),
    ratio: Number((perSecond / rawPerSecond).toFixed(2)),
    rounds,
  };
};

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

const describe = ({ side, processes, perSecond, ratio, rounds }: Result): string => {
  const own = Array.from({ length: processes }, (_, index) => median(rounds.map((r) => r.cpuShares[index] ?? 0)));
  const database = rounds.map((round) => round.databaseShare).filter((share) => share !== null);
  const cells = [
    `${side === "raw" ? "queue alone" : "worker"} x${processes}`.padEnd(14),
    `${perSecond}/s`.padStart(7),
    `ratio ${ratio.toFixed(2)}`,
    `cpu ${own.map(percent).join(", ")}`,
    `${median(rounds.map((round) => round.cpuMsPerTask)).toFixed(1)} ms a task`,
    ...(database.length > 0 ? [`database ${percent(median(database))}`] : []),
  ];
  return `  ${cells.join("   ")}\n`;
};

/** Raw and ours take turns, so that what else the machine does meets both. */
const playRounds = async (world: World): Promise<Result[]> => {
  const [raw, ours] = [openSide(world, "raw"), openSide(world, "worker")];
  const total = Number(values.tasks);
  const rawRounds: Round[] = [];
  const results: Result[] = [];
  await raw.grow();
  for (let processes = 1; processes <= Number(values.workers); processes += 1) {
    await ours.grow();
    const rounds: Round[] = [];
    // More than one process: for the shape, not for the ratio.
    for (let round = 0; round < (processes === 1 ? Number(values.rounds) : 1); round += 1) {
      say(`${world.kind}: queue alone x1, round ${round + 1}`);
      if (processes === 1) rawRounds.push(await playRound(world, raw, total));
      say(`${world.kind}: worker x${processes}, round ${round + 1}`);
      rounds.push(await playRound(world, ours, total));
    }
    results.push(summarise("worker", rounds, median(rawRounds.map((round) => round.perSecond))));
  }
  await Promise.all([raw.stop(), ours.stop()]);
  const rawPerSecond = median(rawRounds.map((round) => round.perSecond));
  return [summarise("raw", rawRounds, rawPerSecond), ...results];
};

const limitOf = (results: readonly Result[]): string => {
  const round = results.find(({ side }) => side === "worker")?.rounds[0];
  if ((round?.cpuShares[0] ?? 0) > 0.85) return "the worker's own processor time";
  if ((round?.databaseShare ?? 0) > 0.85) return "the database server's processor time";
  return "waiting: for the database, the queue, or a free core";
};

const compare = async (world: World): Promise<object> => {
  const results = await playRounds(world);
  say(`${world.kind}: an idle service`);
  const startMs = await measureStart(world);
  say("");
  if (!values.json) {
    stdout.write(
      `\n${world.kind}: ${values.tasks} recordings a round, ${CONCURRENCY} jobs at a time a queue and process\n`,
    );
    for (const result of results) stdout.write(describe(result));
    const [p50, p95] = [startMs.p50, startMs.p95].map((ms) => `${ms.toFixed(0)} ms`);
    stdout.write(`  accepted to first stage, idle: p50 ${p50}, p95 ${p95}\n  limit: ${limitOf(results)}`);
    stdout.write(` (${availableParallelism()} cores, load ${(loadavg()[0] ?? 0).toFixed(1)})\n`);
  }
  return { backend: world.kind, tasks: Number(values.tasks), concurrency: CONCURRENCY, results, startMs };
};

const mebibytes = (bytes: number): string => `${(bytes / MEBIBYTE).toFixed(0)} MiB`;

const endure = async (world: World, total: number): Promise<object> => {
  const result = await soak(world, {
    total,
    minutes: Number(values.minutes),
    workers: Number(values.workers),
    onProgress: (done) => say(`${world.kind}: ${done}/${total}`),
  });
  say("");
  const { tasks, rssBytes, redisKeys, perSecond } = result;
  if (!values.json) {
    stdout.write(`${world.kind}: ${tasks} tasks, ${perSecond.toFixed(0)}/s\n`);
    for (const { early, late, highest } of rssBytes) {
      stdout.write(`  worker ${mebibytes(early)} after a tenth, ${mebibytes(late)} in the last tenth: `);
      stdout.write(`${percent(late / early - 1)} more; highest ${mebibytes(highest)}\n`);
    }
    if (redisKeys.late !== null)
      stdout.write(`  keys of the queues in Redis: ${redisKeys.early} after a tenth, ${redisKeys.late} at the end\n`);
  }
  return { backend: world.kind, ...result };
};

const isBackend = (name: string): name is BackendKind => name === "redis" || name === "postgres";
const backends = (values.backend?.split(",") ?? ["redis", "postgres"]).filter(isBackend);
const results: object[] = [];
for (const kind of backends) {
  const world = await openWorld(kind);
  try {
    results.push(await (values.soak === undefined ? compare(world) : endure(world, Number(values.soak))));
  } finally {
    await world.close();
  }
}
if (values.json) stdout.write(`${JSON.stringify(results)}\n`);
