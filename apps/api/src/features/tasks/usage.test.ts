import { newId } from "@phonoscene/kernel";
import { beforeEach, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();
let token: string;
let id: string;

beforeEach(async () => {
  token = await world.newUser(`${newId()}@example.com`);
  const made = await world.request("/v1/tasks", { method: "POST", token, json: { text: "A fox ran." } });
  ({ id } = (await made.json()) as { id: string });
});

const read = async () =>
  (await (await world.request(`/v1/tasks/${id}`, { token })).json()) as { usage: unknown; status: string };
const store = (usage: object) => world.database.db.task.update({ where: { id }, data: { usage, status: "completed" } });

const HEARD = { provider: "assemblyai", model: "universal-2", operation: "transcribe", count: 2, unknownCount: 1 };
const USAGE = {
  calls: [{ ...HEARD, audioMs: 45_000, inputTokens: null, outputTokens: null, costUsd: 0.001875 }],
  costUsd: 0.001875,
};

it("what was paid for a task is on it, and stays when the task is run again", async () => {
  expect((await read()).usage).toBeNull();
  await store(USAGE);
  expect((await read()).usage).toEqual(USAGE);
  const retried = await world.request(`/v1/tasks/${id}/retry`, { method: "POST", token, json: {} });
  expect(retried.status).toBe(202);
  expect(await read()).toMatchObject({ status: "queued", usage: USAGE });
});

it("what an earlier version counted is shown as calls without a price", async () => {
  await store({ model: "gpt-5-mini", inputTokens: 1200, outputTokens: 300 });
  const wrote = { provider: "openai", model: "gpt-5-mini", operation: "write", count: 1, unknownCount: 0 };
  const calls = [{ ...wrote, audioMs: null, inputTokens: 1200, outputTokens: 300, costUsd: null }];
  expect((await read()).usage).toEqual({ calls, costUsd: null });
});
