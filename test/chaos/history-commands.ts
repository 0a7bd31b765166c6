import { setTimeout as delay } from "node:timers/promises";

import fc, { type AsyncCommand } from "fast-check";

import { SECOND } from "../../packages/kernel/src/index.ts";
import type { History, Model } from "./history-model.ts";

type Command = AsyncCommand<Model, History>;

const command = (name: string, run: (model: Model, real: History) => Promise<void>): Command => ({
  check: () => true,
  run,
  toString: () => name,
});

/** A request during a fault may be refused with 503, or not be answered; never anything else. */
const attempt = async (real: History, what: string, send: () => Promise<Response>): Promise<Response | null> => {
  const answer = await send().catch((error: unknown) => {
    if (real.isDisturbed) return null;
    throw error;
  });
  if (answer === null || answer.status === 503) return null;
  if (answer.status >= 500) throw new Error(`${what} was answered ${answer.status}`);
  return answer;
};

const create = (kind: "text" | "recording"): Command =>
  command(`create a ${kind}`, async (model, real) => {
    const { api } = real.world;
    const { status, id } = await (kind === "text" ? api.createText() : api.createAudio()).catch((error: unknown) => {
      if (real.isDisturbed) return { status: 503, id: null };
      throw error;
    });
    if (id !== null) model.tasks.set(id, { expected: "completed", isUnsure: false });
    else if (status !== 503) throw new Error(`a create was answered ${status}`);
    real.isDisturbed = false;
  });

/** One of the tasks that its owner has not deleted, by a number from fast-check. */
const choose = (model: Model, number: number): string | null => {
  const ids = [...model.tasks].flatMap(([id, { expected }]) => (expected === "deleted" ? [] : [id]));
  return ids[number % Math.max(1, ids.length)] ?? null;
};

const cancel = (number: number): Command =>
  command(`cancel ${number}`, async (model, real) => {
    const id = choose(model, number);
    const task = model.tasks.get(id ?? "");
    if (id === null || task === undefined) return;
    const answer = await attempt(real, "a cancel", () =>
      real.world.api.send(`/v1/tasks/${id}/cancel`, { method: "POST" }),
    );
    if (answer === null) task.isUnsure = true;
    else if (answer.status === 200)
      task.expected = ((await answer.json()) as { status: string }).status === "completed" ? "completed" : "canceled";
    // It was over already: 409 changes nothing.
    else if (answer.status !== 409) throw new Error(`a cancel was answered ${answer.status}`);
  });

const retry = (number: number): Command =>
  command(`retry ${number}`, async (model, real) => {
    const id = choose(model, number);
    const task = model.tasks.get(id ?? "");
    if (id === null || task === undefined) return;
    const answer = await attempt(real, "a retry", () =>
      real.world.api.send(`/v1/tasks/${id}/retry`, { method: "POST" }),
    );
    if (answer === null) task.isUnsure = true;
    else if (answer.status === 202) task.expected = "completed";
    else if (answer.status !== 409) throw new Error(`a retry was answered ${answer.status}`);
  });

const remove = (number: number): Command =>
  command(`delete ${number}`, async (model, real) => {
    const id = choose(model, number);
    const task = model.tasks.get(id ?? "");
    if (id === null || task === undefined) return;
    const answer = await attempt(real, "a delete", () => real.world.api.send(`/v1/tasks/${id}`, { method: "DELETE" }));
    real.world.api.acknowledged.delete(id);
    if (answer === null) task.isUnsure = true;
    else if (answer.status === 204) task.expected = "deleted";
    else throw new Error(`a delete was answered ${answer.status}`);
  });

const fault = (name: string, run: (real: History) => Promise<void>): Command =>
  command(name, async (_model, real) => {
    await run(real);
    real.isDisturbed = true;
  });

const killWorker = fault("kill a worker", async (real) => {
  const [victim] = real.workers.splice(0, 1);
  victim?.kill("SIGKILL");
  real.workers.push(await real.world.start("worker"));
});

const freezeWorker = fault("freeze a worker past its lease", async ({ workers }) => {
  workers[0]?.kill("SIGSTOP");
  await delay(4 * SECOND);
  workers[0]?.kill("SIGCONT");
});

const killApi = fault("kill the API", async (real) => {
  real.apiProcess.kill("SIGKILL");
  real.apiProcess = await real.world.start("api");
  real.world.balancer.retarget(real.apiProcess.port);
});

const loseRedis = fault("flush the queue", async ({ world }) => world.redis?.flushAll());

const restartRedis = fault("kill and restart the queue", async ({ world }) => {
  world.redis?.kill("SIGKILL");
  await world.redis?.restart();
});

const terminateBackends = fault("terminate the connections to the database", async ({ world }) => {
  await world.client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'phonoscene%'",
  );
});

const numbers = fc.nat({ max: 1000 });

/** Twice as many of what owners do as of what goes wrong. */
export const COMMANDS: readonly fc.Arbitrary<Command>[] = [
  fc.constant(create("text")),
  fc.constant(create("text")),
  fc.constant(create("recording")),
  numbers.map(cancel),
  numbers.map(retry),
  numbers.map(remove),
  fc.constantFrom(killWorker, freezeWorker, killApi),
  fc.constantFrom(loseRedis, restartRedis, terminateBackends),
];
