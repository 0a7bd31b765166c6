import { PROVIDER_HOOK_HEADER, TaskOptions } from "@phonoscene/contracts";
import {
  cancelTask,
  claimTask,
  commitTranscript,
  createTask,
  createUser,
  deleteTask,
  deleteTasks,
  deleteUser,
  parkTask,
  requeueStaleTasks,
  retryTask,
  saveProviderJobId,
} from "@phonoscene/db";
import { createProviderHooks, newId } from "@phonoscene/kernel";
import { beforeAll, describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";
import { TEST_HOOK_SECRET } from "../../test-world.ts";

const world = useApiWorld();
const hooks = createProviderHooks(TEST_HOOK_SECRET);
let userId: string;

beforeAll(async () => {
  userId = (await createUser(world.database.db, { email: "h@example.com", name: "H", passwordHash: "x" })).id;
});

const newAudio = async (owner = userId): Promise<string> => {
  const audio = { filename: "a.wav", format: "wav", sizeBytes: 1, storageKey: `${newId()}.wav` };
  const fields = { userId: owner, name: null, language: "auto", options: TaskOptions.parse({}) };
  return (await createTask(world.database.db, { ...fields, source: { kind: "audio", audio } })).id;
};

const claim = async (id: string) => {
  const claimed = await claimTask(world.database.db, id, "transcribing");
  if (claimed.outcome !== "claimed") throw new Error(`not claimed: ${claimed.outcome}`);
  return claimed.task;
};

/** A task whose provider works. */
const submitted = async (providerJobId: string, owner = userId) => {
  const task = await claim(await newAudio(owner));
  await saveProviderJobId(world.database.db, task, { provider: "assemblyai", providerJobId });
  return task;
};

const parked = async (providerJobId: string): Promise<string> => {
  const task = await submitted(providerJobId);
  expect(await parkTask(world.database.db, task, 60_000)).toBe("parked");
  return task.taskId;
};

type Call = { token?: string; header?: string; body?: unknown };

const call = async (taskId: string, transcriptId: string, { token, header, body }: Call = {}): Promise<number> => {
  const answer = await world.request(`/v1/hooks/assemblyai/${token ?? hooks.tokenFor(taskId)}`, {
    method: "POST",
    headers: { [PROVIDER_HOOK_HEADER]: header ?? hooks.headerValue },
    json: body ?? { transcript_id: transcriptId, status: "completed", something: "new" },
  });
  return answer.status;
};

const find = (id: string) => world.database.db.task.findUniqueOrThrow({ where: { id } });
const asksFor = async (taskId: string): Promise<number> =>
  (await world.jobs("transcription")).filter((job) => (job as { taskId: string }).taskId === taskId).length;

describe("a provider's call", () => {
  it("ends the wait and asks for the job; a second one changes nothing", async () => {
    const id = await parked("t-1");
    expect(await call(id, "t-1")).toBe(204);
    const called = await find(id);
    expect(called).toMatchObject({ waitUntil: null, attempt: 0, providerReadyAt: expect.any(Date) });
    await expect.poll(() => asksFor(id), { timeout: 10_000 }).toBe(1);
    expect(await call(id, "t-1")).toBe(204);
    expect(await find(id)).toEqual(called);
  });

  it("that comes while the task is claimed is found when the worker parks it", async () => {
    const task = await submitted("t-2");
    expect(await call(task.taskId, "t-2")).toBe(204);
    expect(await parkTask(world.database.db, task, 60_000)).toBe("ready");
    expect(await claim(task.taskId)).toMatchObject({ attempt: 1, providerJobId: "t-2" });
  });

  it("about other work than the task's, or about a task that is over, changes nothing", async () => {
    const id = await parked("t-3");
    expect(await call(id, "t-of-an-earlier-run")).toBe(204);
    expect(await find(id)).toMatchObject({ providerReadyAt: null, waitUntil: expect.any(Date) });
    await cancelTask(world.database.db, { id, userId });
    expect(await call(id, "t-3")).toBe(204);
    expect(await find(id)).toMatchObject({ status: "canceled", providerReadyAt: null });
    expect(await call(newId(), "t-3")).toBe(204);
  });

  it("that is forged is refused: another task's token, a wrong header", async () => {
    const id = await parked("t-4");
    expect(await call(id, "t-4", { token: hooks.tokenFor(newId()).replace(/^[^.]+/, id) })).toBe(403);
    expect(await call(id, "t-4", { header: "guessed" })).toBe(403);
    expect(await find(id)).toMatchObject({ providerReadyAt: null });
  });

  it("of another shape or size is refused", async () => {
    const id = await parked("t-5");
    expect(await call(id, "t-5", { body: { status: "completed" } })).toBe(422);
    expect(await call(id, "t-5", { body: { transcript_id: "t-5", status: "x", more: "x".repeat(3000) } })).toBe(413);
  });
});

describe("a task that waits for its provider", () => {
  it("is left alone by the reconciler until the wait is over", async () => {
    const id = await parked("t-6");
    const { db } = world.database;
    await db.task.update({ where: { id }, data: { enqueuedAt: new Date(0) } });
    await requeueStaleTasks(db, 1000);
    expect((await find(id)).enqueuedAt).toEqual(new Date(0));
    await db.task.update({ where: { id }, data: { waitUntil: new Date(0) } });
    await requeueStaleTasks(db, 1000);
    expect((await find(id)).enqueuedAt).not.toEqual(new Date(0));
  });

  it("and is canceled and retried goes on where the provider is", async () => {
    const id = await parked("t-7");
    const { db } = world.database;
    await cancelTask(db, { id, userId });
    expect(await retryTask(db, { id, userId }, undefined)).toEqual({ outcome: "queued" });
    expect(await find(id)).toMatchObject({ waitUntil: null, providerJobId: "t-7" });
    expect(await claim(id)).toMatchObject({ providerJobId: "t-7", provider: "assemblyai" });
  });
});

describe("a provider's copy must go", () => {
  const doomed = async () =>
    (await world.database.db.providerDeletion.findMany()).map(({ providerJobId }) => providerJobId);
  const heard = { language: "en", engine: "assemblyai", durationMs: 1000, segments: [], warnings: [] };

  it("with the task, with tasks in bulk, with the account, and when another takes its place", async () => {
    const { db } = world.database;
    const other = (await createUser(db, { email: "o@example.com", name: "O", passwordHash: "x" })).id;
    await submitted("gone-with-account", other);
    await deleteUser(db, other);
    await deleteTask(db, { id: (await submitted("gone-alone")).taskId, userId });
    const items = [{ item: (await submitted("gone-in-bulk")).taskId }];
    await deleteTasks(db, userId, { items, isAtomic: true });
    const replaced = await submitted("replaced");
    await saveProviderJobId(db, replaced, { provider: "assemblyai", providerJobId: "kept" });
    expect(await doomed()).toEqual(
      expect.arrayContaining(["gone-with-account", "gone-alone", "gone-in-bulk", "replaced"]),
    );
    expect(await doomed()).not.toContain("kept");
    const asked = async () =>
      (await world.jobs("maintenance")).map((job) => (job as { providerJobId?: string }).providerJobId);
    await expect.poll(asked, { timeout: 10_000 }).toEqual(expect.arrayContaining(await doomed()));
  });

  it("once the transcript is stored, if it is not to be kept, and not when the claim is lost", async () => {
    const { db } = world.database;
    const kept = await submitted("kept-after");
    await commitTranscript(db, kept, heard);
    expect(await find(kept.taskId)).toMatchObject({ providerJobId: "kept-after" });
    const gone = await submitted("gone-after");
    expect(await commitTranscript(db, { ...gone, token: newId() }, { ...heard, forgetsProviderCopy: true })).toBe(
      false,
    );
    expect(await doomed()).not.toContain("gone-after");
    expect(await commitTranscript(db, gone, { ...heard, forgetsProviderCopy: true })).toBe(true);
    expect(await doomed()).toContain("gone-after");
    expect(await doomed()).not.toContain("kept-after");
    expect(await find(gone.taskId)).toMatchObject({ providerJobId: null, stage: "prompting" });
  });
});
