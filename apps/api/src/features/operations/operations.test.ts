import { TaskOptions } from "@phonoscene/contracts";
import { claimTask, createTask, failTask, findUserByEmail, setUserRole } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();

const newAdmin = async (): Promise<string> => {
  const email = `${newId()}@example.com`;
  const token = await world.newUser(email);
  await setUserRole(world.database.db, email, "admin");
  return token;
};

const deadLetter = async (): Promise<string> => {
  const email = `${newId()}@example.com`;
  await world.newUser(email);
  const owner = await findUserByEmail(world.database.db, email);
  const { db } = world.database;
  const { id } = await createTask(db, {
    userId: owner?.id ?? "",
    name: "a secret name",
    language: "auto",
    options: TaskOptions.parse({}),
    source: { kind: "text", text: "words that nobody else may read" },
  });
  const claim = await claimTask(db, id, "prompting");
  if (claim.outcome !== "claimed") throw new Error("not claimed");
  const failure = { code: "internal", message: "It was given up.", stage: "prompting", retryable: false } as const;
  await failTask(db, claim.task, { ...failure, isDead: true });
  return id;
};

const ROUTES = [
  ["GET", "/v1/admin/dead-letters"],
  ["POST", "/v1/admin/dead-letters/redrive"],
  ["GET", "/v1/admin/queues"],
] as const;

it.each(ROUTES)("%s %s is not there for who is no administrator, and asks for a token first", async (method, path) => {
  const json = method === "POST" ? { filter: {} } : undefined;
  const token = await world.newUser();
  const refused = await world.request(path, { method, token, ...(json && { json }) });
  expect(refused.status).toBe(404);
  expect(await refused.json()).toMatchObject({ code: "route/not-found" });
  expect((await world.request(path, { method, ...(json && { json }) })).status).toBe(401);
});

it("the role is read with each request: who is no administrator any more is one no more", async () => {
  const email = `${newId()}@example.com`;
  const token = await world.newUser(email);
  const ask = async () => (await world.request("/v1/admin/queues", { token })).status;
  expect(await ask()).toBe(404);
  await setUserRole(world.database.db, email, "admin");
  expect(await ask()).toBe(200);
  await setUserRole(world.database.db, email, "user");
  expect(await ask()).toBe(404);
});

it("an administrator sees who, where and why, and nothing of what people wrote; and redrives", async () => {
  const token = await newAdmin();
  const ids = [await deadLetter(), await deadLetter(), await deadLetter()];
  const first = await world.request("/v1/admin/dead-letters?limit=2", { token });
  const page = (await first.json()) as { data: { taskId: string }[]; nextCursor: string; hasMore: boolean };
  expect(first.status).toBe(200);
  expect(page).toMatchObject({ hasMore: true, data: [{ stage: "prompting", code: "internal", attempts: 1 }, {}] });
  expect(JSON.stringify(page)).not.toMatch(/secret|nobody else/);
  const rest = await world.request(`/v1/admin/dead-letters?limit=2&cursor=${page.nextCursor}`, { token });
  const last = (await rest.json()) as typeof page;
  expect([...page.data, ...last.data].map(({ taskId }) => taskId).toSorted()).toEqual(ids.toSorted());

  const redrive = (json: unknown) => world.request("/v1/admin/dead-letters/redrive", { method: "POST", token, json });
  const one = await redrive({ ids: [ids[0]] });
  expect(one.status).toBe(200);
  expect(await one.json()).toEqual({ redriven: [ids[0]], hasMore: false });
  await expect.poll(() => world.jobs("prompting"), { timeout: 10_000 }).toContainEqual({ taskId: ids[0] });
  const others = (await (await redrive({ filter: { code: "internal" } })).json()) as { redriven: string[] };
  expect(others.redriven.toSorted()).toEqual(ids.slice(1).toSorted());
  expect((await redrive({})).status).toBe(422);
  expect((await redrive({ ids, filter: {} })).status).toBe(422);
});

it("the queues' states are counted, beside the outbox and who waits longest", async () => {
  const answer = await world.request("/v1/admin/queues", { token: await newAdmin() });
  expect(answer.status).toBe(200);
  const state = { waiting: expect.any(Number), active: 0, delayed: 0, completed: 0, failed: 0 };
  expect(await answer.json()).toMatchObject({
    queues: [
      { name: "transcription", ...state },
      { name: "prompting", ...state },
      { name: "maintenance", ...state },
    ],
    outbox: { depth: expect.any(Number) },
    workersAlive: 0,
  });
});
