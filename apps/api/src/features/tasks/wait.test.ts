import { cancelTask } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { beforeAll, describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";
import { waitUntilOver } from "./wait.ts";

const world = useApiWorld();
let token: string;
let userId: string;

beforeAll(async () => {
  token = await world.newUser(`${newId()}@example.com`);
  userId = ((await (await world.request("/v1/me", { token })).json()) as { id: string }).id;
});

type TaskBody = { id: string; status: string };

const create = (prefer?: string) =>
  world.request("/v1/tasks", {
    method: "POST",
    token,
    json: { text: "A fox ran." },
    headers: prefer === undefined ? {} : { prefer },
  });
const created = async (): Promise<TaskBody> => (await (await create()).json()) as TaskBody;
const newest = async (): Promise<TaskBody | undefined> => {
  const list = (await (await world.request("/v1/tasks?limit=1", { token })).json()) as { data: TaskBody[] };
  return list.data[0];
};
const cancel = (id: string) => cancelTask(world.database.db, { id, userId });

describe("waiting for a task", () => {
  it("GET answers as soon as the task is over", async () => {
    const { id } = await created();
    const startedAt = performance.now();
    const waiting = world.request(`/v1/tasks/${id}?wait=30`, { token });
    await cancel(id);
    const answer = await waiting;
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ status: "canceled" });
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it("GET answers with the task as it is when the time is up", async () => {
    const { id } = await created();
    const startedAt = performance.now();
    const answer = await world.request(`/v1/tasks/${id}?wait=0.5`, { token });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(490);
    expect(await answer.json()).toMatchObject({ status: "queued" });
  });

  it.each(["-1", "soon", "NaN", "Infinity"])("?wait=%s is refused", async (wait) => {
    const { id } = await created();
    expect((await world.request(`/v1/tasks/${id}?wait=${wait}`, { token })).status).toBe(422);
  });

  it("a task that is deleted meanwhile is not there", async () => {
    const { id } = await created();
    const waiting = world.request(`/v1/tasks/${id}?wait=30`, { token });
    await world.request(`/v1/tasks/${id}`, { method: "DELETE", token });
    expect((await waiting).status).toBe(404);
  });

  it("a create that prefers to wait is 200 once the task is over", async () => {
    const before = await newest();
    const waiting = create("respond-async, wait=30");
    await expect.poll(async () => (await newest())?.id).not.toBe(before?.id);
    await cancel((await newest())?.id ?? "");
    const answer = await waiting;
    expect(answer.status).toBe(200);
    expect(answer.headers.get("preference-applied")).toBe("wait=30");
    expect(await answer.json()).toMatchObject({ status: "canceled" });
  });

  it("a create that is not done in time stays 202", async () => {
    const answer = await create("wait=0");
    expect(answer.status).toBe(202);
    expect(answer.headers.get("preference-applied")).toBe("wait=0");
    expect(answer.headers.get("location")).toMatch(/^\/v1\/tasks\//);
  });

  it.each(["wait=soon", "handling=lenient", "await=5", "wait=-5"])("Prefer: %s is ignored", async (prefer) => {
    const answer = await create(prefer);
    expect(answer.status).toBe(202);
    expect(answer.headers.get("preference-applied")).toBeNull();
  });

  it("nobody is asked about the task once the client has gone away", async () => {
    const gone = new AbortController();
    const { id } = await created();
    const waiting = waitUntilOver(world.database.db, { task: { id, userId }, timeoutMs: 60_000, gone: gone.signal });
    gone.abort();
    await expect(waiting).resolves.toBeUndefined();
  });

  it("no wait is longer than a minute, and a process that stops ends every wait", async () => {
    const { id } = await created();
    const staying = create("wait=600");
    const reading = world.request(`/v1/tasks/${id}?wait=600`, { token });
    await expect.poll(() => world.database.db.task.count({ where: { userId, status: "queued" } })).toBeGreaterThan(2);
    world.beginStop();
    const answer = await staying;
    expect(answer.status).toBe(202);
    expect(answer.headers.get("preference-applied")).toBe("wait=60");
    expect((await reading).status).toBe(200);
  });
});
