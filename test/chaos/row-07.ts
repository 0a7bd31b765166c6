import { z } from "zod";

import { MINUTE, SECOND } from "../../packages/kernel/src/index.ts";
import { logIn } from "./account.ts";
import { TEXT } from "./api-client.ts";
import { startFleet, whileRunning } from "./fleet.ts";
import { BOTH, type Row } from "./row.ts";
import { type Tally, until } from "./tally.ts";
import { type World, withWorld } from "./world.ts";

const WORKERS = 3;
const GOOD_FOR_EACH = 10;
const POISON = "Belladonna";
const WAIT_MS = 30 * MINUTE;

const accepted = async (world: World, text: string): Promise<string> => {
  const { id, status } = await world.api.createText({ text });
  if (id === null) throw new Error(`a create was answered ${status}`);
  return id;
};

const statuses = async ({ client }: World, ids: readonly string[]) => {
  const { rows } = await client.query<{ status: string; attempt: number; isDead: boolean }>(
    `SELECT status, attempt, dead_at IS NOT NULL AS "isDead" FROM tasks WHERE id = ANY($1)`,
    [ids],
  );
  return rows;
};

/** Whoever asks the language model about the poison dies, for as long as there is some left. */
const killWhoeverTakes = async (world: World, ids: readonly string[]): Promise<void> => {
  const fleet = await startFleet(world, WORKERS);
  const replacing = new Map<string, Promise<void>>();
  const allOver = until("the poison given up", WAIT_MS, async () =>
    (await statuses(world, ids)).every(({ status }) => status === "failed") ? true : null,
  );
  await whileRunning(allOver, async () => {
    const holder = await fleet.holderOf(POISON, SECOND).catch(() => null);
    if (holder === null || replacing.has(holder.name)) return;
    replacing.set(holder.name, fleet.replace(holder, "SIGKILL"));
  });
  await allOver;
  await Promise.all(replacing.values());
};

const Redriven = z.object({ redriven: z.array(z.uuid()) });

const redriveAll = async (world: World): Promise<string[]> => {
  const url = `http://127.0.0.1:${world.balancer.port}`;
  const headers = { authorization: `Bearer ${await logIn(url)}`, "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify({ filter: {} }) };
  const answer = await fetch(`${url}/v1/admin/dead-letters/redrive`, init);
  if (!answer.ok) throw new Error(`redrive was answered ${answer.status}`);
  return Redriven.parse(await answer.json()).redriven;
};

const poison = async (world: World, tally: Tally, count: number): Promise<void> => {
  const good: string[] = [];
  const bad: string[] = [];
  for (let index = 0; index < count; index += 1) {
    bad.push(await accepted(world, `${TEXT} ${POISON} grew beside the path.`));
    good.push(...(await world.api.createTexts(GOOD_FOR_EACH)));
  }
  const startedAt = performance.now();
  await killWhoeverTakes(world, bad);
  await world.untilCompleted(good);
  const dead = await statuses(world, bad);
  for (const { attempt, isDead } of dead) {
    await tally.trial(async () => {
      if (!isDead || attempt !== 6) throw new Error(`given up at claim ${attempt}, dead: ${isDead}; not at the sixth`);
    });
  }
  tally.recovered(performance.now() - startedAt);
  const redriven = await redriveAll(world);
  if (redriven.length !== bad.length) tally.fail(`${redriven.length} of ${bad.length} were redriven`);
  await world.untilCompleted(bad);
};

export const row07: Row = {
  number: 7,
  promise: "a poison task is isolated and can be replayed",
  backends: BOTH,
  trials: { full: 20, short: 1 },
  run: (context) => withWorld(context, { answerMs: 150 }, (world, tally) => poison(world, tally, context.trials)),
};
