import { setTimeout as delay } from "node:timers/promises";

import { SECOND } from "../../packages/kernel/src/index.ts";
import { TEXT } from "./api-client.ts";
import { type Fleet, inLanes, startFleet } from "./fleet.ts";
import type { ServiceProcess } from "./processes.ts";
import { createRandom, type Random } from "./random.ts";
import { BOTH, type Row } from "./row.ts";
import { type Tally, until } from "./tally.ts";
import { type World, withWorld } from "./world.ts";

/** More than the lanes: somebody is always left to take the work up. */
const WORKERS = { full: 4, short: 2 };
const LANES = { full: 2, short: 1 };
const RECOVERY_MS = 15 * SECOND;
const HELD_MS = 60 * SECOND;
/** So often one task loses its worker; once more would make it poison. */
const DEATHS = 4;
/** Of the trials, one in so many is about one task that dies again and again. */
const REPEATED_SHARE = 15;

type Trials = { world: World; fleet: Fleet; tally: Tally; random: Random };

const accepted = ({ id, status }: { id: string | null; status: number }): string => {
  if (id === null) throw new Error(`a create was answered ${status}`);
  return id;
};

const untilRecovered = async ({ world, tally }: Trials, id: string): Promise<void> => {
  const diedAt = performance.now();
  await world.untilCompleted([id], RECOVERY_MS);
  tally.recovered(performance.now() - diedAt);
};

/** The worker that took the text up after the one that was seen; null where the task is completed. */
const nextHolder = (
  { world, fleet }: Trials,
  { id, word, seen }: { id: string; word: string; seen: string | null },
): Promise<ServiceProcess | null> =>
  until(`another job about ${word}`, HELD_MS, async () => {
    const holder = fleet.askedLast(word);
    if (holder !== null && holder.name !== seen) return { holder };
    const { rowCount } = await world.client.query("SELECT FROM tasks WHERE id = $1 AND status = 'completed'", [id]);
    return rowCount === 1 ? { holder: null } : null;
  }).then(({ holder }) => holder);

/** A text whose worker is killed at a random moment of its conversation with the language model, so many times. */
const killHolder = async (trials: Trials, index: number, deaths: number): Promise<void> => {
  const { world, fleet, random } = trials;
  const word = `Lighthouse${index}x${random.whole(0, 1e9)}`;
  const id = accepted(await world.api.createText({ text: `${TEXT} Her name was ${word}.` }));
  const replacing: Promise<void>[] = [];
  let last: string | null = null;
  for (let death = 0; death < deaths; death += 1) {
    const holder = await nextHolder(trials, { id, word, seen: last });
    // It was over before the last kill: that one took a worker that had done its work.
    if (holder === null) break;
    last = holder.name;
    await delay(random.whole(0, 400));
    replacing.push(fleet.replace(holder, "SIGKILL"));
  }
  await untilRecovered(trials, id);
  await Promise.all(replacing);
};

/** Some worker is killed while a recording waits, is sent, is heard, or becomes prompts. */
const killAny = async (trials: Trials): Promise<void> => {
  const { world, fleet, random } = trials;
  const id = accepted(await world.api.createAudio());
  await delay(random.whole(0, 5 * SECOND));
  const replaced = fleet.replace(random.pick(fleet.workers), "SIGKILL");
  await untilRecovered(trials, id);
  await replaced;
};

export const row01: Row = {
  number: 1,
  promise: "a worker's death loses nothing",
  backends: BOTH,
  trials: { full: 320, short: 3 },
  run: (context) =>
    withWorld(context, { answerMs: 200 }, async (world, tally) => {
      const size = context.trials < REPEATED_SHARE ? "short" : "full";
      const fleet = await startFleet(world, WORKERS[size]);
      const trials = { world, tally, fleet, random: createRandom(context.seed) };
      const repeated = Math.ceil(context.trials / REPEATED_SHARE);
      await inLanes(context.trials - repeated, LANES[size], (index) =>
        tally.trial(() => (index % 4 === 1 ? killAny(trials) : killHolder(trials, index, 1))),
      );
      for (let index = 0; index < repeated; index += 1) await tally.trial(() => killHolder(trials, -index, DEATHS));
    }),
};
