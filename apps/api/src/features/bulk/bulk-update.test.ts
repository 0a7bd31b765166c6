import type { Prompt } from "@phonoscene/contracts";
import { newId } from "@phonoscene/kernel";
import { beforeEach, describe, expect, it } from "vitest";

import { newStoryboard } from "../../test-storyboard.ts";
import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();
let token: string;

beforeEach(async () => {
  token = await world.newUser(`${newId()}@example.com`);
});

type Result = {
  index: number;
  id?: string;
  version?: number;
  addedPromptIds?: string[];
  error?: { code: string; path: string };
};
type Refusal = { status: number; code: string; errors: { index: number; path: string; code: string }[] };
type View = { name: string | null; version: number; prompts: Prompt[] };

const send = (body: unknown, as = token) => world.request("/v1/tasks/bulk", { method: "PATCH", token: as, json: body });

const results = async (body: unknown): Promise<Result[]> => {
  const answer = await send(body);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { results: Result[] }).results;
};

const refusal = async (body: unknown): Promise<Refusal> => (await (await send(body)).json()) as Refusal;

const view = async (id: string): Promise<View> =>
  (await (await world.request(`/v1/tasks/${id}?include=prompts`, { token })).json()) as View;

const shown = async (id: string): Promise<string> => {
  const { prompts } = await view(id);
  expect(prompts.map(({ position }) => position)).toEqual(prompts.map((_prompt, index) => index));
  return prompts.map(({ content }) => content).join("");
};

const idsOf = async (id: string): Promise<string[]> => (await view(id)).prompts.map((prompt) => prompt.id);

const boards = (count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => newStoryboard(world, token, ["a", "b", "c"])));

describe("a bulk update with nested prompts", () => {
  it("adds, edits, deletes and reorders prompts of three tasks at once", async () => {
    const [first = "", second = "", third = ""] = await boards(3);
    const [a1, b1, c1] = await idsOf(first);
    const [a2] = await idsOf(second);
    const [a3, b3, c3] = await idsOf(third);
    const done = await results({
      items: [
        {
          id: first,
          version: 2,
          name: "one",
          prompts: [
            { id: a1, delete: true },
            { id: c1, content: "C", position: 0 },
            { content: "new", position: 1 },
            { id: b1, version: 1, negative: "fog" },
          ],
        },
        { id: second, prompts: [{ content: "x", sceneIndex: 2 }, { content: "y" }, { id: a2, position: 4 }] },
        { id: third, prompts: [a3, b3, c3].map((id, index) => ({ id, position: 2 - index })) },
      ],
    });
    expect(done).toMatchObject([
      { index: 0, id: first, version: 3 },
      { index: 1, id: second, version: 3 },
      { index: 2, id: third, version: 3, addedPromptIds: [] },
    ]);
    expect(await Promise.all([first, second, third].map(shown))).toEqual(["Cnewb", "bcxya", "cba"]);
    const one = await view(first);
    expect(one).toMatchObject({ name: "one", version: 3 });
    expect(one.prompts.map(({ version, negative }) => [version, negative])).toEqual([
      [2, null],
      [1, null],
      [2, "fog"],
    ]);
    const added = await idsOf(second);
    expect(done[1]?.addedPromptIds).toEqual([added[2], added[3]]);
    expect((await view(second)).prompts[2]).toMatchObject({ sceneIndex: 2, content: "x" });
    const kept = await world.request(`/v1/tasks/${first}/prompts/${c1}/revisions`, { token });
    expect(await kept.json()).toMatchObject({ data: [{ version: 1, content: "c" }] });
  });

  it("names alone need no prompts, and may be of a task at work", async () => {
    const created = await world.request("/v1/tasks", { method: "POST", token, json: { text: "Words.", name: "old" } });
    const { id } = (await created.json()) as { id: string };
    await results({ items: [{ id, name: "new" }] });
    expect(await view(id)).toMatchObject({ name: "new", version: 2 });
    await results({ items: [{ id, name: null }] });
    expect(await view(id)).toMatchObject({ name: null, version: 3 });
  });

  it("10,000 items are taken, 10,001 are refused, and so are none", async () => {
    const [id = ""] = await boards(1);
    const items = Array.from({ length: 9999 }, () => ({ id: newId(), name: "nobody's" }));
    const done = await results({ items: [...items, { id, name: "mine" }], atomic: false });
    expect(done).toHaveLength(10_000);
    expect(done.filter(({ error }) => error?.code === "task/not-found")).toHaveLength(9999);
    expect(done.at(-1)).toMatchObject({ index: 9999, id });
    expect((await view(id)).name).toBe("mine");
    const over = await refusal({ items: [...items, ...items.slice(0, 2)], atomic: false });
    expect(over).toMatchObject({ status: 422, code: "request/invalid", errors: [{ path: "body.items" }] });
    expect(await refusal({ items: [] })).toMatchObject({ status: 422, code: "request/invalid" });
  });

  it("past 16 MB is refused, below it is read", async () => {
    const item = (size: number) => ({ items: [{ id: newId(), name: "x".repeat(size) }] });
    expect(await refusal(item(16_000_001))).toMatchObject({ status: 413, code: "request/too-large" });
    expect(await refusal(item(15_900_000))).toMatchObject({
      code: "bulk/refused",
      errors: [{ path: "body.items.0.name" }],
    });
  });
});

/** Every kind of fault that one item can have, the task being at version 2 with prompts a, b (locked) and c. */
const faults = ({ id, prompts: [a = "", b = "", c = ""] }: { id: string; prompts: string[] }) => {
  const nested = (prompts: unknown) => ({ id, prompts });
  return [
    [{ id: newId(), name: "x" }, "task/not-found", "id"],
    [{ id: "1", name: "x" }, "request/invalid", "id"],
    [{ id }, "request/invalid", ""],
    [{ id, name: "x", status: "failed" }, "request/invalid", "status"],
    [{ id, name: "x".repeat(201) }, "request/invalid", "name"],
    [{ id, name: "\u0000" }, "request/invalid", "name"],
    [{ id, version: 1, name: "x" }, "request/stale", "version"],
    [nested([{ id: newId(), content: "x" }]), "prompt/not-found", "prompts.0.id"],
    [nested([{ id: a, version: 2, content: "x" }]), "request/stale", "prompts.0.version"],
    [nested([{ id: b, content: "x" }]), "prompt/locked", "prompts.0"],
    [nested([{ id: b, delete: true }]), "prompt/locked", "prompts.0"],
    [
      nested([
        { id: a, content: "x" },
        { id: a, delete: true },
      ]),
      "request/invalid",
      "prompts.1.id",
    ],
    [nested([{ id: a, delete: true, content: "x" }]), "request/invalid", "prompts.0.content"],
    [nested([{ id: a, delete: false }]), "request/invalid", "prompts.0.delete"],
    [nested([{ id: a, sceneIndex: 1 }]), "request/invalid", "prompts.0.sceneIndex"],
    [nested([{ negative: "x" }]), "request/invalid", "prompts.0.content"],
    [nested([{ content: "x", locked: true }]), "request/invalid", "prompts.0.locked"],
    [nested([{ content: "x", sceneIndex: 9 }]), "request/invalid", "prompts.0.sceneIndex"],
    [nested([{ content: "x", taskId: id }]), "request/invalid", "prompts.0.taskId"],
    [nested([{ id: a, position: 3 }]), "request/invalid", "prompts.0.position"],
    [
      nested([
        { id: a, position: 1 },
        { id: c, position: 1 },
      ]),
      "request/invalid",
      "prompts.1.position",
    ],
    [nested("all"), "request/invalid", "prompts"],
    ["not an object", "request/invalid", ""],
  ] as const;
};

describe("an item at fault", () => {
  it("refuses an atomic call as a whole, first, midway or last, and each fault is named by its index", async () => {
    const [good = "", bad = ""] = await boards(2);
    const prompts = await idsOf(bad);
    await world.request(`/v1/tasks/${bad}/prompts/${prompts[1]}`, { method: "PATCH", token, json: { locked: true } });
    const version = 3;
    for (const [item, code, path] of faults({ id: bad, prompts })) {
      const index = item === "not an object" ? 0 : 1;
      const other = { id: good, version: 2, name: "never", prompts: [{ content: "never" }] };
      const answer = await refusal({ items: index === 0 ? [item, other] : [other, item] });
      expect(answer).toMatchObject({ status: 422, code: "bulk/refused", errors: [{ index, code }] });
      expect(answer.errors[0]?.path).toBe(["body", "items", index, path].filter((part) => part !== "").join("."));
    }
    expect(await view(good)).toMatchObject({ name: null, version: 2 });
    expect(await view(bad)).toMatchObject({ version });
    expect(await shown(good)).toBe("abc");
  });

  it("with atomic: false is one result among others, in the order given", async () => {
    const [good = "", bad = ""] = await boards(2);
    const prompts = await idsOf(bad);
    await world.request(`/v1/tasks/${bad}/prompts/${prompts[1]}`, { method: "PATCH", token, json: { locked: true } });
    for (const [index, [item, code, path]] of faults({ id: bad, prompts }).entries()) {
      const done = await results({
        items: [item, { id: good, prompts: [{ content: `${index % 10}` }] }],
        atomic: false,
      });
      expect(done[0]).toMatchObject({ index: 0, error: { code, path } });
      expect(done[1]).toMatchObject({ index: 1, id: good, version: index + 3 });
    }
    expect(await shown(bad)).toBe("abc");
    expect(await shown(good)).toMatch(/^abc\d+$/);
  });

  it("that repeats the id of an earlier one is refused, and the earlier one stands", async () => {
    const [id = ""] = await boards(1);
    const items = ["one", "two", "three"].map((name) => ({ id, name }));
    expect((await refusal({ items })).errors.map(({ index, path }) => [index, path])).toEqual([
      [1, "body.items.1.id"],
      [2, "body.items.2.id"],
    ]);
    expect((await results({ items, atomic: false })).map(({ error }) => error?.code)).toEqual([
      undefined,
      "request/invalid",
      "request/invalid",
    ]);
    expect((await view(id)).name).toBe("one");
  });

  it("is a task of somebody else, which stays as it is", async () => {
    const [id = ""] = await boards(1);
    const [prompt = ""] = await idsOf(id);
    const stranger = await world.newUser(`${newId()}@example.com`);
    const answer = await send({ items: [{ id, name: "taken", prompts: [{ id: prompt, delete: true }] }] }, stranger);
    expect(await answer.json()).toMatchObject({ code: "bulk/refused", errors: [{ index: 0, code: "task/not-found" }] });
    expect(await shown(id)).toBe("abc");
  });

  it("is a prompt of another task, even one's own", async () => {
    const [first = "", second = ""] = await boards(2);
    const [prompt = ""] = await idsOf(second);
    const answer = await refusal({ items: [{ id: first, prompts: [{ id: prompt, content: "x" }] }] });
    expect(answer.errors).toMatchObject([{ code: "prompt/not-found", path: "body.items.0.prompts.0.id" }]);
  });

  it("is a task whose prompts a worker has yet to write", async () => {
    const created = await world.request("/v1/tasks", { method: "POST", token, json: { text: "Words." } });
    const { id } = (await created.json()) as { id: string };
    const answer = await refusal({ items: [{ id, prompts: [{ content: "x" }] }] });
    expect(answer.errors).toMatchObject([{ code: "task/not-ready", path: "body.items.0.prompts" }]);
  });
});

it.each([
  ["an unknown field", { items: [{ id: newId(), name: "x" }], owner: "me" }],
  ["an atomic that is no boolean", { items: [{ id: newId(), name: "x" }], atomic: "no" }],
  ["items that are no list", { items: {} }],
])("%s beside the items is refused", async (_name, body) => {
  expect(await refusal(body)).toMatchObject({ status: 422, code: "request/invalid" });
});

it("two calls over the same tasks in opposite order both end", async () => {
  const ids = await boards(6);
  const items = ids.map((id) => ({ id, prompts: [{ content: "x", position: 0 }] }));
  const calls = Array.from({ length: 8 }, (_value, index) =>
    send({ items: index % 2 === 0 ? items : items.toReversed() }),
  );
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(8).fill(200));
  expect(await Promise.all(ids.map(shown))).toEqual(Array(6).fill("xxxxxxxxabc"));
});
