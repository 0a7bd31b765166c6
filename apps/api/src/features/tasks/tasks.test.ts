import { newId } from "@phonoscene/kernel";
import { beforeEach, describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld({ maxUploadBytes: 50_000 });
let token: string;

beforeEach(async () => {
  token = await world.newUser(`${newId()}@example.com`);
});

type TaskBody = { id: string; status: string; urls: { self: string } };
type Listing = { data: TaskBody[]; hasMore: boolean; nextCursor: string | null };

const createText = async (text: string, fields: object = {}): Promise<TaskBody> => {
  const answer = await world.request("/v1/tasks", { method: "POST", token, json: { text, ...fields } });
  expect(answer.status).toBe(202);
  return (await answer.json()) as TaskBody;
};

const WAV = Buffer.concat([Buffer.from("RIFF\u0024\u0000\u0000\u0000WAVEfmt "), Buffer.alloc(64)]);

type FileForm = { field?: string; name?: string; fields?: Record<string, string> };

const sendFile = (bytes: Uint8Array, { field = "audio", name = "tape.wav", fields = {} }: FileForm = {}) => {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) form.set(key, value);
  form.set(field, new Blob([new Uint8Array(bytes)]), name);
  return world.request("/v1/tasks", { method: "POST", token, body: form });
};

describe("creating a task from text", () => {
  it("answers 202 with where to look, and its job reaches the queue", async () => {
    const answer = await world.request("/v1/tasks", {
      method: "POST",
      token,
      json: { text: "A fox crossed the frozen river.", name: "fox", seed: 7, target: "flux" },
    });
    expect(answer.status).toBe(202);
    const task = (await answer.json()) as TaskBody;
    expect(answer.headers.get("location")).toBe(`/v1/tasks/${task.id}`);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(task).toMatchObject({
      object: "task",
      kind: "text",
      status: "queued",
      stage: null,
      progress: 0,
      name: "fox",
      options: { seed: 7, target: "flux", count: null },
    });
    await expect.poll(() => world.jobs("prompting")).toContainEqual({ taskId: task.id });
  });

  it.each([
    ["an empty text", { text: "  " }, "body.text"],
    ["no text", {}, "body.text"],
    ["an unknown target", { text: "x", target: "dalle" }, "body.target"],
    ["zero prompts", { text: "x", count: 0 }, "body.count"],
    ["a ratio that is none", { text: "x", aspectRatio: "wide" }, "body.aspectRatio"],
    ["a ratio past 14:1", { text: "x", aspectRatio: "15:1" }, "body.aspectRatio"],
    ["a status of its own", { text: "x", status: "completed" }, "body.status"],
    ["a text with U+0000", { text: "a\0b" }, "body.text"],
    ["a style with U+0000", { text: "x", style: "a\0b" }, "body.style"],
    ["too long a text", { text: "x".repeat(200_001) }, "body.text"],
  ])("%s is refused, and nothing is stored", async (_name, body, path) => {
    const before = await world.database.db.task.count();
    const answer = await world.request("/v1/tasks", { method: "POST", token, json: body });
    expect(answer.status).toBe(422);
    const problem = (await answer.json()) as { errors: { path: string }[] };
    expect(problem.errors.map((fault) => fault.path)).toContain(path);
    expect(await world.database.db.task.count()).toBe(before);
  });

  it("a text of 200,000 characters is taken", async () => {
    await createText("й".repeat(200_000));
  });

  it("a body that is not JSON is told from one that is not valid", async () => {
    const headers = { "content-type": "application/json" };
    const broken = await world.request("/v1/tasks", { method: "POST", token, headers, body: "{" });
    expect(await broken.json()).toMatchObject({ status: 400, code: "request/malformed" });
    const plain = await world.request("/v1/tasks", {
      method: "POST",
      token,
      headers: { "content-type": "text/plain" },
      body: "hi",
    });
    expect(await plain.json()).toMatchObject({ status: 415, code: "request/unsupported-media-type" });
  });
});

describe("creating a task from a recording", () => {
  it("stores the file under a name of the server's, and asks for the transcription", async () => {
    const answer = await sendFile(WAV, {
      name: "../../etc/пісня.wav",
      fields: { count: "3", seed: "5", name: "tape" },
    });
    expect(answer.status).toBe(202);
    const task = (await answer.json()) as TaskBody;
    expect(task).toMatchObject({
      kind: "audio",
      name: "tape",
      options: { count: 3, seed: 5 },
      audio: { format: "wav", sizeBytes: WAV.length, durationMs: null },
    });
    const row = await world.database.db.audio.findFirstOrThrow({ where: { tasks: { some: { id: task.id } } } });
    expect(row.storageKey).toMatch(/^[0-9a-f-]{36}\.wav$/);
    expect(row.filename).toMatch(/пісня\.wav$/);
    expect(await world.files()).toContain(row.storageKey);
    await expect.poll(() => world.jobs("transcription")).toContainEqual({ taskId: task.id });
  });

  it.each([
    ["an empty file", () => sendFile(Buffer.alloc(0)), 422, "audio_empty"],
    [
      "a text named .mp3",
      () => sendFile(Buffer.from("not a song at all, just words"), { name: "song.mp3" }),
      422,
      "audio_unreadable",
    ],
    ["a file past the limit", () => sendFile(Buffer.concat([WAV, Buffer.alloc(60_000)])), 413, "request/too-large"],
    ["a file in another field", () => sendFile(WAV, { field: "file" }), 422, "request/invalid"],
    ["an unknown field", () => sendFile(WAV, { fields: { userId: newId() } }), 422, "request/invalid"],
    ["a count that is no number", () => sendFile(WAV, { fields: { count: "many" } }), 422, "request/invalid"],
  ])("%s is refused, and no file stays", async (_name, send, status, code) => {
    const before = await world.files();
    const answer = await send();
    expect(await answer.json()).toMatchObject({ status, code });
    await expect.poll(world.files).toEqual(before);
  });
});

describe("reading tasks", () => {
  it("a task of somebody else is not there: not to read, not to delete", async () => {
    const { urls } = await createText("Mine.");
    const stranger = await world.newUser(`${newId()}@example.com`);
    for (const method of ["GET", "DELETE"]) {
      const answer = await world.request(urls.self, { method, token: stranger });
      expect(await answer.json()).toMatchObject({ status: 404, code: "task/not-found" });
    }
    expect((await world.request(urls.self, { token })).status).toBe(200);
  });

  it("relations come only when asked for", async () => {
    const { urls } = await createText("Words.");
    const bare = (await (await world.request(urls.self, { token })).json()) as object;
    expect(Object.keys(bare)).not.toContain("prompts");
    const full = await world.request(`${urls.self}?include=prompts,transcript,scenes`, { token });
    expect(await full.json()).toMatchObject({ prompts: [], scenes: [], transcript: null });
    const wrong = await world.request(`${urls.self}?include=secrets`, { token });
    expect(wrong.status).toBe(422);
  });

  it("pages neither repeat nor hide a task while others come and go", async () => {
    const made: string[] = [];
    for (let index = 0; index < 7; index += 1) made.push((await createText(`Text ${index}.`)).id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ limit: "3", ...(cursor !== null && { cursor }) });
      const page = (await (await world.request(`/v1/tasks?${query.toString()}`, { token })).json()) as Listing;
      seen.push(...page.data.map((task) => task.id));
      if (cursor === null) {
        await createText("Late.");
        await world.request(`/v1/tasks/${seen[0]}`, { method: "DELETE", token });
      }
      cursor = page.nextCursor;
      expect(page.hasMore).toBe(cursor !== null);
    } while (cursor !== null);
    expect(seen).toEqual(made.toReversed());
  });

  it("filters and order are honoured", async () => {
    const first = await createText("One.");
    const second = await createText("Two.");
    const list = async (query: string) =>
      ((await (await world.request(`/v1/tasks?${query}`, { token })).json()) as Listing).data.map((task) => task.id);
    expect(await list("order=asc")).toEqual([first.id, second.id]);
    expect(await list("kind=audio")).toEqual([]);
    expect(await list("status=queued")).toEqual([second.id, first.id]);
  });

  it.each(["cursor=nonsense", "limit=0", "limit=101", "offset=10", "status=done"])("?%s is refused", async (query) => {
    const answer = await world.request(`/v1/tasks?${query}`, { token });
    expect(answer.status).toBe(422);
  });
});

describe("deleting a task", () => {
  it("takes everything of it away and asks for the recording to go too", async () => {
    const task = (await (await sendFile(WAV)).json()) as TaskBody;
    const { storageKey } = await world.database.db.audio.findFirstOrThrow({
      where: { tasks: { some: { id: task.id } } },
    });
    const answer = await world.request(task.urls.self, { method: "DELETE", token });
    expect(answer.status).toBe(204);
    expect(await answer.text()).toBe("");
    expect((await world.request(task.urls.self, { token })).status).toBe(404);
    expect(await world.database.db.audio.count({ where: { storageKey } })).toBe(0);
    await expect.poll(() => world.jobs("maintenance")).toContainEqual({ action: "delete-audio", storageKey });
  });
});
