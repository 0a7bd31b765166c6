import type { Prompt } from "@phonoscene/contracts";
import { newId } from "@phonoscene/kernel";
import { beforeEach, describe, expect, it } from "vitest";

import { newStoryboard } from "../../test-storyboard.ts";
import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();
let token: string;
let taskId: string;

beforeEach(async () => {
  token = await world.newUser(`${newId()}@example.com`);
  taskId = await newStoryboard(world, token, ["a", "b", "c"]);
});

const call = (method: string, where: string, options: { json?: unknown; token?: string; ifMatch?: string } = {}) =>
  world.request(`/v1/tasks/${taskId}/prompts${where}`, {
    method,
    token,
    ...(options.ifMatch !== undefined && { headers: { "if-match": options.ifMatch } }),
    ...(options.json !== undefined && { json: options.json }),
    ...(options.token !== undefined && { token: options.token }),
  });

const list = async (): Promise<Prompt[]> => ((await (await call("GET", "")).json()) as { data: Prompt[] }).data;

const contents = async (): Promise<string> => {
  const prompts = await list();
  expect(prompts.map(({ position }) => position)).toEqual(prompts.map((_prompt, index) => index));
  return prompts.map(({ content }) => content).join("");
};

const promptAt = async (position: number): Promise<Prompt> => {
  const prompt = (await list())[position];
  if (prompt === undefined) throw new Error(`there is no prompt at ${position}`);
  return prompt;
};

const patch = async (position: number, json: object, ifMatch?: string): Promise<Response> =>
  call("PATCH", `/${(await promptAt(position)).id}`, { json, ...(ifMatch !== undefined && { ifMatch }) });

const taskVersion = async (): Promise<number> =>
  (await world.database.db.task.findUniqueOrThrow({ where: { id: taskId } })).version;

describe("adding a prompt", () => {
  it("goes to the end, belongs to no scene, and says where it is", async () => {
    const answer = await call("POST", "", { json: { content: "d", negative: "fog" } });
    expect(answer.status).toBe(201);
    const prompt = (await answer.json()) as Prompt;
    expect(answer.headers.get("location")).toBe(`/v1/tasks/${taskId}/prompts/${prompt.id}`);
    expect(answer.headers.get("etag")).toBe('"1"');
    expect(prompt).toMatchObject({ position: 3, sceneIndex: null, startMs: null, excerpt: "", negative: "fog" });
    expect(await contents()).toBe("abcd");
    const task = await world.request(`/v1/tasks/${taskId}?include=prompts`, { token });
    expect(((await task.json()) as { prompts: Prompt[] }).prompts[3]).toEqual(prompt);
  });

  it("takes a place and a scene where they are named", async () => {
    const answer = await call("POST", "", { json: { content: "x", sceneIndex: 1, position: 0 } });
    expect(await answer.json()).toMatchObject({ position: 0, sceneIndex: 1, excerpt: "Scene 1." });
    expect(await contents()).toBe("xabc");
  });

  it.each([
    ["no content", {}, "body.content"],
    ["blank content", { content: "  " }, "body.content"],
    ["content past 32,000 characters", { content: "x".repeat(32_001) }, "body.content"],
    ["a NUL character", { content: "a\u0000b" }, "body.content"],
    ["half of a character", { content: "a\ud800" }, "body.content"],
    ["a place past the end", { content: "x", position: 4 }, "body.position"],
    ["a place before the start", { content: "x", position: -1 }, "body.position"],
    ["a scene that is not there", { content: "x", sceneIndex: 3 }, "body.sceneIndex"],
    ["a version of its own", { content: "x", version: 9 }, "body.version"],
    ["an owner", { content: "x", taskId: newId() }, "body.taskId"],
  ])("with %s is refused, and nothing changes", async (_name, json, path) => {
    const answer = await call("POST", "", { json });
    expect(answer.status).toBe(422);
    const { errors } = (await answer.json()) as { errors: { path: string }[] };
    expect(errors.map((fault) => fault.path)).toEqual([path]);
    expect(await contents()).toBe("abc");
    expect(await taskVersion()).toBe(2);
  });

  it("is refused while the task is at work", async () => {
    const created = await world.request("/v1/tasks", { method: "POST", token, json: { text: "Words." } });
    const { id } = (await created.json()) as { id: string };
    const answer = await world.request(`/v1/tasks/${id}/prompts`, { method: "POST", token, json: { content: "x" } });
    expect(await answer.json()).toMatchObject({ status: 409, code: "task/not-ready" });
  });

  it("is refused past 500 prompts", async () => {
    const many = Array.from({ length: 500 }, (_value, index) => `p${index}`);
    taskId = await newStoryboard(world, token, many);
    const answer = await call("POST", "", { json: { content: "one more" } });
    expect(await answer.json()).toMatchObject({ status: 422, code: "request/invalid" });
  });

  it("twenty at once all find a place of their own", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call("POST", "", { json: { content: "x", position: 1 } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect(await contents()).toBe(`a${"x".repeat(20)}bc`);
    expect(await taskVersion()).toBe(22);
  });
});

describe("changing a prompt", () => {
  it("raises its version and the task's, and leaves what was not named", async () => {
    const answer = await patch(1, { content: "B", negative: "rain" });
    expect(answer.headers.get("etag")).toBe('"2"');
    expect(await answer.json()).toMatchObject({
      content: "B",
      negative: "rain",
      version: 2,
      sceneIndex: 1,
      position: 1,
    });
    expect(await (await patch(1, { negative: null })).json()).toMatchObject({
      content: "B",
      negative: null,
      version: 3,
    });
    expect(await contents()).toBe("aBc");
    expect(await taskVersion()).toBe(4);
  });

  it.each([
    [0, 2, "bca"],
    [2, 0, "cab"],
    [1, 0, "bac"],
    [1, 1, "abc"],
  ])("moves it from %i to %i, without gaps", async (from, to, expected) => {
    const answer = await patch(from, { position: to });
    expect(await answer.json()).toMatchObject({ position: to, version: 2 });
    expect(await contents()).toBe(expected);
    expect((await list()).map(({ version }) => version).toSorted((a, b) => a - b)).toEqual([1, 1, 2]);
  });

  it("with a stale ETag answers 412 with the current prompt; with the current one it is done", async () => {
    await patch(0, { content: "A" }, '"1"');
    const answer = await patch(0, { content: "lost" }, '"1"');
    expect(await answer.json()).toMatchObject({
      status: 412,
      code: "request/stale",
      current: { content: "A", version: 2, position: 0 },
    });
    expect((await patch(0, { content: "AA" }, "*")).status).toBe(200);
    expect((await patch(0, { content: "x" }, 'W/"3"')).status).toBe(422);
    expect(await contents()).toBe("AAbc");
  });

  it("of twenty changes with the same ETag exactly one is done", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_value, index) => patch(0, { content: `try ${index}` }, '"1"')),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array(19).fill(412)]);
  });

  it.each([
    ["nothing named", {}],
    ["an unknown field", { sceneIndex: 1 }],
    ["a place past the end", { position: 3 }],
    ["a lock that is no boolean", { locked: "yes" }],
  ])("with %s is refused", async (_name, json) => {
    expect((await patch(0, json)).status).toBe(422);
    expect(await contents()).toBe("abc");
  });

  it("a locked prompt refuses every change but its unlocking; its neighbours may still move", async () => {
    expect(await (await patch(0, { locked: true })).json()).toMatchObject({ locked: true, version: 2 });
    const { id } = await promptAt(0);
    const refused = [
      await patch(0, { content: "x" }),
      await patch(0, { negative: null }),
      await patch(0, { position: 1 }),
      await patch(0, { content: "x", locked: true }),
      await call("DELETE", `/${id}`),
      await call("POST", `/${id}/restore`, { json: { version: 1 } }),
    ];
    for (const answer of refused) expect(await answer.json()).toMatchObject({ status: 409, code: "prompt/locked" });
    await call("POST", "", { json: { content: "n", position: 0 } });
    expect(await contents()).toBe("nabc");
    expect((await patch(1, { locked: false, content: "A" })).status).toBe(200);
    expect(await contents()).toBe("nAbc");
  });
});

describe("deleting a prompt", () => {
  it("closes the gap, and the prompt is gone with its revisions", async () => {
    const { id } = await promptAt(1);
    await patch(1, { content: "B" });
    expect((await call("DELETE", `/${id}`, { ifMatch: '"1"' })).status).toBe(412);
    expect((await call("DELETE", `/${id}`, { ifMatch: '"2"' })).status).toBe(204);
    expect(await contents()).toBe("ac");
    expect(await world.database.db.promptRevision.count({ where: { promptId: id } })).toBe(0);
    expect(await (await call("DELETE", `/${id}`)).json()).toMatchObject({ status: 404, code: "prompt/not-found" });
  });
});

type Revisions = { data: { version: number; content: string }[]; hasMore: boolean; nextCursor: string | null };

describe("revisions", () => {
  it("keep what was replaced, newest first, in pages", async () => {
    const { id } = await promptAt(0);
    for (const content of ["a2", "a3", "a4"]) await patch(0, { content });
    await patch(0, { locked: true });
    const first = (await (await call("GET", `/${id}/revisions?limit=2`)).json()) as Revisions;
    expect(first).toMatchObject({
      data: [
        { version: 3, content: "a3" },
        { version: 2, content: "a2" },
      ],
      hasMore: true,
    });
    const second = (await (
      await call("GET", `/${id}/revisions?limit=2&cursor=${first.nextCursor}`)
    ).json()) as Revisions;
    expect(second).toMatchObject({ data: [{ version: 1, content: "a" }], hasMore: false, nextCursor: null });
    const wrong = await call("GET", `/${id}/revisions?cursor=nonsense`);
    expect(await wrong.json()).toMatchObject({ status: 422, code: "request/cursor-invalid" });
  });

  it("any earlier version can be restored, also one that changed no words", async () => {
    const { id } = await promptAt(0);
    await patch(0, { position: 1 });
    await patch(1, { position: 0 });
    await patch(0, { content: "A", negative: "fog" });
    const restore = (version: number) => call("POST", `/${id}/restore`, { json: { version } });
    expect(await (await restore(1)).json()).toMatchObject({ content: "a", negative: null, version: 5 });
    expect(await (await restore(4)).json()).toMatchObject({ content: "A", negative: "fog", version: 6 });
    expect(await (await restore(7)).json()).toMatchObject({ status: 404, code: "prompt/revision-not-found" });
    expect((await restore(0)).status).toBe(422);
    const { data } = (await (await call("GET", `/${id}/revisions`)).json()) as Revisions;
    expect(data.map(({ version, content }) => [version, content])).toEqual([
      [5, "a"],
      [4, "A"],
      [3, "a"],
    ]);
  });
});

describe("whose prompts they are", () => {
  it("somebody else, or another task of the same owner, finds nothing on any route", async () => {
    const { id } = await promptAt(0);
    const stranger = await world.newUser(`${newId()}@example.com`);
    const other = await newStoryboard(world, token, ["z"]);
    const routes: [string, string, unknown][] = [
      ["GET", `/${id}`, undefined],
      ["PATCH", `/${id}`, { content: "x" }],
      ["DELETE", `/${id}`, undefined],
      ["GET", `/${id}/revisions`, undefined],
      ["POST", `/${id}/restore`, { version: 1 }],
    ];
    for (const [method, where, json] of routes) {
      const options = json === undefined ? {} : { json };
      const foreign = await call(method, where, { ...options, token: stranger });
      expect(await foreign.json()).toMatchObject({ status: 404, code: "task/not-found" });
      const misplaced = await world.request(`/v1/tasks/${other}/prompts${where}`, { method, token, ...options });
      expect(await misplaced.json()).toMatchObject({ status: 404, code: "prompt/not-found" });
      expect((await world.request(`/v1/tasks/${taskId}/prompts${where}`, { method, ...options })).status).toBe(401);
    }
    for (const [method, json] of [["GET"], ["POST", { content: "x" }]] as const) {
      const foreign = await call(method, "", { ...(json && { json }), token: stranger });
      expect(await foreign.json()).toMatchObject({ status: 404, code: "task/not-found" });
    }
    expect(await contents()).toBe("abc");
  });
});
