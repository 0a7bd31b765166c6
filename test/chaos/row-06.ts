import { setTimeout as delay } from "node:timers/promises";

import { MINUTE, SECOND } from "../../packages/kernel/src/index.ts";
import { createRandom, type Random } from "./random.ts";
import { BOTH, type Row } from "./row.ts";
import { type Tally, until } from "./tally.ts";
import { type World, withWorld } from "./world.ts";

/** Recordings that are under way when their worker is killed. */
const RECORDINGS = 4;
const ANSWER_MS = 50;
/** The id stays on the row after the end, to be compared. */
const ENV = { PROMPT_ENGINE: "local", ASSEMBLYAI_DELETE_AFTER: "false" };

type Trials = { world: World; tally: Tally; random: Random; gaps: { kills: number; paidTwice: number; tasks: number } };

const submitsOf = ({ vendors }: World): number => vendors.speech.submits.length;

const untilAccepted = (world: World, submits: number): Promise<true> =>
  until("the provider accepts the recordings", 30 * SECOND, async () => (submitsOf(world) >= submits ? true : null));

/** The provider's id of each recording that has one. */
const storedIds = async ({ client }: World, tasks: readonly string[]): Promise<Map<string, string>> => {
  const { rows } = await client.query<{ id: string; job: string }>(
    "SELECT id, provider_job_id AS job FROM tasks WHERE id = ANY($1) AND provider_job_id IS NOT NULL",
    [tasks],
  );
  return new Map(rows.map(({ id, job }) => [id, job]));
};

const createRecordings = async ({ api }: World): Promise<string[]> => {
  const created = await Promise.all(Array.from({ length: RECORDINGS }, () => api.createAudio()));
  return created.map(({ id, status }) => {
    if (id === null) throw new Error(`a create was answered ${status}`);
    return id;
  });
};

/** What the provider had accepted when the worker died, and what of it this side knows. */
type AtDeath = { accepted: number; stored: Map<string, string> };

const killWorker = async ({ world, random }: Trials, mode: number): Promise<AtDeath & { tasks: string[] }> => {
  const worker = await world.start("worker", { WORKER_CONCURRENCY: String(RECORDINGS) });
  const before = submitsOf(world);
  if (mode === 0) await worker.arm("provider/id-stored");
  if (mode === 1) await worker.arm("provider/accepted");
  const tasks = await createRecordings(world);
  if (mode === 2) {
    await untilAccepted(world, before + random.whole(1, RECORDINGS));
    await delay(random.whole(0, 10 * ANSWER_MS));
    worker.kill("SIGKILL");
  }
  await worker.ended;
  // What it had sent is still on its way, there and in the database.
  await delay(10 * ANSWER_MS);
  return { tasks, accepted: submitsOf(world) - before, stored: await storedIds(world, tasks) };
};

const checkResumed = (before: AtDeath, after: AtDeath): void => {
  const changed = [...before.stored].filter(([task, job]) => after.stored.get(task) !== job);
  if (changed.length > 0) throw new Error(`${changed.length} recordings were given to the provider anew`);
  const unknown = before.accepted - before.stored.size;
  const expected = RECORDINGS + unknown;
  if (after.accepted !== expected) throw new Error(`the provider was paid ${after.accepted} times, not ${expected}`);
};

const killAfterAcceptance = async (trials: Trials, mode: number): Promise<void> => {
  const { world, tally, gaps } = trials;
  const earlier = submitsOf(world);
  const { tasks, ...atDeath } = await killWorker(trials, mode);
  const diedAt = performance.now();
  const successor = await world.start("worker", { WORKER_CONCURRENCY: String(RECORDINGS) });
  await world.untilCompleted(tasks, MINUTE);
  tally.recovered(performance.now() - diedAt);
  await successor.stop();
  gaps.kills += mode === 1 ? 0 : 1;
  gaps.paidTwice += mode === 1 ? 0 : atDeath.accepted - atDeath.stored.size;
  gaps.tasks += mode === 1 ? 0 : RECORDINGS;
  checkResumed(atDeath, { accepted: submitsOf(world) - earlier, stored: await storedIds(world, tasks) });
};

/**
 * Two thirds of the kills are at moments when the id is known here. The rest is the gap that nobody can close: the
 * provider has accepted, and its answer has not been stored. It knows no idempotency key.
 */
export const row06: Row = {
  number: 6,
  promise: "paid work is never thrown away",
  backends: BOTH,
  trials: { full: 50, short: 2 },
  run: (context) =>
    withWorld(context, { answerMs: ANSWER_MS, env: ENV }, async (world, tally) => {
      const gaps = { kills: 0, paidTwice: 0, tasks: 0 };
      const trials: Trials = { world, tally, random: createRandom(context.seed), gaps };
      for (let index = 0; index < context.trials; index += 1)
        await tally.trial(() => killAfterAcceptance(trials, [0, 2, 1][index % 3] ?? 0));
      tally.note(`the gap that cannot be closed: ${gaps.paidTwice} of ${gaps.tasks} recordings were paid for twice`);
      tally.note(`in ${gaps.kills} kills after the provider had accepted, past those that aim at the gap`);
    }),
};
