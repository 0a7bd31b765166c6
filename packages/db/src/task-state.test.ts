import { TaskOptions } from "@phonoscene/contracts";
import { newId } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Database, openDatabase } from "./client.ts";
import { addToOutbox, drainOutbox } from "./outbox.repo.ts";
import { requeueStaleTasks } from "./reconcile.ts";
import { commitStoryboard, commitTranscript, type StoryboardResult } from "./results.repo.ts";
import { type ClaimedTask, claimTask, failTask, releaseTask, renewLease } from "./task-state.ts";
import { createTask, deleteTask, findTask } from "./tasks.repo.ts";
import { createUser } from "./users.repo.ts";

const databaseOf = useDatabase();
let database: Database;
let userId: string;

beforeAll(async () => {
  const onPoolError = (error: Error): void => {
    throw error;
  };
  database = openDatabase({ url: databaseOf.url, poolSize: 5, onPoolError });
  const user = await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" });
  userId = user.id;
});
afterAll(() => database.close());

const options = TaskOptions.parse({});

const newText = async (): Promise<string> => {
  const source = { kind: "text" as const, text: "A fox crossed the river." };
  return (await createTask(database.db, { userId, name: null, language: "auto", options, source })).id;
};

const newAudio = async (): Promise<string> => {
  const audio = { filename: "a.wav", format: "wav", sizeBytes: 10, storageKey: `${newId()}.wav` };
  const source = { kind: "audio" as const, audio };
  return (await createTask(database.db, { userId, name: null, language: "auto", options, source })).id;
};

const claimed = async (taskId: string, stage: "transcribing" | "prompting"): Promise<ClaimedTask> => {
  const claim = await claimTask(database.db, taskId, stage);
  if (claim.outcome !== "claimed") throw new Error(`expected a claim, got ${claim.outcome}`);
  return claim.task;
};

/** As if ten seconds had passed without a heartbeat. */
const expireLease = (id: string) =>
  database.db.task.update({ where: { id }, data: { leaseUntil: new Date(Date.now() - 1000) } });

const storyboard: StoryboardResult = {
  language: "en",
  engine: "local",
  segments: [{ id: 0, startMs: null, endMs: null, text: "A fox crossed the river.", confidence: null }],
  scenes: [
    {
      index: 0,
      startMs: null,
      endMs: null,
      segmentIds: [0],
      excerpt: "A fox crossed the river.",
      place: "river",
      timeOfDay: null,
      mood: null,
    },
  ],
  prompts: [{ position: 0, sceneIndex: 0, content: "a fox crossing a river", negative: null, slots: [] }],
  warnings: [],
};

const transcript = {
  language: "en",
  engine: "local/moonshine-base",
  durationMs: 4000,
  segments: [{ startMs: 0, endMs: 3000, text: "A fox crossed the river.", confidence: 0.9 }],
  warnings: [{ code: "language_low_confidence" as const, message: "Possibly not English." }],
};

describe("claiming", () => {
  it("a task is claimed by one worker at a time, and the other is told when to come back", async () => {
    const id = await newText();
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimTask(database.db, id, "prompting")));
    const outcomes = claims.map((claim) => claim.outcome).sort();
    expect(outcomes).toEqual([...Array.from({ length: 7 }, () => "busy"), "claimed"]);
    const busy = claims.find((claim) => claim.outcome === "busy");
    expect(busy?.outcome === "busy" && busy.retryInMs).toBeGreaterThan(5000);
  });

  it("a lease that is over is taken over, and the frozen worker's writes change nothing", async () => {
    const id = await newText();
    const frozen = await claimed(id, "prompting");
    await expireLease(id);
    const next = await claimed(id, "prompting");
    expect(next.attempt).toBe(2);
    expect(await renewLease(database.db, frozen, 0.5)).toBe(false);
    expect(await commitStoryboard(database.db, frozen, storyboard)).toBe(false);
    expect(
      await failTask(database.db, frozen, { code: "internal", message: "x", stage: "prompting", retryable: true }),
    ).toBe(false);
    expect(await commitStoryboard(database.db, next, storyboard)).toBe(true);
    expect(await database.db.prompt.count({ where: { taskId: id } })).toBe(1);
  });

  it("a stage that does not fit the task is obsolete", async () => {
    const text = await newText();
    const audio = await newAudio();
    expect(await claimTask(database.db, text, "transcribing")).toEqual({ outcome: "obsolete" });
    expect(await claimTask(database.db, audio, "prompting")).toEqual({ outcome: "obsolete" });
    expect(await claimTask(database.db, newId(), "prompting")).toEqual({ outcome: "obsolete" });
  });

  it("a task that is over is obsolete", async () => {
    const id = await newText();
    await commitStoryboard(database.db, await claimed(id, "prompting"), storyboard);
    expect(await claimTask(database.db, id, "prompting")).toEqual({ outcome: "obsolete" });
  });

  it("a released claim can be taken at once, and counts only if it was the task's fault", async () => {
    const id = await newText();
    await releaseTask(database.db, await claimed(id, "prompting"), { isCounted: false });
    const second = await claimed(id, "prompting");
    expect(second.attempt).toBe(1);
    await releaseTask(database.db, second, { isCounted: true });
    expect((await claimed(id, "prompting")).attempt).toBe(2);
  });

  it("progress never goes back", async () => {
    const id = await newText();
    const claim = await claimed(id, "prompting");
    await renewLease(database.db, claim, 0.6);
    await renewLease(database.db, claim, 0.4);
    expect(await findTask(database.db, { id, userId })).toMatchObject({ progress: 0.6, stage: "prompting" });
  });
});

describe("results", () => {
  it("a transcript, the next stage and its job are committed together", async () => {
    const id = await newAudio();
    await commitTranscript(database.db, await claimed(id, "transcribing"), transcript);
    const task = await findTask(database.db, { id, userId }, ["transcript"]);
    expect(task).toMatchObject({
      status: "processing",
      stage: "prompting",
      speechEngine: "local/moonshine-base",
      audio: { durationMs: 4000 },
      transcript: { text: "A fox crossed the river.", segments: [{ position: 0, startMs: 0, endMs: 3000 }] },
      warnings: transcript.warnings,
    });
    expect(await database.db.task.findUnique({ where: { id } })).toMatchObject({ attempt: 0, leaseUntil: null });
    expect(
      await database.db.outbox.count({ where: { job: "write-prompts", payload: { path: ["taskId"], equals: id } } }),
    ).toBe(1);
    expect((await claimed(id, "prompting")).transcript).toEqual({
      language: "en",
      segments: [{ id: 0, ...transcript.segments[0] }],
    });
  });

  it("a storyboard completes the task, and a text gets its sentences as the transcript", async () => {
    const id = await newText();
    await commitStoryboard(database.db, await claimed(id, "prompting"), storyboard);
    const task = await findTask(database.db, { id, userId }, ["transcript", "scenes", "prompts"]);
    expect(task).toMatchObject({
      status: "completed",
      stage: null,
      progress: 1,
      promptEngine: "local",
      transcript: { engine: "text", segments: [{ startMs: null }] },
      scenes: [{ index: 0, place: "river" }],
      prompts: [{ position: 0, content: "a fox crossing a river", scene: { index: 0 } }],
    });
    expect(task?.completedAt).toBeInstanceOf(Date);
  });

  it("a storyboard that cannot be stored whole is not stored at all", async () => {
    const id = await newText();
    const claim = await claimed(id, "prompting");
    const broken = { ...storyboard, prompts: [{ ...storyboard.prompts[0], sceneIndex: 9 }] } as StoryboardResult;
    await expect(commitStoryboard(database.db, claim, broken)).rejects.toThrow("names scene 9");
    expect(await findTask(database.db, { id, userId }, ["scenes"])).toMatchObject({ status: "processing", scenes: [] });
  });

  it("deleting a task stops its worker at the next heartbeat and leaves no row", async () => {
    const id = await newAudio();
    const claim = await claimed(id, "transcribing");
    expect(await deleteTask(database.db, { id, userId })).toBe(true);
    expect(await renewLease(database.db, claim, 0.5)).toBe(false);
    expect(await commitTranscript(database.db, claim, transcript)).toBe(false);
    expect(await database.db.transcript.count({ where: { taskId: id } })).toBe(0);
    expect(await deleteTask(database.db, { id, userId })).toBe(false);
  });

  it("deleting a user takes all that is his", async () => {
    const user = await createUser(database.db, { email: "gone@example.com", name: "G", passwordHash: "x" });
    const source = { kind: "text" as const, text: "Words." };
    const { id } = await createTask(database.db, { userId: user.id, name: null, language: "auto", options, source });
    await commitStoryboard(database.db, await claimed(id, "prompting"), storyboard);
    await database.db.user.delete({ where: { id: user.id } });
    const counts = await Promise.all([
      database.db.task.count({ where: { id } }),
      database.db.prompt.count({ where: { taskId: id } }),
      database.db.scene.count({ where: { taskId: id } }),
      database.db.transcript.count({ where: { taskId: id } }),
    ]);
    expect(counts).toEqual([0, 0, 0, 0]);
  });
});

describe("outbox and reconciler", () => {
  const drainAll = async (): Promise<unknown[]> => {
    const sent: unknown[] = [];
    const keep = async (rows: readonly unknown[]): Promise<void> => void sent.push(...rows);
    while ((await drainOutbox(database.db, keep)) > 0);
    return sent;
  };

  it("entries stay when sending fails, and go once it works", async () => {
    await drainAll();
    await addToOutbox(database.db, [{ job: "maintenance", payload: { action: "sweep" } }]);
    const refuse = async (): Promise<void> => {
      throw new Error("the queue is down");
    };
    await expect(drainOutbox(database.db, refuse)).rejects.toThrow("the queue is down");
    expect(await drainAll()).toEqual([{ job: "maintenance", payload: { action: "sweep" } }]);
    expect(await drainAll()).toEqual([]);
  });

  it("relays side by side send each entry once", async () => {
    await addToOutbox(
      database.db,
      Array.from({ length: 450 }, (_, n) => ({ job: "maintenance", payload: { n } })),
    );
    const sent = (await Promise.all([drainAll(), drainAll(), drainAll()])).flat();
    expect(new Set(sent.map((row) => JSON.stringify(row))).size).toBe(450);
    expect(sent).toHaveLength(450);
  });

  it("a task whose job was lost is asked for again, once a round; a task in work is not", async () => {
    const lost = await newText();
    const busy = await newText();
    await claimed(busy, "prompting");
    const waiting = await newAudio();
    await commitTranscript(database.db, await claimed(waiting, "transcribing"), transcript);
    const past = new Date(Date.now() - 60_000);
    await database.db.task.updateMany({
      where: { id: { notIn: [lost, busy, waiting] } },
      data: { enqueuedAt: new Date() },
    });
    await database.db.task.updateMany({ where: { id: { in: [lost, busy, waiting] } }, data: { enqueuedAt: past } });
    await drainAll();
    expect(await requeueStaleTasks(database.db, 30_000)).toBe(2);
    expect(await requeueStaleTasks(database.db, 30_000)).toBe(0);
    const asked = await drainAll();
    expect(asked).toHaveLength(2);
    for (const taskId of [lost, waiting]) expect(asked).toContainEqual({ job: "write-prompts", payload: { taskId } });
  });
});
