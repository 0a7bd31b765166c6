import { newId } from "@phonoscene/kernel";
import { beforeEach, describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();
let token: string;

beforeEach(async () => {
  token = await world.newUser(`${newId()}@example.com`);
});

type Result = { index: number; id?: string; error?: { code: string; path: string } };
type Answer = { results: Result[]; deleted: number; hasMore: boolean };
type Refusal = { status: number; code: string; errors: { index: number; path: string; code: string }[] };

const post = (where: string, json: unknown, as = token) => world.request(where, { method: "POST", token: as, json });

const create = async (body: unknown): Promise<Answer> => {
  const answer = await post("/v1/tasks/bulk", body);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Answer;
};

const remove = async (body: unknown): Promise<Answer> => {
  const answer = await post("/v1/tasks/bulk/delete", body);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Answer;
};

const refusal = async (where: string, body: unknown): Promise<Refusal> =>
  (await (await post(where, body)).json()) as Refusal;

const listed = async (): Promise<string[]> => {
  const page = await world.request("/v1/tasks?limit=100&order=asc", { token });
  return ((await page.json()) as { data: { id: string }[] }).data.map(({ id }) => id);
};

const texts = (count: number) => Array.from({ length: count }, (_value, index) => ({ text: `Text ${index}.` }));

const made = async (count: number): Promise<string[]> =>
  (await create({ items: texts(count) })).results.map(({ id }) => id ?? "");

const sendFile = async (): Promise<{ id: string; storageKey: string }> => {
  const form = new FormData();
  const wav = Buffer.concat([Buffer.from("RIFF\u0024\u0000\u0000\u0000WAVEfmt "), Buffer.alloc(64)]);
  form.set("audio", new Blob([new Uint8Array(wav)]), "tape.wav");
  const answer = await world.request("/v1/tasks", { method: "POST", token, body: form });
  const { id } = (await answer.json()) as { id: string };
  const { storageKey } = await world.database.db.audio.findFirstOrThrow({ where: { tasks: { some: { id } } } });
  return { id, storageKey };
};

describe("a bulk create", () => {
  it("makes tasks in the order given, with all their options, and their jobs reach the queue", async () => {
    const items = [{ text: "One.", name: "one", seed: 7, target: "flux", aspectRatio: "16:9" }, ...texts(2)];
    const { results } = await create({ items });
    expect(results.map(({ index }) => index)).toEqual([0, 1, 2]);
    const ids = results.map(({ id }) => id ?? "");
    expect(await listed()).toEqual(ids);
    const first = await world.request(`/v1/tasks/${ids[0]}`, { token });
    expect(await first.json()).toMatchObject({
      kind: "text",
      status: "queued",
      name: "one",
      language: "auto",
      options: { seed: 7, target: "flux", aspectRatio: "16:9", count: null },
    });
    for (const taskId of ids) await expect.poll(() => world.jobs("prompting")).toContainEqual({ taskId });
  });

  it.each([
    ["an empty text", { text: " " }, "text"],
    ["an unknown field", { text: "x", userId: newId() }, "userId"],
    ["an unknown target", { text: "x", target: "dalle" }, "target"],
    ["a NUL character", { text: "x\u0000" }, "text"],
    ["half of a character", { text: "x", style: "\udc00" }, "style"],
  ])(
    "with %s in one item is refused as a whole, or without that item where it is not atomic",
    async (_name, bad, path) => {
      const items = [...texts(2), bad];
      expect(await refusal("/v1/tasks/bulk", { items })).toMatchObject({
        status: 422,
        code: "bulk/refused",
        errors: [{ index: 2, path: `body.items.2.${path}`, code: "request/invalid" }],
      });
      expect(await listed()).toEqual([]);
      const { results } = await create({ items, atomic: false });
      expect(results[2]).toMatchObject({ index: 2, error: { code: "request/invalid", path } });
      expect(await listed()).toEqual(results.slice(0, 2).map(({ id }) => id));
    },
  );

  it("10,000 items are made, or none of them for the last one's sake; 10,001 are too many", async () => {
    const items = texts(9999);
    const before = await world.database.db.task.count();
    const refused = await refusal("/v1/tasks/bulk", { items: [...items, { text: "" }] });
    expect(refused.errors).toMatchObject([{ index: 9999 }]);
    expect(await world.database.db.task.count()).toBe(before);
    expect(await made(10_000)).toHaveLength(10_000);
    expect(await world.database.db.task.count()).toBe(before + 10_000);
    expect(await refusal("/v1/tasks/bulk", { items: texts(10_001) })).toMatchObject({ code: "request/invalid" });
    expect(await remove({ filter: { status: "queued" } })).toEqual({ deleted: 10_000, hasMore: false });
  });
});

describe("a bulk delete by ids", () => {
  it("takes the tasks away, in any case of letters, and asks for their recordings to go too", async () => {
    const { id, storageKey } = await sendFile();
    const [first = "", kept = ""] = await made(2);
    const answer = await remove({ ids: [id.toUpperCase(), first] });
    expect(answer).toEqual({
      deleted: 2,
      hasMore: false,
      results: [
        { index: 0, id },
        { index: 1, id: first },
      ],
    });
    expect(await listed()).toEqual([kept]);
    expect(await world.database.db.audio.count({ where: { storageKey } })).toBe(0);
    await expect.poll(() => world.jobs("maintenance")).toContainEqual({ action: "delete-audio", storageKey });
  });

  it("a recording that another task still needs stays", async () => {
    const { id, storageKey } = await sendFile();
    const { audioId, userId } = await world.database.db.task.findUniqueOrThrow({ where: { id } });
    const other = newId();
    await world.database.db.task.create({ data: { id: other, userId, kind: "audio", audioId, options: {} } });
    await remove({ ids: [id] });
    expect(await world.database.db.audio.count({ where: { storageKey } })).toBe(1);
    await remove({ ids: [other] });
    expect(await world.database.db.audio.count({ where: { storageKey } })).toBe(0);
  });

  it("an id that is nobody's, somebody else's, repeated or none is the fault of its place", async () => {
    const [mine = ""] = await made(1);
    const stranger = await world.newUser(`${newId()}@example.com`);
    const foreign = (await (await post("/v1/tasks/bulk", { items: texts(1) }, stranger)).json()) as Answer;
    const theirs = foreign.results[0]?.id ?? "";
    const ids = [theirs, mine, newId(), mine, "7"];
    const refused = await refusal("/v1/tasks/bulk/delete", { ids });
    expect(refused).toMatchObject({ status: 422, code: "bulk/refused" });
    expect(refused.errors.map(({ index, code, path }) => [index, code, path])).toEqual([
      [0, "task/not-found", "body.ids.0"],
      [2, "task/not-found", "body.ids.2"],
      [3, "request/invalid", "body.ids.3"],
      [4, "request/invalid", "body.ids.4"],
    ]);
    expect(await listed()).toEqual([mine]);
    const { deleted, results } = await remove({ ids, atomic: false });
    expect(deleted).toBe(1);
    expect(results.map(({ error }) => error?.code ?? "done")).toEqual([
      "task/not-found",
      "done",
      "task/not-found",
      "request/invalid",
      "request/invalid",
    ]);
    expect((await world.request(`/v1/tasks/${theirs}`, { token: stranger })).status).toBe(200);
  });
});

describe("a bulk delete by filter", () => {
  it("takes what the filter takes, and only one's own", async () => {
    const ids = await made(3);
    const { id: audio } = await sendFile();
    const stranger = await world.newUser(`${newId()}@example.com`);
    await post("/v1/tasks/bulk", { items: texts(2) }, stranger);
    const before = await world.database.db.task.count();
    const [first = "", second = "", third = ""] = ids;
    for (const [id, day] of [
      [first, 1],
      [second, 2],
      [third, 3],
    ] as const) {
      await world.database.db.task.update({
        where: { id },
        data: { createdAt: new Date(`2026-01-0${day}T12:00:00Z`) },
      });
    }
    expect(await remove({ filter: { status: "failed" } })).toEqual({ deleted: 0, hasMore: false });
    const between = { createdAfter: "2026-01-01T12:00:00Z", createdBefore: "2026-01-03T13:00:00+01:00" };
    expect(await remove({ filter: between })).toEqual({ deleted: 1, hasMore: false });
    expect(await listed()).toEqual([first, third, audio]);
    expect(await remove({ filter: { kind: "text", status: "queued" } })).toEqual({ deleted: 2, hasMore: false });
    expect(await listed()).toEqual([audio]);
    expect(await world.database.db.task.count()).toBe(before - 3);
  });

  it.each([
    ["neither ids nor filter", {}],
    ["both ids and filter", { ids: [newId()], filter: { kind: "text" } }],
    ["an empty filter", { filter: {} }],
    ["a filter of an unknown field", { filter: { kind: "text", userId: newId() } }],
    ["a time that is none", { filter: { createdBefore: "yesterday" } }],
    ["no ids", { ids: [] }],
    ["10,001 ids", { ids: Array.from({ length: 10_001 }, newId) }],
  ])("%s is refused, and nothing goes", async (_name, body) => {
    await made(1);
    expect(await refusal("/v1/tasks/bulk/delete", body)).toMatchObject({ status: 422, code: "request/invalid" });
    expect(await listed()).toHaveLength(1);
  });
});
