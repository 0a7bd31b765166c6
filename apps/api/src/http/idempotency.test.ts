import { beginRequest, deleteOldIdempotencyKeys } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { beforeEach, describe, expect, it } from "vitest";

import { useApiWorld } from "../test-use-world.ts";

const world = useApiWorld();
let token: string;
let userId: string;

beforeEach(async () => {
  token = await world.newUser(`${newId()}@example.com`);
  userId = ((await (await world.request("/v1/me", { token })).json()) as { id: string }).id;
});

const TEXT = { text: "A fox crossed the frozen river." };
const create = (key: string, json: unknown = TEXT, as = token) =>
  world.request("/v1/tasks", { method: "POST", token: as, json, headers: { "idempotency-key": key } });
const countTasks = () => world.database.db.task.count({ where: { userId } });
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code;
const wav = (tail: number) => Buffer.concat([Buffer.from("RIFF$\0\0\0WAVEfmt "), Buffer.alloc(64, tail)]);
const send = (key: string, bytes: Uint8Array, fields: Record<string, string> = {}) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set("audio", new Blob([new Uint8Array(bytes)]), "tape.wav");
  return world.request("/v1/tasks", { method: "POST", token, body: form, headers: { "idempotency-key": key } });
};
/** As if this much time had passed since the key was taken. */
const age = (key: string, ms: number) => world.database.db.$executeRaw`
  UPDATE idempotency_keys SET created_at = created_at - ${ms} * interval '1 ms',
    locked_until = locked_until - ${ms} * interval '1 ms' WHERE key = ${key}`;

describe("a request sent again with its key", () => {
  it("gets the stored answer, to the byte, and makes nothing", async () => {
    const first = await create("order-1");
    expect(first.headers.get("idempotent-replayed")).toBeNull();
    const again = await create("order-1");
    expect(again.status).toBe(202);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    for (const name of ["location", "retry-after", "content-type"]) {
      expect(again.headers.get(name)).toBe(first.headers.get(name));
    }
    expect(await again.text()).toBe(await first.text());
    expect(await countTasks()).toBe(1);
  });

  it("bare and quoted are one key; so are bodies that say the same", async () => {
    const first = (await (await create("order-2", { text: "Hi.", seed: 1 })).json()) as object;
    const again = await create('"order-2"', { seed: 1, text: "Hi." });
    expect(await again.json()).toEqual(first);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
  });

  it("with another body is refused", async () => {
    await create("order-3");
    const other = await create("order-3", { text: "Something else." });
    expect(other.status).toBe(422);
    expect(await codeOf(other)).toBe("idempotency/key-reused");
    expect(await countTasks()).toBe(1);
  });

  it("of another user, or on another route, is another key", async () => {
    const { id } = (await (await create("order-4")).json()) as { id: string };
    const stranger = await world.newUser(`${newId()}@example.com`);
    expect((await create("order-4", TEXT, stranger)).headers.get("idempotent-replayed")).toBeNull();
    const headers = { "idempotency-key": "order-4" };
    const cancel = await world.request(`/v1/tasks/${id}/cancel`, { method: "POST", token, headers });
    expect(await cancel.json()).toMatchObject({ id, status: "canceled" });
  });

  it("on another task of the same route is refused, not answered with the wrong task", async () => {
    const ids: string[] = [];
    for (const key of ["a", "b"]) ids.push(((await (await create(key)).json()) as { id: string }).id);
    const cancel = (id: string | undefined) =>
      world.request(`/v1/tasks/${id}/cancel`, { method: "POST", token, headers: { "idempotency-key": "stop" } });
    expect((await cancel(ids[0])).status).toBe(200);
    expect(await codeOf(await cancel(ids[1]))).toBe("idempotency/key-reused");
  });

  it("is a new request after 24 hours, and the sweep removes what is that old", async () => {
    await create("order-5");
    await age("order-5", 24 * 60 * 60_000);
    const other = await create("order-5", { text: "Something else." });
    expect(other.status).toBe(202);
    expect(await countTasks()).toBe(2);
    await age("order-5", 24 * 60 * 60_000);
    expect(await deleteOldIdempotencyKeys(world.database.db)).toBeGreaterThan(0);
    expect(await world.database.db.idempotencyKey.count({ where: { key: "order-5" } })).toBe(0);
  });

  it("of a form: the recording counts by its content, not by its name", async () => {
    const first = (await (await send("tape", wav(1), { count: "2" })).json()) as object;
    const files = await world.files();
    expect(await (await send("tape", wav(1), { count: "2" })).json()).toEqual(first);
    expect(await codeOf(await send("tape", wav(2), { count: "2" }))).toBe("idempotency/key-reused");
    expect(await codeOf(await send("tape", wav(1), { count: "3" }))).toBe("idempotency/key-reused");
    await expect.poll(world.files).toEqual(files);
  });
});

describe("a request that was refused", () => {
  it("leaves its key free for the mended one", async () => {
    expect((await create("mended", { text: "" })).status).toBe(422);
    expect((await create("mended", TEXT)).status).toBe(202);
    expect(await codeOf(await send("tape-2", Buffer.from("no recording at all, just words")))).toBe("audio_unreadable");
    expect((await send("tape-2", wav(3))).status).toBe(202);
  });

  it.each([
    ["no key at all", ""],
    ["256 characters", "k".repeat(256)],
    ["a space in a bare one", "a b"],
    ["an open quote", '"abc'],
    ["an empty string", '""'],
    ["parameters", '"abc";a=1'],
  ])("%s is refused", async (_name, key) => {
    const answer = await create(key);
    expect(await answer.json()).toMatchObject({
      status: 422,
      code: "request/invalid",
      errors: [{ path: "headers.idempotency-key" }],
    });
    expect(await countTasks()).toBe(0);
  });

  it("255 characters are taken", async () => {
    expect((await create("k".repeat(255))).status).toBe(202);
    expect((await create(`"${'\\"'.repeat(255)}"`)).status).toBe(202);
  });
});

describe("while the first request is running", () => {
  it("a second one is told so, and when to come back", async () => {
    const request = { userId, route: "POST /v1/tasks", key: "slow" };
    await create("probe");
    const { fingerprint } = await world.database.db.idempotencyKey.findFirstOrThrow({ where: { userId } });
    const first = await beginRequest(world.database.db, request, { fingerprint, lockMs: 60_000 });
    if (first.outcome !== "begun") throw new Error(`expected to begin, got ${first.outcome}`);
    const second = await create("slow");
    expect(second.headers.get("retry-after")).toBe("1");
    expect(await second.json()).toMatchObject({ status: 409, code: "idempotency/in-progress" });

    // The first one dies: its lock runs out, and the next goes on under the same id.
    await age("slow", 60_000);
    const third = await create("slow");
    expect(third.status).toBe(202);
    expect(await third.json()).toMatchObject({ id: first.held.resultId });
  });

  it("what a holder made just before it died is found, not made again", async () => {
    const first = (await (await create("died")).json()) as { id: string };
    await world.database.db.$executeRaw`
      UPDATE idempotency_keys SET status = NULL, headers = NULL, body = NULL, locked_until = now() WHERE key = 'died'`;
    expect(await (await create("died")).json()).toMatchObject({ id: first.id });
    const tape = (await (await send("died-2", wav(4))).json()) as { id: string };
    const files = await world.files();
    await world.database.db.$executeRaw`
      UPDATE idempotency_keys SET status = NULL, headers = NULL, body = NULL, locked_until = now() WHERE key = 'died-2'`;
    expect(await (await send("died-2", wav(4))).json()).toMatchObject({ id: tape.id });
    expect(await world.files()).toEqual(files);
    expect(await countTasks()).toBe(2);
  });

  it("a bulk create whose holder died just after it is found too, not made again", async () => {
    const items = [{ text: "One." }, { text: "Two." }, { text: "Three." }];
    const bulk = async () => {
      const headers = { "idempotency-key": "died-in-bulk" };
      return (await world.request("/v1/tasks/bulk", { method: "POST", token, headers, json: { items } })).json();
    };
    const first = await bulk();
    await world.database.db.$executeRaw`
      UPDATE idempotency_keys SET status = NULL, headers = NULL, body = NULL, locked_until = now()
      WHERE key = 'died-in-bulk'`;
    expect(await bulk()).toEqual(first);
    expect(await countTasks()).toBe(3);
  });

  it("20 rounds of 20 parallel creates with one key make one task each", async () => {
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => create(`round-${round}`)));
      const made = answers.filter((answer) => answer.status === 202);
      expect(made.length).toBeGreaterThan(0);
      expect(answers.every((answer) => answer.status === 202 || answer.status === 409)).toBe(true);
      const bodies = (await Promise.all(made.map((answer) => answer.json()))) as { id: string }[];
      expect(new Set(bodies.map((body) => body.id)).size).toBe(1);
    }
    expect(await countTasks()).toBe(20);
  });
});
