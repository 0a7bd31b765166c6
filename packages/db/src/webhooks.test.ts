import { TaskOptions } from "@phonoscene/contracts";
import { newId } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import { afterAll, beforeAll, expect, it } from "vitest";

import { type Database, openDatabase } from "./client.ts";
import { cancelOverdueTasks } from "./deadlines.repo.ts";
import { commitStoryboard, commitTranscript } from "./results.repo.ts";
import { retryTask } from "./task-control.repo.ts";
import { type Claim, claimTask, failTask, renewLease } from "./task-state.ts";
import { createTask } from "./tasks.repo.ts";
import { createUser } from "./users.repo.ts";
import { claimDeliveries } from "./webhook-deliveries.repo.ts";
import { createWebhook, deleteWebhook, updateWebhook } from "./webhooks.repo.ts";

const databaseOf = useDatabase();
let database: Database;
let userId: string;
let webhookId: string;

const EVENTS = ["task.transcribed", "task.completed", "task.failed", "task.canceled"];
const HOOK = { url: "https://example.com/", description: null, secret: "whsec_AAAA" };

beforeAll(async () => {
  const onPoolError = (error: Error): void => {
    throw error;
  };
  database = openDatabase({ url: databaseOf.url, poolSize: 5, onPoolError });
  userId = (await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" })).id;
  webhookId = (await createWebhook(database.db, { userId, events: EVENTS, ...HOOK }, 10))?.id ?? "";
});
afterAll(() => database.close());

const options = TaskOptions.parse({});
const audio = () => ({
  kind: "audio" as const,
  audio: { filename: "a", format: "wav", sizeBytes: 1, storageKey: newId() },
});

const newTask = async (deadlineMs?: number): Promise<string> =>
  (await createTask(database.db, { userId, name: null, language: "en", options, source: audio(), deadlineMs })).id;

const claim = async (id: string, stage: "transcribing" | "prompting"): Promise<Claim> => {
  const claimed = await claimTask(database.db, id, stage);
  if (claimed.outcome !== "claimed") throw new Error(`expected a claim, got ${claimed.outcome}`);
  return claimed.task;
};

/** What is told of a task, in order. */
const told = async (taskId: string): Promise<string[]> => {
  const rows = await database.db.webhookEvent.findMany({
    where: { taskId, deliveries: { some: { webhookId } } },
    orderBy: { createdAt: "asc" },
  });
  return rows.map(({ type }) => type);
};

const transcript = { language: "en", engine: "local", durationMs: 1, segments: [], warnings: [] };
const storyboard = {
  language: "en",
  engine: "local",
  segments: [],
  scenes: [],
  prompts: [],
  warnings: [],
};
const failure = { code: "internal", message: "no", stage: "transcribing", retryable: true } as const;

it("a task that is heard and completed tells both; claims, heartbeats and lost claims tell nothing", async () => {
  const id = await newTask();
  const first = await claim(id, "transcribing");
  await renewLease(database.db, first, 0.5);
  expect(await told(id)).toEqual([]);
  await commitTranscript(database.db, first, transcript);
  await commitTranscript(database.db, first, transcript);
  expect(await told(id)).toEqual(["task.transcribed"]);
  const second = await claim(id, "prompting");
  await commitStoryboard(database.db, second, storyboard);
  expect(await told(id)).toEqual(["task.transcribed", "task.completed"]);
  await retryTask(database.db, { id, userId });
  expect(await told(id)).toHaveLength(2);
  await commitStoryboard(database.db, await claim(id, "prompting"), storyboard);
  expect(await told(id)).toEqual(["task.transcribed", "task.completed", "task.completed"]);
});

it("a failure and a deadline tell so, and why", async () => {
  const failed = await newTask();
  await failTask(database.db, await claim(failed, "transcribing"), { ...failure, message: '\u{1F98A}"'.repeat(5000) });
  const overdue = await newTask(60_000);
  await database.db.$executeRaw`UPDATE tasks SET deadline_at = now() WHERE id = ${overdue}::uuid`;
  await cancelOverdueTasks(database.db);
  expect([await told(failed), await told(overdue)]).toEqual([["task.failed"], ["task.canceled"]]);
  const bodies = await database.db.webhookEvent.findMany({ where: { taskId: { in: [failed, overdue] } } });
  const byType = new Map(bodies.map(({ type, body }) => [type, body]));
  expect(JSON.parse(byType.get("task.failed") ?? "")).toMatchObject({ data: { error: { code: "internal" } } });
  expect(JSON.parse(byType.get("task.canceled") ?? "")).toMatchObject({
    data: { cancelReason: "deadline", error: null },
  });
  for (const { body } of bodies) expect(Buffer.byteLength(body)).toBeLessThan(20_000);
});

it("what is rolled back, or nobody listens to, writes nothing", async () => {
  const id = await newTask();
  const first = await claim(id, "transcribing");
  const rolledBack = database.db.$transaction(async (tx) => {
    await failTask(tx, first, failure);
    throw new Error("as if it broke");
  });
  await expect(rolledBack).rejects.toThrow("as if it broke");
  expect(await database.db.webhookEvent.count({ where: { taskId: id } })).toBe(0);
  const owned = { id: webhookId, userId, versions: null };
  await updateWebhook(database.db, owned, { status: "disabled" });
  await failTask(database.db, first, failure);
  await updateWebhook(database.db, owned, { status: "enabled" });
  expect(await database.db.webhookEvent.count({ where: { taskId: id } })).toBe(0);
});

it("a webhook that is being deleted is passed over, and the task's commit stands", async () => {
  const id = await newTask();
  const first = await claim(id, "transcribing");
  const other = (await createWebhook(database.db, { userId, events: EVENTS, ...HOOK }, 10))?.id ?? "";
  let failing: Promise<boolean> | undefined;
  await database.db.$transaction(async (tx) => {
    await deleteWebhook(tx, { id: other, userId });
    failing = failTask(database.db, first, failure);
    const waiting = async (): Promise<number> => {
      const [row] = await database.db.$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return row?.count ?? 0;
    };
    await expect.poll(waiting, { timeout: 4000 }).toBe(1);
  });
  expect(await failing).toBe(true);
  expect(await told(id)).toEqual(["task.failed"]);
});

it("what was written in the moment in which a webhook was disabled is canceled, not kept for later", async () => {
  const owned = { id: webhookId, userId, versions: null };
  await database.db.webhookDelivery.deleteMany({ where: { webhookId } });
  const id = await newTask();
  const first = await claim(id, "transcribing");
  await database.db.$transaction(async (tx) => {
    await failTask(tx, first, failure);
    await updateWebhook(database.db, owned, { status: "disabled" });
  });
  const states = async (): Promise<string[]> =>
    (await database.db.webhookDelivery.findMany({ where: { webhookId } })).map(({ state }) => state);
  expect(await states()).toEqual(["pending"]);
  expect(await claimDeliveries(database.db, 10)).toEqual([]);
  expect(await states()).toEqual(["canceled"]);
  await updateWebhook(database.db, owned, { status: "enabled" });
  expect(await claimDeliveries(database.db, 10)).toEqual([]);
});
