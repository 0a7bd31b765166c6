import { TaskOptions } from "@phonoscene/contracts";
import { createLogger, newId } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Database, openDatabase } from "./client.ts";
import { type Admission, admitProviderCall, endProviderCall } from "./provider-admission.repo.ts";
import {
  type CallEnd,
  endProviderJob,
  loseAbandonedCalls,
  loseCallsOfTask,
  type SpendCaps,
} from "./provider-calls.repo.ts";
import { createTask } from "./tasks.repo.ts";
import { createUser } from "./users.repo.ts";

const databaseOf = useDatabase();
const logger = createLogger({ name: "ledger-test", level: "silent" });
const BREAKER = { failuresToOpen: 100, openMs: 1000, maxOpenMs: 1000 };
const NO_CAPS: SpendCaps = { userMicroUsd: null, totalMicroUsd: null };
let database: Database;

beforeAll(() => {
  const onPoolError = (error: Error): void => logger.warn({ err: error }, "pool");
  database = openDatabase({ url: databaseOf.url, poolSize: 10, onPoolError });
});
afterAll(() => database.close());

let users = 0;
const newUser = async (): Promise<string> => {
  users += 1;
  return (await createUser(database.db, { email: `u${users}@example.com`, name: "U", passwordHash: "x" })).id;
};
const newTask = async (userId: string): Promise<string> => {
  const source = { kind: "text" as const, text: "A fox ran." };
  return (await createTask(database.db, { userId, name: null, language: "en", options: TaskOptions.parse({}), source }))
    .id;
};

type Ask = { taskId: string; userId: string; microUsd: number; caps?: SpendCaps; slotMs?: number };

const begin = async ({ caps = NO_CAPS, slotMs = 60_000, ...call }: Ask): Promise<Admission & { id: string }> => {
  const id = newId();
  const reservation = { ...call, model: "gpt-test", operation: "write" };
  const limits = { maxConcurrent: null, requestsPerMinute: null };
  const ask = { id, provider: "openai", limits, takesSlot: true, slotMs, reservation, caps };
  return { id, ...(await admitProviderCall(database.db, ask)) };
};
const end = (id: string, callEnd: CallEnd): Promise<boolean> =>
  endProviderCall(database.db, { id, provider: "openai", health: "answered", breaker: BREAKER }, callEnd);

const settled = (microUsd: number | null, tokens = 100): CallEnd => ({
  state: "settled",
  usage: { audioMs: null, inputTokens: tokens, outputTokens: 10 },
  microUsd,
  model: null,
});
const spentBy = async (scope: string): Promise<number> => {
  const rows = await database.db.providerSpend.findMany({ where: { scope } });
  return rows.reduce((sum, { microUsd }) => sum + Number(microUsd), 0);
};

describe("a cap", () => {
  it("of a user is passed by less than one call, of 50 at once", async () => {
    const userId = await newUser();
    const taskId = await newTask(userId);
    const caps = { userMicroUsd: 1000, totalMicroUsd: null };
    const asked = await Promise.all(Array.from({ length: 50 }, () => begin({ taskId, userId, microUsd: 300, caps })));
    expect(asked.filter(({ outcome }) => outcome === "admitted")).toHaveLength(4);
    expect(await spentBy(userId)).toBe(1200);
    expect(await database.db.providerCall.count({ where: { taskId } })).toBe(4);
    const refused = asked.find(({ outcome }) => outcome === "over-cap");
    if (refused?.outcome !== "over-cap") throw new Error("46 are over the cap");
    expect(refused.cap).toBe("user");
    expect(refused.resetsAt.toISOString()).toMatch(/T00:00:00\.000Z$/);
    expect(refused.resetsAt.getTime()).toBeGreaterThan(Date.now());
  });

  it("of all holds for many users at once, and refuses without counting", async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, newUser));
    const before = await spentBy("all");
    const caps = { userMicroUsd: 600, totalMicroUsd: before + 1000 };
    const asked = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const userId = ids[index % ids.length] ?? "";
        return begin({ taskId: newId(), userId, microUsd: 300, caps });
      }),
    );
    expect(asked.filter(({ outcome }) => outcome === "admitted")).toHaveLength(4);
    expect((await spentBy("all")) - before).toBe(1200);
    const ofUsers = await Promise.all(ids.map(spentBy));
    expect(ofUsers.reduce((sum, microUsd) => sum + microUsd, 0)).toBe(1200);
  });

  it("has room again for what was reserved and not charged", async () => {
    const userId = await newUser();
    const taskId = await newTask(userId);
    const caps = { userMicroUsd: 500, totalMicroUsd: null };
    const first = await begin({ taskId, userId, microUsd: 500, caps });
    expect((await begin({ taskId, userId, microUsd: 1, caps })).outcome).toBe("over-cap");
    await end(first.id, settled(200));
    expect(await spentBy(userId)).toBe(200);
    const second = await begin({ taskId, userId, microUsd: 300, caps });
    await end(second.id, { state: "released" });
    expect(await spentBy(userId)).toBe(200);
  });
});

/** As its owner sees it. */
const usageOf = async (id: string): Promise<unknown> =>
  (await database.db.task.findUniqueOrThrow({ where: { id } })).usage;

describe("the usage of a task", () => {
  it("counts each paid call once, over kinds, unpriced models and refusals", async () => {
    const userId = await newUser();
    const taskId = await newTask(userId);
    const ids: string[] = [];
    for (let call = 0; call < 4; call += 1) ids.push((await begin({ taskId, userId, microUsd: 500 })).id);
    expect(await usageOf(taskId)).toBeNull();
    const [first = "", second = "", third = "", fourth = ""] = ids;
    await end(first, settled(200));
    await end(first, settled(999));
    await end(second, settled(300));
    await end(third, { state: "released" });
    await end(fourth, { state: "unknown" });
    const usage = {
      costUsd: 0.001,
      calls: [
        {
          provider: "openai",
          model: "gpt-test",
          operation: "write",
          count: 3,
          unknownCount: 1,
          audioMs: null,
          inputTokens: 200,
          outputTokens: 20,
          costUsd: 0.001,
        },
      ],
    };
    expect(await usageOf(taskId)).toEqual(usage);
    expect(await spentBy(userId)).toBe(1000);
  });

  it("has no cost where no price is known", async () => {
    const userId = await newUser();
    const taskId = await newTask(userId);
    await end((await begin({ taskId, userId, microUsd: 0 })).id, settled(null));
    expect(await usageOf(taskId)).toMatchObject({ costUsd: null, calls: [{ costUsd: null }] });
  });

  it("has a job that the provider went on with once it is settled, under the model that did it", async () => {
    const userId = await newUser();
    const taskId = await newTask(userId);
    const { id } = await begin({ taskId, userId, microUsd: 500 });
    await end(id, { state: "reserved", jobId: "job-1" });
    expect(await usageOf(taskId)).toBeNull();
    const job = { taskId, provider: "openai", jobId: "job-1" };
    const usage = { audioMs: 45_000, inputTokens: null, outputTokens: null };
    await loseCallsOfTask(database.db, taskId);
    for (const microUsd of [120, 999]) {
      await endProviderJob(database.db, job, { state: "settled", usage, microUsd, model: "better" });
    }
    const calls = [{ model: "better", audioMs: 45_000, count: 1, costUsd: 0.00012 }];
    expect(await usageOf(taskId)).toMatchObject({ calls });
    expect(await spentBy(userId)).toBe(120);
  });
});

describe("a call whose process died", () => {
  it("is unknown, and costs what was reserved, as soon as the task is worked on again", async () => {
    const userId = await newUser();
    const taskId = await newTask(userId);
    await begin({ taskId, userId, microUsd: 500 });
    await loseCallsOfTask(database.db, taskId);
    expect(await usageOf(taskId)).toMatchObject({ costUsd: 0.0005, calls: [{ unknownCount: 1 }] });
    expect(await spentBy(userId)).toBe(500);
  });

  it("is unknown after a while where nobody comes back to the task; those under way are left alone", async () => {
    const userId = await newUser();
    const [dead, alive] = [await newTask(userId), await newTask(userId)];
    await begin({ taskId: dead, userId, microUsd: 1, slotMs: -1 });
    await begin({ taskId: alive, userId, microUsd: 1 });
    const startedAt = new Date(Date.now() - 120_000);
    await database.db.providerCall.updateMany({ where: { taskId: { in: [dead, alive] } }, data: { startedAt } });
    await loseAbandonedCalls(database.db);
    expect(await usageOf(dead)).toMatchObject({ calls: [{ count: 1, unknownCount: 1 }] });
    expect(await usageOf(alive)).toBeNull();
  });
});

it("what was spent stays spent when the task goes, and names nobody when the user does", async () => {
  const userId = await newUser();
  const taskId = await newTask(userId);
  await end((await begin({ taskId, userId, microUsd: 500 })).id, settled(500));
  const spent = await spentBy("all");
  await database.db.task.delete({ where: { id: taskId } });
  expect(await spentBy(userId)).toBe(500);
  await database.db.user.delete({ where: { id: userId } });
  expect(await database.db.providerCall.findFirst({ where: { taskId } })).toMatchObject({ userId: null });
  expect(await spentBy("all")).toBe(spent);
});
