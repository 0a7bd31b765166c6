import { deleteExpiredAudio } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { beforeEach, describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld({ maxUploadBytes: 50_000 });
let token: string;

beforeEach(async () => {
  token = await world.newUser(`${newId()}@example.com`);
});

type AudioBody = { object: string; id: string; createdAt: string; expiresAt: string | null };
type TaskBody = { id: string; audio: { id: string } | null; audioUrl: string | null };

const WAV = Buffer.concat([Buffer.from("RIFF\u0024\u0000\u0000\u0000WAVEfmt "), Buffer.alloc(64)]);

const upload = (bytes: Uint8Array, { key, fields = {} }: { key?: string; fields?: Record<string, string> } = {}) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set("audio", new Blob([new Uint8Array(bytes)]), "tape.wav");
  const headers = key === undefined ? {} : { "idempotency-key": key };
  return world.request("/v1/audio", { method: "POST", token, body: form, headers });
};

const uploaded = async (): Promise<AudioBody> => {
  const answer = await upload(WAV);
  expect(answer.status).toBe(201);
  return (await answer.json()) as AudioBody;
};

const create = (json: object, as = token) => world.request("/v1/tasks", { method: "POST", token: as, json });

const created = async (json: object): Promise<TaskBody> => {
  const answer = await create(json);
  expect(answer.status).toBe(202);
  return (await answer.json()) as TaskBody;
};

const read = (id: string, as = token) => world.request(`/v1/audio/${id}`, { token: as });
const remove = (where: string, as = token) => world.request(where, { method: "DELETE", token: as });
const expire = (id: string) =>
  world.database.db.audio.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1000) } });
const storageKeyOf = async (id: string): Promise<string> =>
  (await world.database.db.audio.findUniqueOrThrow({ where: { id } })).storageKey;

const NOT_FOUND = { status: 422, code: "request/invalid", errors: [{ path: "body.audioId", code: "not_found" }] };

describe("an upload for later", () => {
  it("answers 201 with the recording and when it goes, and is there to read", async () => {
    const answer = await upload(WAV);
    const audio = (await answer.json()) as AudioBody;
    expect(answer.headers.get("location")).toBe(`/v1/audio/${audio.id}`);
    expect(audio).toMatchObject({ object: "audio", filename: "tape.wav", format: "wav", sizeBytes: WAV.length });
    const keptMs = Date.parse(audio.expiresAt ?? "") - Date.parse(audio.createdAt);
    expect(Math.abs(keptMs - 86_400_000)).toBeLessThan(10_000);
    expect(await (await read(audio.id)).json()).toEqual(audio);
    expect(await world.files()).toContain(await storageKeyOf(audio.id));
  });

  it("sent twice under one key is one recording and one file", async () => {
    const key = newId();
    const first = await (await upload(WAV, { key })).json();
    const files = await world.files();
    const again = await upload(WAV, { key });
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(await again.json()).toEqual(first);
    await expect.poll(world.files).toEqual(files);
  });

  it.each([
    ["an empty file", () => upload(Buffer.alloc(0)), 422, "audio_empty"],
    ["a text", () => upload(Buffer.from("not a song at all, just words")), 422, "audio_unreadable"],
    ["a file past the limit", () => upload(Buffer.concat([WAV, Buffer.alloc(60_000)])), 413, "request/too-large"],
    ["an unknown field", () => upload(WAV, { fields: { name: "x" } }), 422, "request/invalid"],
    [
      "a JSON body",
      () => world.request("/v1/audio", { method: "POST", token, json: {} }),
      415,
      "request/unsupported-media-type",
    ],
    ["no body", () => world.request("/v1/audio", { method: "POST", token }), 415, "request/unsupported-media-type"],
  ])("%s is refused, and no file stays", async (_name, send, status, code) => {
    const before = await world.files();
    expect(await (await send()).json()).toMatchObject({ status, code });
    await expect.poll(world.files).toEqual(before);
  });

  it("of somebody else is not there: not to read, not to delete, not to use", async () => {
    const { id } = await uploaded();
    const stranger = await world.newUser(`${newId()}@example.com`);
    expect(await (await read(id, stranger)).json()).toMatchObject({ status: 404, code: "audio/not-found" });
    expect((await remove(`/v1/audio/${id}`, stranger)).status).toBe(404);
    const [theirs, none] = await Promise.all([create({ audioId: id }, stranger), create({ audioId: newId() })]);
    const problems = (await Promise.all([theirs.json(), none.json()])) as { detail: string }[];
    for (const problem of problems) expect(problem).toMatchObject(NOT_FOUND);
    expect(problems[0]?.detail).toBe(problems[1]?.detail);
    expect((await read(id)).status).toBe(200);
  });

  it("that nothing used for 24 hours is gone, and the sweep asks for its file to go", async () => {
    const { id } = await uploaded();
    const storageKey = await storageKeyOf(id);
    const kept = await uploaded();
    await expire(id);
    expect((await read(id)).status).toBe(404);
    expect(await (await create({ audioId: id })).json()).toMatchObject(NOT_FOUND);
    expect(await deleteExpiredAudio(world.database.db)).toBe(1);
    expect(await world.database.db.audio.count({ where: { id } })).toBe(0);
    expect((await read(kept.id)).status).toBe(200);
    // The next write wakes the relay.
    await created({ text: "Words." });
    await expect.poll(() => world.jobs("maintenance")).toContainEqual({ action: "delete-audio", storageKey });
  });
});

describe("tasks of an earlier upload", () => {
  it("share one recording, which goes with the last of them and not before", async () => {
    const { id } = await uploaded();
    const storageKey = await storageKeyOf(id);
    const first = await created({ audioId: id, language: "en" });
    const second = await created({ audioId: id, seed: 2 });
    expect(first).toMatchObject({ kind: "audio", audio: { id, format: "wav" }, audioUrl: null });
    await expect.poll(() => world.jobs("transcription")).toContainEqual({ taskId: first.id });
    expect(await (await read(id)).json()).toMatchObject({ expiresAt: null });
    expect(await deleteExpiredAudio(world.database.db)).toBe(0);
    expect(await (await remove(`/v1/audio/${id}`)).json()).toMatchObject({ status: 409, code: "audio/in-use" });
    await remove(`/v1/tasks/${first.id}`);
    expect((await read(id)).status).toBe(200);
    await remove(`/v1/tasks/${second.id}`);
    expect((await read(id)).status).toBe(404);
    await expect.poll(() => world.jobs("maintenance")).toContainEqual({ action: "delete-audio", storageKey });
  });

  it("that are deleted at the same moment leave no recording behind", async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id } = await uploaded();
      const tasks = await Promise.all([created({ audioId: id }), created({ audioId: id })]);
      await Promise.all(tasks.map((task) => remove(`/v1/tasks/${task.id}`)));
      expect((await read(id)).status).toBe(404);
    }
  });

  it("an unused recording can be deleted", async () => {
    const { id } = await uploaded();
    expect((await remove(`/v1/audio/${id}`)).status).toBe(204);
    expect((await read(id)).status).toBe(404);
  });
});

describe("tasks of a recording at a URL", () => {
  it("are taken, and show the URL as it was given", async () => {
    const audioUrl = "https://example.com/talks/1.mp3?signature=a%20b#t=1";
    const task = await created({ audioUrl });
    expect(task).toMatchObject({ kind: "audio", audio: null, audioUrl });
    await expect.poll(() => world.jobs("transcription")).toContainEqual({ taskId: task.id });
  });

  it.each([
    "http://127.0.0.1/a.mp3",
    "http://2130706433/",
    "http://[::ffff:10.0.0.1]/a.mp3",
    "http://169.254.169.254/latest/meta-data/",
    "https://user:password@example.com/a.mp3",
    "file:///etc/passwd",
    "ftp://example.com/a.mp3",
    "not an address",
    `https://example.com/${"a".repeat(2048)}`,
  ])("%s is refused at once", async (audioUrl) => {
    const before = await world.database.db.task.count();
    const problem = await (await create({ audioUrl })).json();
    expect(problem).toMatchObject({ status: 422, code: "request/invalid", errors: [{ path: "body.audioUrl" }] });
    expect(await world.database.db.task.count()).toBe(before);
  });

  it.each([
    ["text and audioUrl", { text: "x", audioUrl: "https://example.com/a.mp3" }, "body.audioUrl"],
    ["audioUrl and audioId", { audioUrl: "https://example.com/a.mp3", audioId: newId() }, "body.audioId"],
    ["an id that is none", { audioId: "7" }, "body.audioId"],
    ["nothing", {}, "body.text"],
  ])("%s is refused", async (_name, json, path) => {
    expect(await (await create(json)).json()).toMatchObject({ status: 422, errors: [{ path }] });
  });
});

describe("a bulk create", () => {
  const bulk = async (items: object[], atomic: boolean) =>
    (await world.request("/v1/tasks/bulk", { method: "POST", token, json: { items, atomic } })).json();

  it("takes texts, URLs and uploads, and names each item whose recording cannot be had", async () => {
    const { id } = await uploaded();
    const items = [
      { text: "Words." },
      { audioId: id },
      { audioUrl: "https://example.com/a.mp3" },
      { audioId: newId() },
      { audioUrl: "http://10.0.0.1/a.mp3" },
      { text: "x", audioId: id },
      { audioId: id.toUpperCase(), seed: 3 },
    ];
    const refused = await bulk(items, true);
    expect(refused).toMatchObject({
      code: "bulk/refused",
      errors: [{ index: 3 }, { index: 4 }, { index: 5 }],
    });
    expect(await (await read(id)).json()).not.toMatchObject({ expiresAt: null });
    const { results } = (await bulk(items, false)) as { results: { id?: string; error?: object }[] };
    expect(results.map(({ error }) => error ?? null)).toMatchObject([
      null,
      null,
      null,
      { code: "audio/not-found", path: "audioId" },
      { code: "request/invalid", path: "audioUrl" },
      { code: "request/invalid", path: "audioId" },
      null,
    ]);
    const tasks = await world.database.db.task.findMany({ where: { audioId: id }, select: { kind: true } });
    expect(tasks).toEqual([{ kind: "audio" }, { kind: "audio" }]);
    for (const index of [1, 2, 6]) {
      await expect.poll(() => world.jobs("transcription")).toContainEqual({ taskId: results[index]?.id });
    }
  });

  it("that is refused for one item leaves the others' uploads to expire as before", async () => {
    const audio = await uploaded();
    expect(await bulk([{ audioId: audio.id }, { audioId: newId() }], true)).toMatchObject({
      code: "bulk/refused",
      errors: [{ index: 1, code: "audio/not-found", path: "body.items.1.audioId" }],
    });
    expect(await (await read(audio.id)).json()).toEqual(audio);
  });
});
