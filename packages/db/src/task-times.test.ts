import { TaskOptions } from "@phonoscene/contracts";
import { DAY, MINUTE, SECOND } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";

import { type Database, openDatabase } from "./client.ts";
import { saveProviderJobId } from "./provider-work.repo.ts";
import { commitTranscript } from "./results.repo.ts";
import { type ClaimedTask, claimTaskFor, renewLease } from "./task-state.ts";
import { createTask } from "./tasks.repo.ts";
import { createUser } from "./users.repo.ts";

const databaseOf = useDatabase();
let database: Database;
let client: pg.Client;
let userId: string;

beforeAll(async () => {
  database = openDatabase({ url: databaseOf.url, poolSize: 3, onPoolError: () => undefined });
  client = new pg.Client({ connectionString: databaseOf.url, options: "-c TimeZone=UTC" });
  await client.connect();
  userId = (await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" })).id;
});
afterAll(async () => {
  await client.end();
  await database.close();
});
afterEach(() => {
  vi.useRealTimers();
});

const claimed = async (leaseMs: number): Promise<ClaimedTask> => {
  const audio = { filename: "a.wav", format: "wav", sizeBytes: 10, storageKey: `${Math.random()}.wav` };
  const source = { kind: "audio" as const, audio };
  const options = TaskOptions.parse({});
  const { id } = await createTask(database.db, { userId, name: null, language: "en", options, source });
  const claim = await claimTaskFor(database.db, { taskId: id, stage: "transcribing", leaseMs });
  if (claim.outcome !== "claimed") throw new Error(`expected a claim, got ${claim.outcome}`);
  return claim.task;
};

const timesOf = async (id: string): Promise<{ aheadMs: number; leaseMs: number; updatedAt: Date }> => {
  const { rows } = await client.query<{ aheadMs: number; leaseMs: number; updatedAt: Date }>(
    `SELECT (extract(epoch FROM updated_at - now()) * 1000)::float8 AS "aheadMs", updated_at AS "updatedAt",
      (extract(epoch FROM lease_until - now()) * 1000)::float8 AS "leaseMs" FROM tasks WHERE id = $1`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`there is no task ${id}`);
  return row;
};

it("a worker whose clock is a day ahead keeps a provider's id with the database's time", async () => {
  const task = await claimed(MINUTE);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + DAY });
  expect(await saveProviderJobId(database.db, task, { provider: "assemblyai", providerJobId: "transcript-1" })).toBe(
    true,
  );
  expect((await timesOf(task.taskId)).aheadMs).toBeLessThanOrEqual(0);
});

it("a result whose transaction began before a heartbeat does not set the task's time back", async () => {
  const task = await claimed(MINUTE);
  await client.query("BEGIN");
  await client.query("SELECT FROM tasks WHERE id = $1 FOR UPDATE", [task.taskId]);
  const transcript = { language: "en", engine: "test", durationMs: 1000, segments: [], warnings: [] };
  const committing = commitTranscript(database.db, task, transcript);
  await expect
    .poll(async () => (await client.query("SELECT FROM pg_locks WHERE NOT granted")).rowCount)
    .toBeGreaterThan(0);
  await client.query("UPDATE tasks SET updated_at = clock_timestamp() WHERE id = $1", [task.taskId]);
  const beat = await timesOf(task.taskId);
  await client.query("COMMIT");
  expect(await committing).toBe(true);
  expect((await timesOf(task.taskId)).updatedAt.getTime()).toBeGreaterThanOrEqual(beat.updatedAt.getTime());
});

it("a lease is as long as its claim asked for, and is renewed for as long", async () => {
  const task = await claimed(30 * SECOND);
  expect((await timesOf(task.taskId)).leaseMs).toBeGreaterThan(20 * SECOND);
  await client.query("UPDATE tasks SET lease_until = now() WHERE id = $1", [task.taskId]);
  expect(await renewLease(database.db, task, 0.5)).toBe(true);
  expect((await timesOf(task.taskId)).leaseMs).toBeGreaterThan(20 * SECOND);
});
