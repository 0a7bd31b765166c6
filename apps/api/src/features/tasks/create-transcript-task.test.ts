import { claimTask } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { beforeAll, describe, expect, it } from "vitest";

import { useApiWorld } from "../../test-use-world.ts";

const world = useApiWorld();
let token: string;

beforeAll(async () => {
  token = await world.newUser(`${newId()}@example.com`);
});

const post = (json: object) => world.request("/v1/tasks", { method: "POST", token, json });

const SEGMENT = { startMs: 0, endMs: 1000, text: "At dawn she rowed out." };
const HOURS_11_MS = 39_600_000;

describe("creating a task from a transcript", () => {
  it.each([
    ["segments", { segments: [SEGMENT, { startMs: 1000, endMs: 2500, text: " A\nstorm. " }] }],
    [
      "srt",
      { format: "srt", content: "00:00,000 --> 00:01,000\nAt dawn she rowed out.\n\n00:01 --> 00:02,5\nA storm." },
    ],
    [
      "vtt",
      {
        format: "vtt",
        content: "WEBVTT\n\n00:00.000 --> 00:01.000\nAt dawn she rowed out.\n00:01.0 --> 00:02.5\nA storm.",
      },
    ],
    ["lrc", { format: "lrc", content: "[00:00]At dawn she rowed out.\n[00:01.00]A storm.\n[00:02.5]" }],
  ])("%s: its words and times are there at once, and only the prompts are asked for", async (_name, transcript) => {
    const answer = await post({ transcript: { ...transcript, language: "en" }, name: "Boat", count: 2 });
    expect(answer.status).toBe(202);
    const task = (await answer.json()) as { id: string };
    expect(task).toMatchObject({ kind: "text", status: "queued", name: "Boat", speechEngine: null, audio: null });
    const segments = [
      { ...SEGMENT, id: 0, confidence: null },
      { id: 1, startMs: 1000, endMs: 2500, text: "A storm.", confidence: null },
    ];
    expect(await claimTask(world.database.db, task.id, "prompting")).toMatchObject({
      task: { transcript: { language: "en", segments } },
    });
    const full = await world.request(`/v1/tasks/${task.id}?include=transcript`, { token });
    expect(await full.json()).toMatchObject({
      transcript: { engine: "given", durationMs: 2500, text: "At dawn she rowed out. A storm." },
    });
    await expect.poll(() => world.jobs("prompting")).toContainEqual({ taskId: task.id });
  });

  it("characters that no database stores do not get in the way", async () => {
    const answer = await post({ transcript: { segments: [{ ...SEGMENT, text: "a\u0000b \ud83d" }] } });
    const { id } = (await answer.json()) as { id: string };
    expect(await claimTask(world.database.db, id, "prompting")).toMatchObject({
      task: { transcript: { language: "auto", segments: [{ text: "ab \uFFFD" }] } },
    });
  });

  it.each([
    ["neither text nor transcript", {}, "body.text"],
    ["both", { text: "x", transcript: { segments: [SEGMENT] } }, "body.transcript"],
    [
      "two languages",
      { language: "de", transcript: { segments: [SEGMENT], language: "en" } },
      "body.transcript.language",
    ],
    ["no segments", { transcript: { segments: [] } }, "body.transcript.segments"],
    ["an empty transcript", { transcript: {} }, "body.transcript"],
    ["plain text without a recording", { transcript: { text: "She rowed." } }, "body.transcript.text"],
    [
      "a segment without times and without a recording",
      { transcript: { segments: [SEGMENT, { text: "A storm." }] } },
      "body.transcript.segments.1.startMs",
    ],
    [
      "half of the times",
      { transcript: { segments: [{ startMs: 0, text: "A storm." }] } },
      "body.transcript.segments.0",
    ],
    [
      "another language beside a recording",
      { transcript: { text: "Шторм." }, language: "uk", audioUrl: "https://example.com/a.mp3" },
      "body.language",
    ],
    ["two recordings", { transcript: { text: "x" }, audioUrl: "https://a.com/a", audioId: newId() }, "body.audioId"],
    ["segments and a file", { transcript: { segments: [SEGMENT], format: "srt", content: "" } }, "body.transcript"],
    ["a format without content", { transcript: { format: "srt" } }, "body.transcript.content"],
    ["content without a format", { transcript: { content: "x" } }, "body.transcript.format"],
    ["an unknown format", { transcript: { format: "ass", content: "x" } }, "body.transcript.format"],
    ["an unknown field", { transcript: { segments: [SEGMENT], engine: "mine" } }, "body.transcript.engine"],
    [
      "an unknown field of a segment",
      { transcript: { segments: [{ ...SEGMENT, confidence: 1 }] } },
      "body.transcript.segments.0.confidence",
    ],
    [
      "a segment without words",
      { transcript: { segments: [{ ...SEGMENT, text: " " }] } },
      "body.transcript.segments.0.text",
    ],
    [
      "a segment without length",
      { transcript: { segments: [{ ...SEGMENT, endMs: 0 }] } },
      "body.transcript.segments.0.endMs",
    ],
    [
      "segments out of order",
      { transcript: { segments: [{ ...SEGMENT, startMs: 500 }, SEGMENT] } },
      "body.transcript.segments.1.startMs",
    ],
    [
      "times past ten hours",
      { transcript: { segments: [{ ...SEGMENT, endMs: HOURS_11_MS }] } },
      "body.transcript.segments.0.endMs",
    ],
    [
      "too many segments",
      { transcript: { segments: Array.from({ length: 20_001 }, () => ({ ...SEGMENT, text: "x" })) } },
      "body.transcript.segments",
    ],
    [
      "a file past ten hours",
      { transcript: { format: "srt", content: "00:00:01,000 --> 11:00:00,000\nx" } },
      "body.transcript.content",
    ],
    [
      "numbers for segments",
      { transcript: { segments: Array.from({ length: 300_000 }, () => 1) } },
      "body.transcript.segments",
    ],
  ])("%s is refused, and nothing is stored", async (_name, body, path) => {
    const before = await world.database.db.task.count();
    const answer = await post(body);
    expect(answer.status).toBe(422);
    const problem = (await answer.json()) as { code: string; errors: { path: string }[] };
    expect(problem.code).toBe("request/invalid");
    expect(problem.errors.map((fault) => fault.path)).toContain(path);
    expect(await world.database.db.task.count()).toBe(before);
  });

  it("a fault in a file names its line", async () => {
    const answer = await post({ transcript: { format: "srt", content: "1\n00:00:01 > 00:00:02\nwords" } });
    expect(await answer.json()).toMatchObject({
      code: "request/invalid",
      errors: [{ path: "body.transcript.content", code: "invalid_line", message: expect.stringContaining("Line 2:") }],
    });
  });
});

describe("a transcript beside its recording", () => {
  const WAV = Buffer.concat([Buffer.from("RIFF\u0024\u0000\u0000\u0000WAVEfmt "), Buffer.alloc(64)]);

  const send = (transcript: string) => {
    const form = new FormData();
    form.set("transcript", transcript);
    form.set("audio", new Blob([new Uint8Array(WAV)]), "tape.wav");
    return world.request("/v1/tasks", { method: "POST", token, body: form });
  };

  const givenTo = async (answer: Response) => {
    expect(answer.status).toBe(202);
    const task = (await answer.json()) as { id: string };
    expect(task).toMatchObject({ kind: "audio" });
    const claimed = await claimTask(world.database.db, task.id, "transcribing");
    return claimed.outcome === "claimed" ? claimed.task.givenSegments : null;
  };

  it.each([
    ["plain text", " At dawn\nshe rowed out. ", [{ text: "At dawn she rowed out." }]],
    ["segments", JSON.stringify({ segments: [SEGMENT, { text: "A storm." }] }), [SEGMENT.text, "A storm."]],
    ["a file", JSON.stringify({ format: "lrc", content: "[00:00]One.\n[00:01]Two.\n[00:02]" }), ["One.", "Two."]],
  ])("is taken in a form as %s, for the worker to find its words", async (_name, transcript, words) => {
    const given = words.map((word) => (typeof word === "string" ? { text: word } : word));
    expect(await givenTo(await send(transcript))).toEqual(given);
  });

  it("is taken with a URL, and the task's own stays without one", async () => {
    const audioUrl = "https://example.com/a.mp3";
    expect(await givenTo(await post({ audioUrl, transcript: { text: "She rowed." } }))).toEqual([
      { text: "She rowed." },
    ]);
    expect(await givenTo(await post({ audioUrl }))).toBeNull();
  });

  it("in another language is refused with what to do", async () => {
    const answer = await send(JSON.stringify({ text: "Шторм.", language: "uk" }));
    expect(await answer.json()).toMatchObject({
      status: 422,
      detail: expect.stringContaining("leave the transcript out"),
    });
  });
});
