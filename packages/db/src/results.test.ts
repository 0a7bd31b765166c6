import { TaskOptions } from "@phonoscene/contracts";
import { newId } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import { afterAll, beforeAll, expect, it } from "vitest";

import { type Database, openDatabase } from "./client.ts";
import { commitStoryboard, commitTranscript } from "./results.repo.ts";
import { retryTask } from "./task-control.repo.ts";
import { type ClaimedTask, claimTask } from "./task-state.ts";
import { createTask, findTask } from "./tasks.repo.ts";
import { createUser } from "./users.repo.ts";

const databaseOf = useDatabase();
let database: Database;
let userId: string;

beforeAll(async () => {
  const onPoolError = (error: Error): void => {
    throw error;
  };
  database = openDatabase({ url: databaseOf.url, poolSize: 5, onPoolError });
  userId = (await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" })).id;
});
afterAll(() => database.close());

const newAudio = async (): Promise<string> => {
  const audio = { filename: "a.wav", format: "wav", sizeBytes: 10, storageKey: `${newId()}.wav` };
  const options = TaskOptions.parse({});
  const source = { kind: "audio" as const, audio };
  return (await createTask(database.db, { userId, name: null, language: "auto", options, source })).id;
};

const claimed = async (taskId: string, stage: "transcribing" | "prompting"): Promise<ClaimedTask> => {
  const claim = await claimTask(database.db, taskId, stage);
  if (claim.outcome !== "claimed") throw new Error(`expected a claim, got ${claim.outcome}`);
  return claim.task;
};

const transcript = {
  language: "en",
  engine: "local",
  durationMs: 4000,
  segments: [{ startMs: 0, endMs: 3000, text: "A fox crossed the river.", confidence: 0.9 }],
  warnings: [],
};

it("a claim that waited for the commit of a transcript brings that transcript, or none", async () => {
  const id = await newAudio();
  const claim = await claimed(id, "transcribing");
  await database.db.$executeRaw`
    UPDATE tasks SET stage = 'prompting', lease_until = NULL WHERE id = ${id}::uuid`;
  const early = await database.db.$transaction(async (tx) => {
    // The client of a transaction does all that a client does here, but begin one.
    expect(await commitTranscript(tx as Database["db"], claim, transcript)).toBe(true);
    const waiting = claimTask(database.db, id, "prompting");
    // Not in the transaction, which sees the activity as it was when it first looked.
    await expect
      .poll(
        () =>
          database.db
            .$queryRaw`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      )
      .toHaveLength(1);
    return { waiting };
  });
  expect(await early.waiting).toEqual({ outcome: "busy", retryInMs: 0 });
  expect((await claimed(id, "prompting")).transcript?.segments).toHaveLength(1);
});

it("a second hearing's transcript takes the place of the first, shorter or longer", async () => {
  const id = await newAudio();
  const word = { startMs: 0, endMs: 500, text: "A", confidence: null };
  const segment = (text: string) => ({ startMs: 0, endMs: 1000, text, confidence: null, words: [word] });
  const hear = async (texts: readonly string[]) => {
    await database.db.task.update({ where: { id }, data: { stage: "transcribing", leaseUntil: null } });
    const result = { ...transcript, language: "de", segments: texts.map(segment) };
    expect(await commitTranscript(database.db, await claimed(id, "transcribing"), result)).toBe(true);
    const task = await findTask(database.db, { id, userId }, ["transcript"]);
    expect(task?.transcript).toMatchObject({ language: "de", text: texts.join(" ") });
    expect(task?.transcript?.segments.map(({ text }) => text)).toEqual(texts);
  };
  await commitTranscript(database.db, await claimed(id, "transcribing"), transcript);
  await hear(["A", "long", "tale."]);
  await hear(["Short."]);
  expect(await database.db.transcriptSegment.findMany({ where: { taskId: id } })).toMatchObject([{ words: [word] }]);
  await hear([]);
});

it("characters that no database stores do not fail a stage, and others stay as they are", async () => {
  const odd = String.raw`half \ud83d ` + "\ud83d\u0000 whole \u{1F600}";
  const kept = String.raw`half \ud83d ` + "\uFFFD\uFFFD whole \u{1F600}";
  const id = await newAudio();
  const heard = { ...transcript, segments: [{ startMs: 0, endMs: 1, text: odd, confidence: null }] };
  expect(await commitTranscript(database.db, await claimed(id, "transcribing"), heard)).toBe(true);
  const scene = { index: 0, startMs: null, endMs: null, segmentIds: [0], place: odd, timeOfDay: null, mood: null };
  const prompts = [{ position: 0, sceneIndex: 0, content: odd, negative: null, slots: [] }];
  const storyboard = { ...transcript, scenes: [{ ...scene, excerpt: odd }] };
  expect(
    await commitStoryboard(database.db, await claimed(id, "prompting"), { ...storyboard, segments: [], prompts }),
  ).toBe(true);
  const task = await findTask(database.db, { id, userId }, ["transcript", "scenes", "prompts"]);
  expect(task).toMatchObject({
    transcript: { text: kept, segments: [{ text: kept }] },
    scenes: [{ place: kept, excerpt: kept }],
    prompts: [{ content: kept }],
  });
});

it("a retry takes away prompts that belong to no scene too, and the new ones have their places", async () => {
  const options = TaskOptions.parse({});
  const source = { kind: "text" as const, text: "A fox." };
  const { id } = await createTask(database.db, { userId, name: null, language: "en", options, source });
  const segments = [{ id: 0, startMs: null, endMs: null, text: "A fox.", confidence: null }];
  const times = { startMs: null, endMs: null };
  const scene = { index: 0, ...times, segmentIds: [0], excerpt: "A fox.", place: null, timeOfDay: null, mood: null };
  const write = async (contents: readonly string[]): Promise<boolean> => {
    const prompts = contents.map((content, position) => ({
      position,
      sceneIndex: 0,
      content,
      negative: null,
      slots: [],
    }));
    const result = { language: "en", engine: "local", segments, scenes: [scene], prompts, warnings: [] };
    return commitStoryboard(database.db, await claimed(id, "prompting"), result);
  };
  expect(await write(["first"])).toBe(true);
  await database.db.prompt.create({ data: { id: newId(), taskId: id, position: 1, content: "by hand", slots: [] } });
  await retryTask(database.db, { id, userId });
  expect(await write(["new", "newer"])).toBe(true);
  const task = await findTask(database.db, { id, userId }, ["prompts"]);
  expect(task?.prompts?.map(({ content }) => content)).toEqual(["new", "newer"]);
});
