import { claimTask } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { beforeEach, describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();
let token: string;

beforeEach(async () => {
  token = await world.newUser(`${newId()}@example.com`);
});

type TaskBody = { id: string; version: number; createdAt: string; metadata: Record<string, string> };

const create = async (fields: object = {}): Promise<TaskBody> => {
  const json = { text: "A fox crossed the river.", ...fields };
  return (await (await world.request("/v1/tasks", { method: "POST", token, json })).json()) as TaskBody;
};
const patch = (id: string, json: unknown, { as = token, ifMatch }: { as?: string; ifMatch?: string } = {}) =>
  world.request(`/v1/tasks/${id}`, {
    method: "PATCH",
    token: as,
    json,
    headers: ifMatch === undefined ? {} : { "if-match": ifMatch },
  });
const read = async (id: string) => world.request(`/v1/tasks/${id}`, { token });
const list = async (query: Record<string, string>): Promise<string[]> => {
  const answer = await world.request(`/v1/tasks?${new URLSearchParams(query).toString()}`, { token });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { data: TaskBody[] }).data.map((task) => task.id);
};
const manyKeys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, "x"]));

describe("changing a task", () => {
  it("changes what is named and leaves the rest", async () => {
    const task = await create({ name: "fox", seed: 7, target: "flux", metadata: { a: "1", b: "2" } });
    const body = { name: null, seed: 8, style: "woodcut", language: "en", metadata: { b: null, c: "" } };
    const answer = await patch(task.id, body);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("etag")).toBe('"2"');
    const changed = await answer.json();
    expect(changed).toMatchObject({
      name: null,
      language: "en",
      options: { seed: 8, target: "flux", style: "woodcut", count: null },
      metadata: { a: "1", c: "" },
      version: 2,
    });
    expect(await (await read(task.id)).json()).toEqual(changed);
    expect(await (await patch(task.id, { metadata: null })).json()).toMatchObject({ metadata: {}, name: null });
  });

  it("name and metadata can be changed while it is processing, options cannot", async () => {
    const { id } = await create();
    await claimTask(world.database.db, id, "prompting");
    expect((await patch(id, { name: "under way", metadata: { a: "1" } })).status).toBe(200);
    for (const body of [{ seed: 1 }, { language: "en" }, { style: null }]) {
      expect(await (await patch(id, body)).json()).toMatchObject({ status: 409, code: "task/processing" });
    }
    expect(await (await read(id)).json()).toMatchObject({ name: "under way", options: { seed: 0 }, language: "auto" });
  });

  it.each([
    ["an unknown field", { status: "completed" }, "body.status"],
    ["the owner", { userId: newId() }, "body.userId"],
    ["the version", { version: 9 }, "body.version"],
    ["the text", { text: "Other." }, "body.text"],
    ["an empty name", { name: " " }, "body.name"],
    ["a name with U+0000", { name: "a\0b" }, "body.name"],
    ["no target", { target: null }, "body.target"],
    ["51 keys", { metadata: manyKeys(51) }, "body.metadata"],
    ["a number in the metadata", { metadata: { a: 1 } }, "body.metadata.a"],
    ["too long a value", { metadata: { a: "x".repeat(501) } }, "body.metadata.a"],
    ["U+0000", { metadata: { a: "\0" } }, "body.metadata.a"],
    ["too long a key", { metadata: { ["k".repeat(41)]: "x" } }, `body.metadata.${"k".repeat(41)}`],
  ])("%s is refused, and nothing changes", async (_name, body, path) => {
    const { id } = await create();
    const answer = await patch(id, body);
    expect(answer.status).toBe(422);
    const problem = (await answer.json()) as { errors: { path: string }[] };
    expect(problem.errors.map((fault) => fault.path)).toContain(path);
    expect(await (await read(id)).json()).toMatchObject({ version: 1, metadata: {} });
  });

  it("50 keys are taken, and no more are added to them", async () => {
    const { id, metadata } = await create({ metadata: manyKeys(50) });
    expect(Object.keys(metadata)).toHaveLength(50);
    const more = await patch(id, { metadata: { extra: "x" } });
    expect(await more.json()).toMatchObject({ status: 422, errors: [{ path: "body.metadata" }] });
    const swap = await patch(id, { metadata: { extra: "x", key0: null } });
    expect(swap.status).toBe(200);
  });

  it("somebody else's task is not there", async () => {
    const { id } = await create();
    const as = await world.newUser(`${newId()}@example.com`);
    expect(await (await patch(id, { name: "mine" }, { as })).json()).toMatchObject({ status: 404 });
    expect(await (await read(id)).json()).toMatchObject({ name: null, version: 1 });
  });
});

describe("a change that is based on an older version", () => {
  it("is refused with the task as it is now", async () => {
    const { id } = await create({ name: "first" });
    const etag = (await read(id)).headers.get("etag") ?? "";
    expect(etag).toBe('"1"');
    expect((await patch(id, { name: "second" }, { ifMatch: etag })).status).toBe(200);
    const stale = await patch(id, { name: "third" }, { ifMatch: etag });
    expect(stale.status).toBe(412);
    expect(stale.headers.get("content-type")).toContain("application/problem+json");
    expect(stale.headers.get("etag")).toBe('"2"');
    expect(await stale.json()).toMatchObject({
      code: "request/stale",
      current: { object: "task", id, name: "second", version: 2 },
    });
  });

  it.each([
    ['"1"', 200],
    ["*", 200],
    ['"7", "1"', 200],
    ['W/"1"', 412],
    ['"7"', 412],
    ['"abc"', 412],
    ["1", 422],
    ['"1', 422],
  ])("If-Match: %s on version 1 is %i", async (ifMatch, status) => {
    const { id } = await create();
    expect((await patch(id, { name: "x" }, { ifMatch })).status).toBe(status);
  });

  it("of twenty at once from the same version, one wins", async () => {
    const { id } = await create();
    const names = Array.from({ length: 20 }, (_, index) => `name ${index}`);
    const answers = await Promise.all(names.map((name) => patch(id, { name }, { ifMatch: '"1"' })));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 412)).toHaveLength(19);
  });

  it("a conditional GET still answers with the task: progress changes without a new version", async () => {
    const { id } = await create();
    const answer = await world.request(`/v1/tasks/${id}`, { token, headers: { "if-none-match": '"1"' } });
    expect(answer.status).toBe(200);
  });
});

describe("metadata on create", () => {
  it.each([
    ["as fields of their own", { "metadata[project]": "orchard" }],
    ["as JSON", { metadata: '{"project":"orchard"}' }],
  ])("comes with a recording %s", async (_name, fields) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set("audio", new Blob([Buffer.from("RIFF$\0\0\0WAVEfmt "), Buffer.alloc(64)]), "tape.wav");
    const answer = await world.request("/v1/tasks", { method: "POST", token, body: form });
    expect(await answer.json()).toMatchObject({ metadata: { project: "orchard" } });
  });

  it("that is not one is refused", async () => {
    for (const metadata of ["x", ["a"], { a: null }, { "": "x" }, manyKeys(51)]) {
      const json = { text: "x", metadata };
      expect((await world.request("/v1/tasks", { method: "POST", token, json })).status).toBe(422);
    }
  });
});

describe("finding tasks", () => {
  it("by metadata: all that is asked for must match", async () => {
    const both = await create({ metadata: { project: "orchard", "a.b c": "ä" } });
    const one = await create({ metadata: { project: "orchard" } });
    await create({ metadata: { project: "harbour" } });
    expect(await list({ "metadata[project]": "orchard" })).toEqual([one.id, both.id]);
    expect(await list({ "metadata[project]": "orchard", "metadata[a.b c]": "ä" })).toEqual([both.id]);
    expect(await list({ "metadata[none]": "orchard" })).toEqual([]);
  });

  it("by words in the name or the text, whatever their case, and literally", async () => {
    const named = await create({ name: "Fifty_50% \\ off", text: "Nothing." });
    const texted = await create({ name: "Plain", text: "Вона бачила ОЛЕНЯ." });
    const plain = await create({ name: "Fifty 500 off", text: "Nothing." });
    expect(await list({ q: "fifty" })).toEqual([plain.id, named.id]);
    expect(await list({ q: "50%" })).toEqual([named.id]);
    expect(await list({ q: "y_5" })).toEqual([named.id]);
    expect(await list({ q: "% \\ o" })).toEqual([named.id]);
    expect(await list({ q: "plain" })).toEqual([texted.id]);
    expect(await list({ q: "%" })).toEqual([named.id]);
  });

  it("by when they were made, to the millisecond, and page by page", async () => {
    const made = [await create(), await create(), await create()];
    const [first, second, third] = made.map((task) => task.id);
    const at = new Date(made[1]?.createdAt ?? "").getTime();
    const before = new Date(at - 1).toISOString();
    const after = new Date(at + 1).toISOString();
    expect(await list({ createdAfter: before, createdBefore: after })).toEqual([second]);
    expect(await list({ createdAfter: new Date(at).toISOString() })).toEqual([third]);
    expect(await list({ createdBefore: new Date(at).toISOString() })).toEqual([first]);
    const page = await world.request("/v1/tasks?q=fox&limit=2", { token });
    const { nextCursor } = (await page.json()) as { nextCursor: string };
    expect(await list({ q: "fox", limit: "2", cursor: nextCursor })).toEqual([first]);
  });

  it("never finds somebody else's", async () => {
    await create({ name: "secret", metadata: { a: "1" } });
    token = await world.newUser(`${newId()}@example.com`);
    expect(await list({ q: "secret" })).toEqual([]);
    expect(await list({ "metadata[a]": "1" })).toEqual([]);
  });

  it.each([
    "createdAfter=yesterday",
    "createdBefore=2026-11-22",
    "q=",
    "q=%00",
    "metadata=x",
    "metadata[]=x",
    "metadata[a]=1&metadata[a]=2",
    "limit[a]=1",
    "other[a]=1",
    `metadata[a]=${"x".repeat(501)}`,
  ])("?%s is refused", async (query) => {
    expect((await world.request(`/v1/tasks?${query}`, { token })).status).toBe(422);
  });
});

it("the document tells how metadata is asked for, and every header that means something", async () => {
  const { paths } = (await (await world.request("/openapi.json")).json()) as {
    paths: Record<string, Record<string, { parameters?: { name: string; style?: string }[]; responses: object }>>;
  };
  const parametersOf = (path: string, method: string) => paths[path]?.[method]?.parameters ?? [];
  const filter = parametersOf("/v1/tasks", "get").find((parameter) => parameter.name === "metadata");
  expect(filter).toMatchObject({ style: "deepObject", explode: true });
  const names = (path: string, method: string) => parametersOf(path, method).map((parameter) => parameter.name);
  expect(names("/v1/tasks", "post")).toEqual(expect.arrayContaining(["idempotency-key", "prefer"]));
  expect(names("/v1/tasks/{id}", "patch")).toContain("if-match");
  expect(names("/v1/auth/login", "post")).not.toContain("idempotency-key");
  expect(Object.keys(paths["/v1/tasks"]?.["post"]?.responses ?? {})).toEqual(expect.arrayContaining(["200", "202"]));
});
