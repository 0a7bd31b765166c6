import { type ClaimedTask, claimTask, commitStoryboard, commitTranscript, failTask, renewLease } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { beforeEach, describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();
let token: string;

beforeEach(async () => {
  token = await world.newUser(`${newId()}@example.com`);
});

type TaskBody = { id: string; status: string; version: number; urls: { self: string; cancel: string } };

const newText = async (): Promise<TaskBody> => {
  const answer = await world.request("/v1/tasks", { method: "POST", token, json: { text: "A fox ran. It hid." } });
  return (await answer.json()) as TaskBody;
};

const newAudio = async (): Promise<TaskBody> => {
  const form = new FormData();
  form.set("audio", new Blob([Buffer.from("RIFF$\0\0\0WAVEfmt "), Buffer.alloc(64)]), "tape.wav");
  const answer = await world.request("/v1/tasks", { method: "POST", token, body: form });
  return (await answer.json()) as TaskBody;
};

const claimed = async (taskId: string, stage: "transcribing" | "prompting"): Promise<ClaimedTask> => {
  const claim = await claimTask(world.database.db, taskId, stage);
  if (claim.outcome !== "claimed") throw new Error(`expected a claim, got ${claim.outcome}`);
  return claim.task;
};

const hear = async (id: string): Promise<void> => {
  const segments = [{ startMs: 0, endMs: 900, text: "A fox ran.", confidence: null }];
  const warnings = [{ code: "audio_truncated" as const, message: "Cut." }];
  const result = { language: "en", engine: "test", durationMs: 1000, segments, warnings };
  await commitTranscript(world.database.db, await claimed(id, "transcribing"), result);
};

const write = async (id: string, content = "a fox"): Promise<void> => {
  const place = { startMs: null, endMs: null, place: null, timeOfDay: null, mood: null };
  await commitStoryboard(world.database.db, await claimed(id, "prompting"), {
    language: "en",
    engine: "test",
    segments: [{ id: 0, startMs: null, endMs: null, text: "A fox ran.", confidence: null }],
    scenes: [{ index: 0, segmentIds: [0], excerpt: "A fox ran.", ...place }],
    prompts: [{ position: 0, sceneIndex: 0, content, negative: null, slots: [] }],
    warnings: [{ code: "text_short", message: "Short." }],
  });
};

const fail = async (id: string, stage: "transcribing" | "prompting"): Promise<void> => {
  const failure = { code: "internal" as const, message: "Broken.", stage, retryable: true };
  await failTask(world.database.db, await claimed(id, stage), failure);
};

const cancel = (id: string, as = token) => world.request(`/v1/tasks/${id}/cancel`, { method: "POST", token: as });
const retry = (id: string, json?: unknown, as = token) =>
  world.request(`/v1/tasks/${id}/retry`, { method: "POST", token: as, ...(json !== undefined && { json }) });
const read = async (id: string): Promise<TaskBody> => {
  const answer = await world.request(`/v1/tasks/${id}?include=transcript,scenes,prompts`, { token });
  return (await answer.json()) as TaskBody;
};

describe("canceling a task", () => {
  it("ends a queued one, and is no error the second time", async () => {
    const task = await newText();
    const first = await world.request(task.urls.cancel, { method: "POST", token });
    expect(first.status).toBe(200);
    const canceled = (await first.json()) as TaskBody;
    expect(canceled).toMatchObject({ status: "canceled", stage: null, error: null });
    const second = await cancel(task.id);
    expect(second.status).toBe(200);
    expect(await second.json()).toEqual(canceled);
    expect(await claimTask(world.database.db, task.id, "prompting")).toEqual({ outcome: "obsolete" });
  });

  it("takes the claim from the worker that is at it", async () => {
    const { id } = await newText();
    const claim = await claimed(id, "prompting");
    expect(await (await cancel(id)).json()).toMatchObject({ status: "canceled" });
    expect(await renewLease(world.database.db, claim, 0.5)).toBe(false);
  });

  it.each(["completed", "failed"])("a %s task is refused and stays as it is", async (status) => {
    const { id } = await newText();
    await (status === "failed" ? fail(id, "prompting") : write(id));
    const before = await read(id);
    expect(await (await cancel(id)).json()).toMatchObject({ status: 409, code: "task/not-cancelable" });
    expect(await read(id)).toEqual(before);
  });

  it("twenty at once end it once", async () => {
    const task = await newText();
    const answers = await Promise.all(Array.from({ length: 20 }, () => cancel(task.id)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect((await read(task.id)).version).toBe(task.version + 1);
  });
});

describe("retrying a task", () => {
  it("a completed text is written anew in place of its old prompts", async () => {
    const { id, urls } = await newText();
    await write(id);
    const answer = await retry(id);
    expect(answer.status).toBe(202);
    expect(answer.headers.get("location")).toBe(urls.self);
    expect(await answer.json()).toMatchObject({ status: "queued", stage: null, completedAt: null, warnings: [] });
    expect(await read(id)).toMatchObject({ prompts: [], scenes: [] });
    await expect.poll(() => world.jobs("prompting")).toContainEqual({ taskId: id });
    await write(id, "a fox again");
    expect(await read(id)).toMatchObject({ status: "completed", prompts: [{ content: "a fox again" }] });
  });

  it("a transcript that exists is not paid for again", async () => {
    const { id } = await newAudio();
    await hear(id);
    await fail(id, "prompting");
    const task = (await (await retry(id)).json()) as TaskBody;
    expect(task).toMatchObject({ status: "queued", stage: null, error: null, warnings: [{ code: "audio_truncated" }] });
    expect(await read(id)).toMatchObject({ transcript: { text: "A fox ran." } });
    expect(await claimTask(world.database.db, id, "transcribing")).toEqual({ outcome: "obsolete" });
    await write(id);
    expect(await read(id)).toMatchObject({ status: "completed" });
  });

  it("asked to, it hears again, and keeps the old transcript until there is a new one", async () => {
    const { id } = await newAudio();
    await world.database.db.task.update({ where: { id }, data: { providerJobId: "paid" } });
    await hear(id);
    await write(id);
    expect((await retry(id, { from: "transcribing" })).status).toBe(202);
    expect(await read(id)).toMatchObject({ status: "queued", transcript: { text: "A fox ran." }, warnings: [] });
    expect(await world.database.db.task.findUnique({ where: { id } })).toMatchObject({ providerJobId: null });
    await hear(id);
    await write(id);
    expect(await read(id)).toMatchObject({ status: "completed", transcript: { text: "A fox ran." } });
  });

  it("a transcription that was canceled under way is resumed at the provider", async () => {
    const { id } = await newAudio();
    await world.database.db.task.update({ where: { id }, data: { providerJobId: "paid" } });
    await claimed(id, "transcribing");
    await cancel(id);
    expect((await retry(id, {})).status).toBe(202);
    expect(await claimed(id, "transcribing")).toMatchObject({ providerJobId: "paid", attempt: 1 });
  });

  it("is refused where it makes no sense", async () => {
    const text = await newText();
    expect(await (await retry(text.id)).json()).toMatchObject({ status: 409, code: "task/not-retryable" });
    await cancel(text.id);
    const hears = await retry(text.id, { from: "transcribing" });
    expect(await hears.json()).toMatchObject({ status: 409, code: "task/not-retryable" });
    const audio = await newAudio();
    await cancel(audio.id);
    const writes = await retry(audio.id, { from: "prompting" });
    expect(await writes.json()).toMatchObject({ status: 409, code: "task/not-retryable" });
  });

  it.each([{ from: "completed" }, { from: null }, { status: "completed" }])("%j is refused", async (body) => {
    const { id } = await newText();
    await cancel(id);
    expect((await retry(id, body)).status).toBe(422);
    expect(await read(id)).toMatchObject({ status: "canceled" });
  });

  it("twenty at once start it once", async () => {
    const { id } = await newText();
    await cancel(id);
    const answers = await Promise.all(Array.from({ length: 20 }, () => retry(id)));
    expect(answers.filter((answer) => answer.status === 202)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(19);
  });
});

it("somebody else's task is not there", async () => {
  const { id } = await newText();
  const stranger = await world.newUser(`${newId()}@example.com`);
  for (const answer of [await cancel(id, stranger), await retry(id, {}, stranger)]) {
    expect(await answer.json()).toMatchObject({ status: 404, code: "task/not-found" });
  }
  expect(await read(id)).toMatchObject({ status: "queued" });
});
