import { type StoryboardFormat, type Task, type TranscriptFormat } from "@phonoscene/contracts";
import { claimTask, commitStoryboard, failTask } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { beforeAll, describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";
import { parseSubtitles } from "../subtitles/index.ts";

const world = useApiWorld();
let token: string;

beforeAll(async () => {
  token = await world.newUser(`${newId()}@example.com`);
});

const SEGMENTS = [
  { startMs: 0, endMs: 2000, text: 'She said "go" --> and went.' },
  { startMs: 2000, endMs: 5500, text: "=Шторм, 🌊" },
];

const create = async (body: object): Promise<string> => {
  const answer = await world.request("/v1/tasks", { method: "POST", token, json: body });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
};

const claim = async (taskId: string) => {
  const claimed = await claimTask(world.database.db, taskId, "prompting");
  if (claimed.outcome !== "claimed") throw new Error(`the task could not be claimed: ${claimed.outcome}`);
  return claimed.task;
};

/** Ends the task as a worker does, with one scene and one prompt a segment. */
const complete = async (taskId: string, segments: { startMs: number | null; endMs: number | null; text: string }[]) => {
  const placed = segments.map((segment, id) => ({ ...segment, id, confidence: null }));
  const isStored = await commitStoryboard(world.database.db, await claim(taskId), {
    language: "en",
    engine: "local",
    segments: placed,
    scenes: placed.map(({ id, startMs, endMs, text }) => ({
      index: id,
      startMs,
      endMs,
      segmentIds: [id],
      excerpt: text,
      place: null,
      timeOfDay: null,
      mood: null,
    })),
    prompts: placed.map(({ id, text }) => ({
      position: id,
      sceneIndex: id,
      content: `${text} --ar 16:9`,
      negative: id === 0 ? "blur" : null,
      slots: [],
    })),
    warnings: [],
  });
  expect(isStored).toBe(true);
};

const timedTask = async (name: string | null = "Talk"): Promise<string> => {
  const id = await create({ transcript: { segments: SEGMENTS, language: "en" }, name });
  await complete(id, SEGMENTS);
  return id;
};

const textTask = async (): Promise<string> => {
  const id = await create({ text: "Words." });
  await complete(id, [{ startMs: null, endMs: null, text: "Words." }]);
  return id;
};

const get = (path: string, as = token) => world.request(path, { token: as });

describe("a transcript", () => {
  const lines = (body: string) => body.split("\n");

  it.each<[TranscriptFormat, string, string, (body: string) => unknown, unknown]>([
    ["txt", "text/plain; charset=utf-8", "Talk.txt", lines, [...SEGMENTS.map(({ text }) => text), ""]],
    ["srt", "application/x-subrip", "Talk.srt", (body) => parseSubtitles(body, "srt").cues, SEGMENTS],
    ["vtt", "text/vtt; charset=utf-8", "Talk.vtt", (body) => parseSubtitles(body, "vtt").cues, SEGMENTS],
    ["json", "application/json", "Talk.transcript.json", JSON.parse, { engine: "given", segments: SEGMENTS }],
  ])(
    "is downloaded as %s under its media type and the task's name",
    async (format, mediaType, filename, read, holds) => {
      const answer = await get(`/v1/tasks/${await timedTask()}/transcript?format=${format}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe(mediaType);
      expect(answer.headers.get("content-disposition")).toBe(`attachment; filename="${filename}"`);
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(read(await answer.text())).toMatchObject(holds as object);
    },
  );

  it("has the times of its words and its speakers in JSON, which a task's own transcript leaves out", async () => {
    const id = await timedTask();
    const words = [{ startMs: 0, endMs: 400, text: "She", confidence: 0.9 }];
    const where = { taskId_position: { taskId: id, position: 0 } };
    await world.database.db.transcriptSegment.update({ where, data: { words, speaker: "A" } });
    expect(await (await get(`/v1/tasks/${id}/transcript?format=json`)).json()).toMatchObject({
      segments: [
        { speaker: "A", words },
        { speaker: null, words: null },
      ],
    });
    const { transcript } = (await (await get(`/v1/tasks/${id}?include=transcript`)).json()) as Task;
    expect(transcript?.segments[0]).toMatchObject({ speaker: "A" });
    expect(transcript?.segments[0]).not.toHaveProperty("words");
  });

  it.each<[TranscriptFormat, string]>([
    ["txt", 'A & B: She said "go" --> and went.\n=Шторм, 🌊\n'],
    ["srt", '--> 00:00:02,000\nA & B: She said "go" --\u2060> and went.\n'],
    ["vtt", '--> 00:00:02.000\n<v A &amp; B>She said "go" --&gt; and went.</v>\n'],
  ])("names its speakers in %s", async (format, holds) => {
    const id = await timedTask();
    const where = { taskId_position: { taskId: id, position: 0 } };
    await world.database.db.transcriptSegment.update({ where, data: { speaker: "A & B" } });
    expect(await (await get(`/v1/tasks/${id}/transcript?format=${format}`)).text()).toContain(holds);
  });

  it("is there before the prompts are, where it came with the task", async () => {
    const id = await create({ transcript: { segments: SEGMENTS } });
    expect((await get(`/v1/tasks/${id}/transcript`)).status).toBe(200);
    const storyboard = await get(`/v1/tasks/${id}/storyboard`);
    expect(storyboard.headers.get("retry-after")).toBe("1");
    expect(await storyboard.json()).toMatchObject({ status: 409, code: "task/not-ready" });
  });

  it("of ten hours goes through subtitles and back unchanged", async () => {
    const segments = Array.from({ length: 5000 }, (_, index) => ({
      startMs: index * 7200,
      endMs: index * 7200 + 7000,
      text: `Words number ${index} of a long day.`,
    }));
    const id = await create({ transcript: { segments } });
    const body = await (await get(`/v1/tasks/${id}/transcript?format=srt`)).text();
    expect(parseSubtitles(body, "srt").cues.map(({ line: _line, ...cue }) => cue)).toEqual(segments);
    const again = await create({ transcript: { format: "srt", content: body } });
    expect(await (await get(`/v1/tasks/${again}/transcript?format=srt`)).text()).toBe(body);
  });
});

describe("a storyboard", () => {
  const JSON_PARTS = ['"object":"storyboard"', '"name":"Пісня"', '"startMs":2000,"endMs":5500', '"negative":"blur"'];

  it.each<[StoryboardFormat, string, string, string[]]>([
    ["json", "application/json", "storyboard.json", JSON_PARTS],
    ["csv", "text/csv; charset=utf-8", "csv", [`\r\n2,2,2000,5500,"'=Шторм, 🌊","'=Шторм, 🌊 --ar 16:9",\r\n`]],
    ["md", "text/markdown; charset=utf-8", "md", ["# Пісня", "## Prompt 2, 0:02–0:05", "```text\nblur\n```"]],
    ["srt", "application/x-subrip", "prompts.srt", ["2\n00:00:02,000 --> 00:00:05,500\n=Шторм, 🌊 --ar 16:9\n"]],
    [
      "chapters.json",
      "application/json+chapters",
      "chapters.json",
      ['{"version":"1.2.0","title":"Пісня",', '{"startTime":2,"endTime":5.5,"title":"=Шторм, 🌊"}'],
    ],
    ["paste", "text/plain; charset=utf-8", "prompts.txt", SEGMENTS.map(({ text }) => `${text} --ar 16:9\n`)],
  ])("is downloaded as %s under its media type and the task's name", async (format, mediaType, extension, parts) => {
    const answer = await get(`/v1/tasks/${await timedTask("Пісня")}/storyboard?format=${format}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe(mediaType);
    expect(answer.headers.get("content-disposition")).toBe(
      `attachment; filename="_____.${extension}"; filename*=UTF-8''%D0%9F%D1%96%D1%81%D0%BD%D1%8F.${extension}`,
    );
    const body = await answer.text();
    for (const part of parts) expect(body).toContain(part);
  });

  it("of a task without a name is named after the task", async () => {
    const id = await timedTask(null);
    const answer = await get(`/v1/tasks/${id}/storyboard?format=csv`);
    expect(answer.headers.get("content-disposition")).toBe(`attachment; filename="task-${id}.csv"`);
  });
});

describe("an export is refused", () => {
  it.each([
    ["transcript?format=srt", "task/no-times"],
    ["transcript?format=vtt", "task/no-times"],
    ["storyboard?format=srt", "task/no-times"],
    ["storyboard?format=chapters.json", "task/no-times"],
    ["transcript?format=docx", "request/invalid"],
    ["storyboard?format=vtt", "request/invalid"],
    ["storyboard?format=csv&extra=1", "request/invalid"],
  ])("%s of a text without times: %s", async (path, code) => {
    const answer = await get(`/v1/tasks/${await textTask()}/${path}`);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.headers.get("content-disposition")).toBeNull();
    expect(await answer.json()).toMatchObject({ status: 422, code });
  });

  it("before there is anything, and after a failure, with words that tell the two apart", async () => {
    const id = await create({ text: "Words." });
    for (const what of ["transcript", "storyboard"]) {
      expect(await (await get(`/v1/tasks/${id}/${what}`)).json()).toMatchObject({
        status: 409,
        code: "task/not-ready",
        detail: expect.stringContaining("yet"),
      });
    }
    const failure = { code: "no_text", message: "None.", stage: "prompting", retryable: false } as const;
    await failTask(world.database.db, await claim(id), failure);
    const answer = await get(`/v1/tasks/${id}/storyboard`);
    expect(answer.headers.get("retry-after")).toBeNull();
    expect(await answer.json()).toMatchObject({ status: 409, detail: expect.stringContaining("failed") });
  });

  it("to strangers, as if the task were not there, and to nobody at all", async () => {
    const id = await timedTask();
    const stranger = await world.newUser(`${newId()}@example.com`);
    for (const what of ["transcript", "storyboard"]) {
      expect(await (await get(`/v1/tasks/${id}/${what}`, stranger)).json()).toMatchObject({ code: "task/not-found" });
      expect((await world.request(`/v1/tasks/${id}/${what}`)).status).toBe(401);
      expect((await get(`/v1/tasks/none/${what}`)).status).toBe(422);
    }
  });
});

describe("the document", () => {
  it("lists every media type of an export", async () => {
    const document = (await (await world.request("/openapi.json")).json()) as {
      paths: Record<string, { get: { responses: { 200: { content: object } } } }>;
    };
    const typesOf = (path: string) => Object.keys(document.paths[path]?.get.responses[200].content ?? {});
    expect(typesOf("/v1/tasks/{id}/transcript")).toEqual([
      "application/json",
      "text/plain",
      "application/x-subrip",
      "text/vtt",
    ]);
    expect(typesOf("/v1/tasks/{id}/storyboard")).toContain("application/json+chapters");
  });
});
