import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { AppError } from "@phonoscene/kernel";
import {
  type FakeOpenAiSpeech,
  type OpenAiSpeechBehaviour,
  startOpenAiSpeech,
} from "@phonoscene/testing/openai-speech";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { memoryStore } from "../../test/memory-store.ts";
import type { SpeechRequest } from "../port.ts";
import { createOpenAiSpeechEngine, type OpenAiSpeechConfig } from "./engine.ts";
import { toWav } from "./pieces.ts";

/** 45 s. */
const SAMPLE = fileURLToPath(new URL("../../../../samples/the-lamp-keeper.mp3", import.meta.url));

let folder: string;
let silentFile: string;
let server: FakeOpenAiSpeech;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openai-speech-"));
  silentFile = join(folder, "silent.wav");
  await writeFile(silentFile, toWav(new Float32Array(16_000 * 5)));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => server.close());

const start = async (options: Parameters<typeof startOpenAiSpeech>[0] = {}): Promise<void> => {
  server = await startOpenAiSpeech({ apiKey: "key", durationMs: 45_000, ...options });
};

const engine = (overrides: Partial<OpenAiSpeechConfig> = {}) =>
  createOpenAiSpeechEngine({
    apiKey: "key",
    baseUrl: server.baseUrl,
    model: "whisper-1",
    requestTimeoutMs: 10_000,
    maxDurationMs: 600_000,
    ...overrides,
  });

const request = (overrides: Partial<SpeechRequest> = {}): SpeechRequest => ({
  filePath: SAMPLE,
  language: "auto",
  providerJobId: null,
  onProviderJobId: () => Promise.reject(new Error("this provider keeps nothing")),
  onProgress: () => undefined,
  signal: new AbortController().signal,
  ...overrides,
});

const failure = async (work: Promise<unknown>): Promise<AppError> => {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (error instanceof AppError) return error;
  throw new Error("An AppError was due", { cause: error });
};

describe("a small recording", () => {
  test("goes as it is, and comes back as sentences with the times of their words", async () => {
    await start({ textOf: () => "The old fisherman rowed out at dawn. By noon a storm had covered the sea." });
    const result = await engine().transcribe(request());
    expect(server.requests).toMatchObject([
      {
        filename: "audio.mp3",
        fields: {
          model: ["whisper-1"],
          response_format: ["verbose_json"],
          "timestamp_granularities[]": ["word", "segment"],
        },
      },
    ]);
    expect(server.requests[0]?.fields).not.toHaveProperty("language");
    expect(result).toMatchObject({ language: "en", engine: "openai/whisper-1", durationMs: 45_000 });
    expect(result.segments.map(({ text }) => text)).toEqual([
      "The old fisherman rowed out at dawn.",
      "By noon a storm had covered the sea.",
    ]);
    expect(result.segments[0]?.words?.[1]).toEqual({ startMs: 3000, endMs: 5700, text: "old", confidence: null });
    expect(result.segments[0]?.confidence).toBeCloseTo(Math.exp(-0.1));
  });

  test("in a language that is named is asked for in that language", async () => {
    await start();
    const result = await engine().transcribe(request({ language: "pt-BR" }));
    expect(server.requests[0]?.fields["language"]).toEqual(["pt"]);
    expect(result.language).toBe("pt-BR");
  });

  test("without times of words still has times of sentences, over which its words are laid", async () => {
    await start({ hasWords: false, textOf: () => "A fox ran. The long night came and the river froze." });
    const { segments, wordTiming } = await engine().transcribe(request());
    expect(segments.length).toBeGreaterThan(1);
    expect(wordTiming).toBe("interpolated");
    const spoken = segments.flatMap(({ words }) => words ?? []);
    expect(spoken.map(({ text }) => text).join(" ")).toBe("A fox ran. The long night came and the river froze.");
    expect(spoken.every(({ confidence }) => confidence === null)).toBe(true);
    expect(segments[0]?.endMs).toBeLessThanOrEqual(segments[1]?.startMs ?? 0);
  });
});

describe("a long recording", () => {
  test("goes in pieces cut at pauses, each told what came before, and is put together on one clock", async () => {
    await start({ textOf: (index) => `This is piece number ${index}.` });
    const fractions: number[] = [];
    const result = await engine({ pieceMs: 20_000 }).transcribe(request({ onProgress: (f) => fractions.push(f) }));
    expect(server.requests.length).toBeGreaterThanOrEqual(3);
    expect(server.requests.map(({ filename }) => filename)).toEqual(server.requests.map(() => "audio.wav"));
    expect(server.requests[0]?.fields).not.toHaveProperty("prompt");
    expect(server.requests[1]?.fields["prompt"]).toEqual(["This is piece number 0."]);
    const starts = result.segments.map(({ startMs }) => startMs);
    const lengths = server.requests.map(({ wavMs }) => wavMs);
    expect(starts[1]).toBeGreaterThanOrEqual((lengths[0] ?? 0) - 1);
    expect(Math.abs(result.durationMs - lengths.reduce((sum, ms) => sum + ms, 0))).toBeLessThanOrEqual(lengths.length);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  });

  test("that stops in the middle pays for no piece twice", async () => {
    await start({ textOf: (index) => `This is piece number ${index}.` });
    const pieces = memoryStore();
    const whole = await engine({ pieceMs: 20_000 }).transcribe(request());
    const all = server.count();
    server.script({ kind: "body", body: '{"text": "First heard."}' }, { kind: "reset" });
    const first = await failure(engine({ pieceMs: 20_000 }).transcribe(request({ pieces })));
    expect(first.code).toBe("provider_unavailable");
    expect(pieces.saved).toHaveLength(1);
    const asked = server.count();
    const result = await engine({ pieceMs: 20_000 }).transcribe(request({ pieces }));
    expect(server.count() - asked).toBe(all - 1);
    expect(result.segments[0]?.text).toBe("First heard.");
    expect(result.durationMs).toBe(whole.durationMs);
  });

  test("heard by another model is heard anew", async () => {
    await start();
    const pieces = memoryStore();
    await engine().transcribe(request({ pieces }));
    await engine({ model: "whisper-large" }).transcribe(request({ pieces }));
    expect(server.count()).toBe(2);
  });

  test("a file past the size limit goes in pieces too", async () => {
    await start();
    await engine({ maxUploadBytes: 200_000 }).transcribe(request());
    expect(server.count()).toBeGreaterThan(1);
    expect(server.requests.every(({ filename }) => filename === "audio.wav")).toBe(true);
    expect(Math.max(...server.requests.map(({ sizeBytes }) => sizeBytes))).toBeLessThanOrEqual(200_000);
  });
});

describe("a model without times", () => {
  test("is asked piece by piece, and its words are placed where there is a voice", async () => {
    await start({ textOf: () => "It begins here. It goes on for a while, and ends." });
    const result = await engine({ model: "gpt-4o-transcribe" }).transcribe(request({ language: "en" }));
    expect(server.requests.length).toBeGreaterThanOrEqual(2);
    for (const { fields, wavMs } of server.requests) {
      expect(fields["response_format"]).toEqual(["json"]);
      expect(fields).not.toHaveProperty("timestamp_granularities[]");
      expect(wavMs).toBeLessThanOrEqual(28_000);
    }
    expect(result).toMatchObject({ language: "en", wordTiming: "interpolated" });
    for (const [index, { startMs, endMs, words, text }] of result.segments.entries()) {
      expect(startMs).toBeGreaterThanOrEqual(result.segments[index - 1]?.endMs ?? 0);
      expect(endMs).toBeGreaterThan(startMs);
      expect(words?.map((word) => word.text).join(" ")).toBe(text);
      expect(words?.every((word) => word.startMs >= startMs && word.endMs <= endMs)).toBe(true);
    }
  });

  test("that does not tell the language leaves it open", async () => {
    await start();
    expect((await engine({ model: "gpt-4o-transcribe" }).transcribe(request())).language).toBe("auto");
  });

  test("is not asked about silence", async () => {
    await start();
    const work = engine({ model: "gpt-4o-transcribe" }).transcribe(request({ filePath: silentFile }));
    expect((await failure(work)).code).toBe("no_speech");
    expect(server.count()).toBe(0);
  });
});

describe("the provider's faults", () => {
  const faults: [string, OpenAiSpeechBehaviour, string][] = [
    [
      "a recording that it cannot read",
      { kind: "status", status: 400, message: "Invalid file format." },
      "audio_unreadable",
    ],
    ["one that is too short", { kind: "status", status: 400, message: "Audio file is too short." }, "audio_empty"],
    [
      "a language that it does not know",
      { kind: "status", status: 400, message: "Invalid language 'xx'" },
      "language_unsupported",
    ],
    [
      "another form",
      { kind: "status", status: 400, message: "response_format 'verbose_json' is not compatible" },
      "provider_rejected",
    ],
    ["400", { kind: "status", status: 400 }, "provider_rejected"],
    ["401", { kind: "early-status", status: 401 }, "provider_rejected"],
    ["404", { kind: "status", status: 404 }, "provider_rejected"],
    ["413", { kind: "early-status", status: 413 }, "provider_rejected"],
    ["429", { kind: "status", status: 429 }, "provider_unavailable"],
    ["no money", { kind: "status", status: 429, code: "insufficient_quota" }, "provider_rejected"],
    ["500", { kind: "status", status: 500 }, "provider_unavailable"],
    ["a reset", { kind: "reset" }, "provider_unavailable"],
    ["a cut answer", { kind: "cut" }, "provider_unavailable"],
    ["garbage", { kind: "body", body: "<html>oops</html>" }, "provider_unavailable"],
    ["JSON of another schema", { kind: "body", body: '{"text": 7}' }, "provider_unavailable"],
    ["100 MB", { kind: "flood", sizeBytes: 100_000_000 }, "provider_unavailable"],
    ["an answer without a word", { kind: "body", body: '{"text": ""}' }, "no_speech"],
  ];
  test.each(faults)("%s", async (_name, behaviour, code) => {
    await start();
    server.script(behaviour);
    expect((await failure(engine().transcribe(request()))).code).toBe(code);
    expect(server.count()).toBe(1);
  });

  test.each(["hang", "drip"] as const)("%s ends at the request's timeout as provider_timeout", async (kind) => {
    await start();
    server.script({ kind });
    expect((await failure(engine({ requestTimeoutMs: 300 }).transcribe(request()))).code).toBe("provider_timeout");
  });

  test("Retry-After is passed on, in milliseconds", async () => {
    await start();
    server.script({ kind: "status", status: 429, retryAfter: "7" });
    expect((await failure(engine().transcribe(request()))).retryAfterMs).toBe(7000);
  });

  test("an abort gives the signal's reason at once", async () => {
    await start();
    server.script({ kind: "hang" });
    const controller = new AbortController();
    const reason = new Error("canceled");
    const outcome = Promise.allSettled([engine().transcribe(request({ signal: controller.signal }))]);
    await expect.poll(() => server.count(), { timeout: 10_000 }).toBe(1);
    controller.abort(reason);
    expect(await outcome).toEqual([{ status: "rejected", reason }]);
  });
});

test("what silence was filled with is dropped by Whisper's own rule", async () => {
  await start();
  const invented = { start: 0, end: 4, text: " Thanks for watching!", avg_logprob: -1.4, no_speech_prob: 0.9 };
  const spoken = { start: 5, end: 9, text: " A fox ran.", avg_logprob: -0.2, no_speech_prob: 0.01 };
  server.script({
    kind: "body",
    body: JSON.stringify({ text: "", segments: [invented, spoken], language: "haitian creole" }),
  });
  const { segments, language } = await engine().transcribe(request());
  expect(segments.map(({ text }) => text)).toEqual(["A fox ran."]);
  expect(language).toBe("ht");
});

test("a recording that is too long is refused before anything is sent", async () => {
  await start();
  expect((await failure(engine({ maxDurationMs: 10_000 }).transcribe(request()))).code).toBe("audio_too_long");
  expect(server.count()).toBe(0);
});
