import { once } from "node:events";

import { TaskOptions } from "@phonoscene/contracts";
import { cancelTask, createTask, createUser, type Database, openDatabase, retryTask } from "@phonoscene/db";
import { AppError, createLogger } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import { afterAll, beforeAll, expect, it } from "vitest";

import { type ClaimWatch, startClaimWatch } from "./claim-watch.ts";
import { runStage, type StageDefinition, type StageWork } from "./claimed-work.ts";

const databaseOf = useDatabase();
const logger = createLogger({ name: "worker-test", level: "silent" });
let database: Database;
let watch: ClaimWatch;
let userId: string;

beforeAll(async () => {
  const onPoolError = (error: Error): void => logger.warn({ err: error }, "pool");
  database = openDatabase({ url: databaseOf.url, poolSize: 3, onPoolError });
  watch = startClaimWatch({ database, logger });
  userId = (await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" })).id;
});
afterAll(async () => {
  await watch.stop();
  await database.close();
});

const newText = async (): Promise<string> => {
  const source = { kind: "text" as const, text: "A fox ran." };
  const fields = { userId, name: null, language: "auto", options: TaskOptions.parse({}), source };
  return (await createTask(database.db, fields)).id;
};

const run = (id: string, work: StageDefinition["run"], { signal } = new AbortController()) =>
  runStage({ stage: "prompting", database, watch, leaseMs: 10_000, run: work }, id, { signal, logger });

/** The news of a lost claim may come before the work waits for it. */
const untilAborted = async (signal: AbortSignal): Promise<never> => {
  if (!signal.aborted) await once(signal, "abort");
  throw signal.reason;
};

it("work on a task that is canceled stops, and looks again in case the task was retried meanwhile", async () => {
  const id = await newText();
  const first = await run(id, async ({ signal }) => {
    expect(await cancelTask(database.db, { id, userId })).toBe("processing");
    expect(await retryTask(database.db, { id, userId })).toEqual({ outcome: "queued" });
    return untilAborted(signal);
  });
  expect(first).toEqual({ again: { delayMs: 0 } });
  expect(await run(id, async ({ task }) => (task.attempt === 1 ? "done" : "lost"))).toBeUndefined();
});

it("a task that stays canceled is looked at once more, and left alone", async () => {
  const id = await newText();
  const dropped = await run(id, async () => {
    await cancelTask(database.db, { id, userId });
    return "lost";
  });
  expect(dropped).toEqual({ again: { delayMs: 0 } });
  const unwanted = async (): Promise<never> => {
    throw new Error("work on a canceled task");
  };
  expect(await run(id, unwanted)).toBeUndefined();
});

it("a worker that stops puts the job back for the next one, at once and without an attempt being counted", async () => {
  const id = await newText();
  const stopping = new AbortController();
  const stop = ({ signal }: StageWork): Promise<never> => {
    const aborted = untilAborted(signal);
    stopping.abort();
    return aborted;
  };
  expect(await run(id, stop, stopping)).toEqual({ again: { delayMs: 0 } });
  const task = await database.db.task.findUniqueOrThrow({ where: { id } });
  expect(task).toMatchObject({ status: "processing", attempt: 0, attemptToken: null, leaseUntil: null });
});

it("a pool that has no connection to spare is no fault of the task: it is put back uncounted", async () => {
  const id = await newText();
  const hold = async (): Promise<never> => {
    const held = await Promise.all(Array.from({ length: 3 }, () => database.pool.connect()));
    try {
      return await database.db.$transaction(async () => expect.unreachable(), { maxWait: 50 });
    } finally {
      for (const connection of held) connection.release();
    }
  };
  expect(await run(id, hold)).toEqual({ again: { delayMs: 1000 } });
  const task = await database.db.task.findUniqueOrThrow({ where: { id } });
  expect(task).toMatchObject({ status: "processing", attempt: 0, attemptToken: null });
});

it("a vendor's refused connection looks like a database's, and counts all the same", async () => {
  const id = await newText();
  const cause = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
  const refused = async (): Promise<never> => {
    throw new AppError("provider_unavailable", {}, { cause });
  };
  await expect(run(id, refused)).rejects.toMatchObject({ code: "provider_unavailable" });
  expect(await database.db.task.findUniqueOrThrow({ where: { id } })).toMatchObject({ attempt: 1 });
});
