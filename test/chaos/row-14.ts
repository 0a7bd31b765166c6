import { MINUTE, newId } from "../../packages/kernel/src/index.ts";
import { logIn } from "./account.ts";
import {
  type BulkAnswer,
  type BulkCall,
  type Caller,
  createCall,
  deleteCall,
  ITEMS,
  type SeededTask,
  sendCall,
  updateCall,
  withBadItem,
} from "./bulk-calls.ts";
import { createRandom, type Random } from "./random.ts";
import type { Row } from "./row.ts";
import { type Tally, until } from "./tally.ts";
import { type World, withWorld } from "./world.ts";

const PLACES = [1, ITEMS / 2, ITEMS] as const;
const KILLS = 20;
const FULL = PLACES.length + KILLS;

type Trials = { world: World; tally: Tally; random: Random };

const callerOf = async (port: number): Promise<Caller> => ({ port, token: await logIn(`http://127.0.0.1:${port}`) });

const count = async ({ client }: World, condition: string, values: unknown[] = []): Promise<number> => {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM tasks LEFT JOIN prompts ON task_id = tasks.id WHERE ${condition}`,
    values,
  );
  return rows[0]?.count ?? 0;
};

/** Nothing of this row is for a worker: what was made is taken away before anybody begins it. */
const clear = async ({ client }: World): Promise<void> => {
  // Renaming a completed task looks, in its history, like a result that is stored again.
  await client.query("TRUNCATE outbox, chaos_history");
  await client.query("DELETE FROM tasks");
};

/** Completed tasks with a prompt each, in the place of all others. */
const seed = async (world: World): Promise<SeededTask[]> => {
  await clear(world);
  const tasks = Array.from({ length: ITEMS }, () => ({ id: newId(), promptId: newId() }));
  const columns = [tasks.map(({ id }) => id), tasks.map(({ promptId }) => promptId)];
  await world.client.query(
    `WITH given AS (SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS row (id, prompt_id)), made AS (
       INSERT INTO tasks (id, user_id, kind, status, text, options)
       SELECT given.id, users.id, 'text', 'completed', 'Words.', '{}' FROM given, users RETURNING id
     )
     INSERT INTO prompts (id, task_id, position, content, slots)
     SELECT prompt_id, id, 0, 'as it was', '[]' FROM given JOIN made USING (id)`,
    columns,
  );
  return tasks;
};

const expectEqual = (what: string, found: number, expected: number): void => {
  if (found !== expected) throw new Error(`${what}: ${found} in place of ${expected}`);
};

/** All or nothing, and the one item at fault is named. */
const expectRefused = (what: string, answer: BulkAnswer, place: number): void => {
  if (answer.code !== "bulk/refused" || answer.refused.join(",") !== String(place - 1))
    throw new Error(`${what}: ${answer.status} ${answer.code}, refused for ${answer.refused.slice(0, 5).join(", ")}`);
};

/** A result for each item in the order given, a fault at `place` only. */
const expectResults = (what: string, { status, results }: BulkAnswer, place: number): void => {
  expectEqual(`${what}: status`, status, 200);
  expectEqual(`${what}: results`, results.length, ITEMS);
  const misplaced = results.filter(
    ({ index, error }, at) => index !== at || (error !== undefined) !== (at === place - 1),
  );
  expectEqual(`${what}: results that are not where they belong`, misplaced.length, 0);
};

const CHANGED = "tasks.name LIKE $1 AND prompts.content = tasks.name";

const tryCreates = async (world: World, caller: Caller, place: number): Promise<void> => {
  await clear(world);
  const call = withBadItem(createCall("made"), place);
  expectRefused("create", await sendCall(caller, call, true), place);
  expectEqual("tasks of a refused create", await count(world, "true"), 0);
  const answer = await sendCall(caller, { ...call, key: newId() }, false);
  expectResults("create", answer, place);
  expectEqual("tasks of a create", await count(world, "true"), ITEMS - 1);
  const { rows } = await world.client.query(
    `SELECT FROM unnest($1::uuid[], $2::text[]) AS given (id, name) JOIN tasks USING (id, name)`,
    [answer.results.map(({ id = null }) => id), answer.results.map(({ index }) => `made ${index}`)],
  );
  expectEqual("results that name their own task", rows.length, ITEMS - 1);
};

const tryUpdatesAndDeletes = async (world: World, caller: Caller, place: number): Promise<void> => {
  const tasks = await seed(world);
  const update = withBadItem(updateCall(tasks, "new"), place);
  expectRefused("update", await sendCall(caller, update, true), place);
  expectEqual("tasks of a refused update that changed", await count(world, CHANGED, ["new %"]), 0);
  expectResults("update", await sendCall(caller, update, false), place);
  expectEqual("tasks of an update that changed", await count(world, CHANGED, ["new %"]), ITEMS - 1);
  const removal = withBadItem(deleteCall(tasks), place);
  expectRefused("delete", await sendCall(caller, removal, true), place);
  expectEqual("tasks after a refused delete", await count(world, "true"), ITEMS);
  expectResults("delete", await sendCall(caller, { ...removal, key: newId() }, false), place);
  expectEqual("tasks after a delete", await count(world, "true"), 1);
};

/** A call whose process is killed, how much of it is done (of ITEMS), and how often it may be done when sent again. */
type Doomed = { call: BulkCall; done(): Promise<number>; typicalMs: number };

const prepareDoomed = async (world: World, kind: number): Promise<Doomed> => {
  if (kind === 0) {
    await clear(world);
    return { call: createCall("doomed"), done: () => count(world, "tasks.name LIKE 'doomed %'"), typicalMs: 1500 };
  }
  const tasks = await seed(world);
  if (kind === 1)
    return { call: updateCall(tasks, "doomed"), done: () => count(world, CHANGED, ["doomed %"]), typicalMs: 3000 };
  return { call: deleteCall(tasks), done: async () => ITEMS - (await count(world, "true")), typicalMs: 1500 };
};

/** A statement that was sent goes on without the process that sent it. */
const untilStatementsAreOver = ({ client }: World): Promise<true> =>
  until("the dead process's statements are over", MINUTE, async () => {
    const { rows } = await client.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
         AND state IN ('active', 'idle in transaction')
         AND query ~* '(tasks|prompts)' AND query !~* 'outbox'`,
    );
    return rows.length === 0 ? true : null;
  });

/** The same call again, as a client that had no answer sends it. */
const sendAgain = async (world: World, { call, done }: Doomed, before: number): Promise<void> => {
  // The key stays locked for a minute after its holder's death.
  await world.client.query("UPDATE idempotency_keys SET locked_until = now() WHERE status IS NULL");
  const answer = await sendCall(await callerOf(world.firstApi.port), call, true);
  const isGone = call.path.endsWith("/delete") && before === ITEMS;
  if (isGone ? answer.code !== "bulk/refused" : answer.status !== 200)
    throw new Error(
      `the call, sent again after ${before} items were done, was answered ${answer.status} ${answer.code}`,
    );
  expectEqual("items that are done after the call was sent again", await done(), ITEMS);
};

const killMidway = async ({ world, random, tally }: Trials, kind: number): Promise<void> => {
  const doomed = await prepareDoomed(world, kind);
  const victim = await world.start("api");
  const answered = sendCall(await callerOf(victim.port), doomed.call, true).then(
    ({ status }) => status,
    () => null,
  );
  const timer = setTimeout(() => victim.kill("SIGKILL"), random.whole(0, doomed.typicalMs));
  const status = await answered;
  clearTimeout(timer);
  if (victim.isRunning()) victim.kill("SIGKILL");
  await victim.ended;
  const diedAt = performance.now();
  await untilStatementsAreOver(world);
  const done = await doomed.done();
  if (done !== 0 && done !== ITEMS) throw new Error(`${done} of ${ITEMS} items were done`);
  if (status === 200) expectEqual("items done of a call that was answered 200", done, ITEMS);
  await sendAgain(world, doomed, done);
  tally.recovered(performance.now() - diedAt);
};

export const row14: Row = {
  number: 14,
  promise: "bulk is exactly as documented",
  backends: ["postgres"],
  trials: { full: FULL, short: 2 },
  run: (context) =>
    withWorld(context, {}, async (world, tally) => {
      const run: Trials = { world, tally, random: createRandom(context.seed) };
      const documented = Math.ceil((context.trials * PLACES.length) / FULL);
      for (let index = 0; index < documented; index += 1) {
        const place = PLACES[(context.seed + index) % PLACES.length] ?? 1;
        await tally.trial(async () => {
          const caller = await callerOf(world.firstApi.port);
          await tryCreates(world, caller, place);
          await tryUpdatesAndDeletes(world, caller, place);
        });
      }
      for (let index = documented; index < context.trials; index += 1)
        await tally.trial(() => killMidway(run, index % 3));
      await clear(world);
    }),
};
