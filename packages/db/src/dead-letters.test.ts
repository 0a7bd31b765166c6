import { TaskOptions } from "@phonoscene/contracts";
import { newId } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

import { type Database, openDatabase } from "./client.ts";
import { listDeadLetters, redriveDeadLetters } from "./dead-letters.repo.ts";
import { readBacklog } from "./operations.repo.ts";
import { commitTranscript } from "./results.repo.ts";
import { retryTask } from "./task-control.repo.ts";
import { type ClaimedTask, claimTask, failTask, releaseTask } from "./task-state.ts";
import { createTask, type NewTask } from "./tasks.repo.ts";
import { createUser } from "./users.repo.ts";

const databaseOf = useDatabase();
let database: Database;
let userId: string;

beforeAll(async () => {
  const onPoolError = (error: Error): void => void error;
  database = openDatabase({ url: databaseOf.url, poolSize: 3, onPoolError });
  userId = (await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" })).id;
});
beforeEach(async () => {
  await database.db.task.deleteMany();
  await database.db.outbox.deleteMany();
});
afterAll(() => database.close());

const newTask = async (source: NewTask["source"]): Promise<string> =>
  (await createTask(database.db, { userId, name: null, language: "auto", options: TaskOptions.parse({}), source })).id;
const newText = () => newTask({ kind: "text", text: "A fox ran." });
const newAudio = () =>
  newTask({
    kind: "audio",
    audio: { filename: "a.mp3", format: "mp3", sizeBytes: 1, storageKey: `${newId()}.mp3` },
  });
const claim = async (id: string, stage: "transcribing" | "prompting"): Promise<ClaimedTask> => {
  const outcome = await claimTask(database.db, id, stage);
  if (outcome.outcome !== "claimed") throw new Error(`not claimed: ${outcome.outcome}`);
  return outcome.task;
};
const kill = async (id: string, stage: "transcribing" | "prompting", isDead = true): Promise<void> => {
  const message = "The words of the failure.";
  await failTask(database.db, await claim(id, stage), { code: "internal", message, stage, retryable: false, isDead });
};
const jobs = async (): Promise<unknown[]> => {
  const rows = await database.db.outbox.findMany({ orderBy: { id: "asc" } });
  return rows.map(({ job, payload }) => [job, payload]);
};

it("only a task that was given up is listed, with no word of its content", async () => {
  const [dead, failed] = [await newText(), await newText()];
  await kill(dead, "prompting");
  await kill(failed, "prompting", false);
  const rows = await listDeadLetters(database.db, { after: null, limit: 10 });
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ id: dead, userId, stage: "prompting", code: "internal", attempts: 1 });
  expect(JSON.stringify(rows)).not.toContain("fox");
  expect(await readBacklog(database.db)).toMatchObject({ deadLetters: 1 });
});

it("pages go through all of them once, newest first, even where times are equal", async () => {
  const ids = await Promise.all(Array.from({ length: 7 }, newText));
  for (const id of ids) await kill(id, "prompting");
  await database.db.task.updateMany({ data: { deadAt: new Date("2026-01-01T00:00:00Z") } });
  const seen: string[] = [];
  let after: { createdAt: Date; id: string } | null = null;
  for (;;) {
    const rows = await listDeadLetters(database.db, { after, limit: 3 });
    const page = rows.slice(0, 3);
    seen.push(...page.map(({ id }) => id));
    const last = page.at(-1);
    if (rows.length <= 3 || last === undefined) break;
    after = { createdAt: last.deadAt, id: last.id };
  }
  expect(seen).toEqual(ids.toSorted().toReversed());
});

it("a redriven task starts where it was given up, with all its attempts, and its job is asked for once", async () => {
  const [text, audio, heard] = [await newText(), await newAudio(), await newAudio()];
  await kill(text, "prompting");
  await kill(audio, "transcribing");
  const transcript = { language: "en", engine: "test", durationMs: 1000, segments: [], warnings: [] };
  await commitTranscript(database.db, await claim(heard, "transcribing"), transcript);
  await kill(heard, "prompting");
  await database.db.outbox.deleteMany();

  const redriven = await redriveDeadLetters(database.db, { ids: [text, audio, heard, newId()] });
  expect(redriven.toSorted()).toEqual([text, audio, heard].toSorted());
  expect((await jobs()).map((row) => JSON.stringify(row)).sort()).toEqual(
    [
      ["write-prompts", { taskId: text }],
      ["transcribe-audio", { taskId: audio }],
      ["write-prompts", { taskId: heard }],
    ]
      .map((row) => JSON.stringify(row))
      .sort(),
  );
  expect(await claim(heard, "prompting")).toMatchObject({ attempt: 1 });
  expect(await claim(audio, "transcribing")).toMatchObject({ attempt: 1 });
  expect(await database.db.task.findUnique({ where: { id: text } })).toMatchObject({
    status: "queued",
    deadAt: null,
    errorCode: null,
    completedAt: null,
  });
  expect(await redriveDeadLetters(database.db, { filter: {} })).toEqual([]);
});

it("a filter chooses, and two that redrive at once take each task once", async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, newText));
  for (const id of ids) await kill(id, "prompting");
  await database.db.outbox.deleteMany();
  expect(await redriveDeadLetters(database.db, { filter: { code: "provider_timeout" } })).toEqual([]);
  expect(await redriveDeadLetters(database.db, { filter: { deadBefore: new Date(0) } })).toEqual([]);
  expect(await redriveDeadLetters(database.db, { filter: { userId: newId() } })).toEqual([]);
  const both = await Promise.all([
    redriveDeadLetters(database.db, { filter: { stage: "prompting" } }),
    redriveDeadLetters(database.db, { filter: { code: "internal", userId } }),
  ]);
  expect(both.flat().toSorted()).toEqual(ids.toSorted());
  expect(await jobs()).toHaveLength(20);
});

it("a task that its owner retries is no dead letter any more", async () => {
  const id = await newText();
  await kill(id, "prompting");
  expect(await retryTask(database.db, { id, userId })).toEqual({ outcome: "queued" });
  expect(await listDeadLetters(database.db, { after: null, limit: 10 })).toEqual([]);
  expect(await redriveDeadLetters(database.db, { ids: [id] })).toEqual([]);
});

it("the backlog tells the outbox's depth and age and who waits longest", async () => {
  expect(await readBacklog(database.db)).toMatchObject({ outboxDepth: 0, outboxAgeMs: null, oldestQueuedTask: null });
  const oldest = await newText();
  await newText();
  const backlog = await readBacklog(database.db);
  expect(backlog).toMatchObject({ outboxDepth: 2, oldestQueuedTask: { id: oldest } });
  expect(backlog.outboxAgeMs).toBeGreaterThanOrEqual(0);
});

it("attempts are counted for each stage anew, and one that is given back without fault is not counted", async () => {
  const id = await newAudio();
  for (const expected of [1, 2, 3]) {
    const task = await claim(id, "transcribing");
    expect(task.attempt).toBe(expected);
    await releaseTask(database.db, task, { isCounted: true });
  }
  const unlucky = await claim(id, "transcribing");
  await releaseTask(database.db, unlucky, { isCounted: false });
  const last = await claim(id, "transcribing");
  expect(last.attempt).toBe(4);
  const transcript = { language: "en", engine: "test", durationMs: 1000, segments: [], warnings: [] };
  await commitTranscript(database.db, last, transcript);
  expect(await claim(id, "prompting")).toMatchObject({ attempt: 1 });
  expect(await claimTask(database.db, id, "transcribing")).toEqual({ outcome: "obsolete" });
});
