import type { GivenSegment, TranscriptWithWords } from "@phonoscene/contracts";
import { claimTask, commitTranscript } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { completeTask } from "../../test-storyboard.ts";
import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();
const SEGMENTS: GivenSegment[] = [
  { startMs: 0, endMs: 2000, text: "At dawn she rowed out." },
  { startMs: 2000, endMs: 5000, text: "The lamp was lit." },
  { startMs: 6000, endMs: 9000, text: "Nobody came." },
];
const WORDS = [
  { startMs: 2000, endMs: 2300, text: "The", confidence: 0.9 },
  { startMs: 2300, endMs: 5000, text: "lamp was lit.", confidence: 0.9 },
];

let token: string;
let taskId: string;

beforeAll(async () => {
  token = await world.newUser(`${newId()}@example.com`);
});
beforeEach(async () => {
  taskId = await create({ transcript: { segments: SEGMENTS, language: "en" } });
  await completeTask(world, taskId, ["a", "b"]);
  const where = { taskId_position: { taskId, position: 1 } };
  await world.database.db.transcriptSegment.update({ where, data: { words: WORDS } });
});

const create = async (json: object): Promise<string> => {
  const answer = await world.request("/v1/tasks", { method: "POST", token, json });
  return ((await answer.json()) as { id: string }).id;
};

const call = (method: string, where: string, options: { json?: unknown; ifMatch?: string } = {}) =>
  world.request(`/v1/tasks/${taskId}/transcript${where}`, {
    method,
    token,
    ...(options.ifMatch !== undefined && { headers: { "if-match": options.ifMatch } }),
    ...(options.json !== undefined && { json: options.json }),
  });
const patch = (json: object, ifMatch?: string) =>
  call("PATCH", "", { json, ...(ifMatch !== undefined && { ifMatch }) });
const read = async (where = ""): Promise<TranscriptWithWords> =>
  (await (await call("GET", where)).json()) as TranscriptWithWords;
const texts = ({ segments }: Pick<TranscriptWithWords, "segments">): string[] => segments.map(({ text }) => text);

describe("correcting a transcript", () => {
  it("changes, deletes and adds segments at once, numbers them anew, and raises both versions", async () => {
    const before = await world.database.db.task.findUniqueOrThrow({ where: { id: taskId } });
    const answer = await patch({
      language: "en-GB",
      segments: [
        { id: 2, delete: true },
        { id: 0, text: "At dusk she rowed out.", speaker: "A" },
        { afterId: 1, text: "It burned.", startMs: 5000, endMs: 6000 },
        { afterId: 1, text: "All night.", startMs: 6000, endMs: 7000 },
      ],
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("etag")).toBe('"2"');
    const transcript = (await answer.json()) as TranscriptWithWords;
    expect(transcript).toMatchObject({
      version: 2,
      language: "en-GB",
      text: "At dusk she rowed out. The lamp was lit. It burned. All night.",
    });
    expect(transcript.segments).toMatchObject([
      { id: 0, startMs: 0, endMs: 2000, speaker: "A", confidence: null },
      { id: 1, text: "The lamp was lit.", words: WORDS },
      { id: 2, text: "It burned.", startMs: 5000, endMs: 6000 },
      { id: 3, text: "All night." },
    ]);
    expect(await read()).toEqual(transcript);
    expect(await world.database.db.task.findUniqueOrThrow({ where: { id: taskId } })).toMatchObject({
      version: before.version + 1,
    });
  });

  it("lays the words of a changed segment over its time, and those of no other", async () => {
    await patch({ segments: [{ id: 1, text: "The lamps were out" }] });
    const { segments } = await read();
    expect(segments[1]?.words?.map(({ text }) => text)).toEqual(["The", "lamps", "were", "out"]);
    const times = segments[1]?.words?.flatMap(({ startMs, endMs }) => [startMs, endMs]) ?? [];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect([times[0], times.at(-1)]).toEqual([2000, 5000]);
    expect(segments[0]?.words).toBeNull();
    await patch({ segments: [{ id: 1, endMs: 4000 }] });
    expect((await read()).segments[1]?.words?.at(-1)?.endMs).toBe(4000);
    const { words } = (await read()).segments[1] ?? {};
    await patch({ segments: [{ id: 1, speaker: "B" }] });
    expect((await read()).segments[1]).toMatchObject({ speaker: "B", words });
  });

  it("scenes go on naming the segments that they named", async () => {
    await world.database.db.scene.updateMany({ where: { taskId, index: 1 }, data: { segmentIds: [1, 2] } });
    await patch({
      segments: [
        { afterId: null, text: "Once.", startMs: 0, endMs: 100 },
        { id: 2, delete: true },
      ],
    });
    const scenes = await world.database.db.scene.findMany({ where: { taskId }, orderBy: { index: "asc" } });
    expect(scenes.map(({ segmentIds }) => segmentIds)).toEqual([[1], [2]]);
  });

  it.each<[string, object, string]>([
    ["nothing named", {}, "body"],
    ["no segments", { segments: [] }, "body.segments"],
    ["a segment that is not there", { segments: [{ id: 3, text: "x" }] }, "body.segments.0.id"],
    [
      "a segment named twice",
      {
        segments: [
          { id: 1, text: "x" },
          { id: 1, text: "y" },
        ],
      },
      "body.segments.1.id",
    ],
    ["blank text", { segments: [{ id: 1, text: "  " }] }, "body.segments.0.text"],
    ["a NUL character", { segments: [{ id: 1, text: "a\u0000b" }] }, "body.segments.0.text"],
    ["an id alone", { segments: [{ id: 1 }] }, "body.segments.0.id"],
    ["a change of what is deleted", { segments: [{ id: 1, delete: true, text: "x" }] }, "body.segments.0.text"],
    ["a new segment without a place", { segments: [{ text: "x", startMs: 0, endMs: 1 }] }, "body.segments.0.afterId"],
    ["a new segment without times", { segments: [{ afterId: 0, text: "x" }] }, "body.segments.0.startMs"],
    ["an end before the start", { segments: [{ id: 1, startMs: 4000, endMs: 3000 }] }, "body.segments.0.endMs"],
    ["a start out of order", { segments: [{ id: 2, startMs: 1000 }] }, "body.segments.0.startMs"],
    [
      "a start behind its neighbour's",
      { segments: [{ id: 0, startMs: 2500, endMs: 2600 }] },
      "body.segments.0.startMs",
    ],
    ["every segment deleted", { segments: [0, 1, 2].map((id) => ({ id, delete: true })) }, "body.segments"],
    ["words with times of their own", { segments: [{ id: 1, text: "x", words: [] }] }, "body.segments.0.words"],
    ["a language that is none", { language: "English!" }, "body.language"],
  ])("with %s is refused by its path, and nothing changes", async (_name, json, path) => {
    const answer = await patch(json);
    expect(answer.status).toBe(422);
    const { errors } = (await answer.json()) as { errors: { path: string }[] };
    expect(errors.map((fault) => fault.path)).toEqual([path]);
    expect(await read()).toMatchObject({ version: 1, segments: SEGMENTS });
  });

  it("a text's transcript has no times, and takes none", async () => {
    taskId = await create({ text: "Words." });
    await completeTask(world, taskId, ["a"]);
    const timed = await patch({ segments: [{ id: 0, startMs: 0, endMs: 10 }] });
    expect(await timed.json()).toMatchObject({ status: 422, errors: [{ path: "body.segments.0.startMs" }] });
    expect((await patch({ segments: [{ afterId: 0, text: "More words." }] })).status).toBe(200);
    expect(texts(await read())).toEqual(["Words.", "More words."]);
  });

  it("is refused while the task is at work, and where there is no transcript", async () => {
    taskId = await create({ transcript: { segments: SEGMENTS } });
    expect(await (await patch({ language: "en" })).json()).toMatchObject({ status: 409, code: "task/not-ready" });
    taskId = await create({ text: "Words." });
    await world.request(`/v1/tasks/${taskId}/cancel`, { method: "POST", token });
    expect(await (await patch({ language: "en" })).json()).toMatchObject({ status: 409, code: "task/not-ready" });
    taskId = newId();
    expect(await (await patch({ language: "en" })).json()).toMatchObject({ status: 404, code: "task/not-found" });
  });

  it("with a stale ETag answers 412 with the current transcript; of ten with the same ETag one is done", async () => {
    const etag = (await call("GET", "")).headers.get("etag") ?? "";
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => patch({ segments: [{ id: 0, text: `try ${index}` }] }, etag)),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array(9).fill(412)]);
    const stale = await patch({ language: "uk" }, etag);
    expect(await stale.json()).toMatchObject({ code: "request/stale", current: { version: 2, language: "en" } });
  });
});

describe("earlier versions", () => {
  it("are listed, downloaded in any format, and restored", async () => {
    for (const text of ["Two.", "Three."]) await patch({ segments: [{ id: 0, text }] });
    const { data } = (await (await call("GET", "/revisions")).json()) as { data: { version: number }[] };
    expect(data).toMatchObject([
      { version: 2, language: "en", segmentCount: 3 },
      { version: 1, language: "en", segmentCount: 3 },
    ]);
    expect(await read("?version=1")).toMatchObject({
      version: 1,
      segments: [...SEGMENTS.slice(0, 1), { words: WORDS }, {}],
    });
    expect(await (await call("GET", "?version=2&format=txt")).text()).toMatch(/^Two\.\n/);
    expect(await (await call("GET", "?version=9")).json()).toMatchObject({ code: "transcript/revision-not-found" });

    const restored = await call("POST", "/restore", { json: { version: 1 }, ifMatch: '"3"' });
    expect(await restored.json()).toMatchObject({ version: 4, segments: [SEGMENTS[0], { words: WORDS }, SEGMENTS[2]] });
    expect(texts(await read("?version=3"))[0]).toBe("Three.");
    const missing = await call("POST", "/restore", { json: { version: 9 } });
    expect(await missing.json()).toMatchObject({ status: 404, code: "transcript/revision-not-found" });
    expect((await call("POST", "/restore", { json: { version: 1 }, ifMatch: '"3"' })).status).toBe(412);
  });

  it("fifty are kept, the newest", async () => {
    const { db } = world.database;
    await db.transcriptRevision.createMany({
      data: Array.from({ length: 51 }, (_, index) => ({
        taskId,
        version: index + 1,
        language: "en",
        engine: "given",
        segments: [],
      })),
    });
    await db.transcript.update({ where: { taskId }, data: { version: 52 } });
    await patch({ language: "en-GB" });
    const { data } = (await (await call("GET", "/revisions")).json()) as { data: { version: number }[] };
    expect([data.length, data[0]?.version, data.at(-1)?.version]).toEqual([50, 52, 3]);
  });
});

describe("a corrected transcript and the task's next run", () => {
  const retry = (json: object) => world.request(`/v1/tasks/${taskId}/retry`, { method: "POST", token, json });
  const claim = async (stage: "prompting" | "transcribing") => {
    const claimed = await claimTask(world.database.db, taskId, stage);
    if (claimed.outcome !== "claimed") throw new Error(`the task is ${claimed.outcome}`);
    return claimed.task;
  };

  it.each<[string, object]>([
    ["as a rule", {}],
    ["from prompting", { from: "prompting" }],
  ])("%s it is what the prompts are written from", async (_name, json) => {
    await patch({ segments: [{ id: 0, text: "Corrected." }] });
    expect((await retry(json)).status).toBe(202);
    expect((await claim("prompting")).transcript?.segments[0]?.text).toBe("Corrected.");
    expect(texts(await read())[0]).toBe("Corrected.");
  });

  it("a text's corrected sentences are not made anew from the text", async () => {
    taskId = await create({ text: "Words." });
    await completeTask(world, taskId, ["a"]);
    await patch({ segments: [{ id: 0, text: "Other words." }] });
    expect((await retry({})).status).toBe(202);
    expect((await claim("prompting")).transcript?.segments).toMatchObject([{ text: "Other words." }]);
  });

  it("hearing anew replaces it only when that is asked for, and keeps it as a revision", async () => {
    await patch({ segments: [{ id: 0, text: "Corrected." }] });
    await world.database.db.task.update({ where: { id: taskId }, data: { kind: "audio", text: null } });
    expect((await retry({ from: "transcribing" })).status).toBe(202);
    expect(texts(await read())[0]).toBe("Corrected.");
    const heard = { id: 0, startMs: 0, endMs: 1000, text: "Heard anew.", confidence: 0.5 };
    const result = { language: "en", engine: "local/test", durationMs: 1000, segments: [heard], warnings: [] };
    expect(await commitTranscript(world.database.db, await claim("transcribing"), result)).toBe(true);
    expect(await read()).toMatchObject({ version: 3, text: "Heard anew.", engine: "local/test" });
    expect(texts(await read("?version=2"))[0]).toBe("Corrected.");
  });
});
