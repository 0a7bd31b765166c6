import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { AppError } from "@phonoscene/kernel";
import { type AssemblyAiBehaviour, type FakeAssemblyAi, startAssemblyAi } from "@phonoscene/testing/assemblyai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { isPending, type SpeechRequest, type SpeechResult } from "../port.ts";
import { type AssemblyAiConfig, createAssemblyAiEngine } from "./engine.ts";

const API_KEY = "a-key";
const SIZE_BYTES = 3_000_000;

let folder: string;
let filePath: string;
let provider: FakeAssemblyAi;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assemblyai-"));
  filePath = join(folder, "recording.wav");
  await writeFile(filePath, Buffer.alloc(SIZE_BYTES, 1));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  provider = await startAssemblyAi({ apiKey: API_KEY });
});
afterEach(() => provider.close());

const engine = (overrides: Partial<AssemblyAiConfig> = {}) =>
  createAssemblyAiEngine({
    apiKey: API_KEY,
    timeoutMs: 20_000,
    maxDurationMs: 36_000_000,
    requestTimeoutMs: 10_000,
    pollIntervalMs: 5,
    baseUrl: provider.baseUrl,
    ...overrides,
  });

const request = (overrides: Partial<SpeechRequest> = {}): SpeechRequest => ({
  filePath,
  language: "auto",
  providerJobId: null,
  onProviderJobId: () => Promise.resolve(),
  onProgress: () => undefined,
  signal: new AbortController().signal,
  ...overrides,
});

const heard = async (work: ReturnType<ReturnType<typeof engine>["transcribe"]>): Promise<SpeechResult> => {
  const outcome = await work;
  if (isPending(outcome)) throw new Error("A result was due");
  return outcome;
};

const failure = async (work: Promise<unknown>): Promise<AppError> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error("An AppError was due", { cause: error });
};

describe("a recording that is transcribed", () => {
  test("becomes sentences with times, language and model", async () => {
    const result = await heard(engine().transcribe(request()));
    expect(result).toMatchObject({ language: "en-US", engine: "assemblyai/universal-2", warnings: [] });
    expect(result.segments.map(({ text }) => text)).toEqual([
      "The old fisherman rowed out at dawn, past the lighthouse.",
      "By noon a storm had covered the sea.",
    ]);
    expect(result.segments[0]).toMatchObject({ startMs: 0, endMs: 3950 });
    expect(result.segments[1]?.confidence).toBeCloseTo(0.97);
    expect(result.durationMs).toBeGreaterThanOrEqual(result.segments[1]?.endMs ?? 0);
  });

  test("is uploaded whole, and the speech models are named", async () => {
    await engine().transcribe(request());
    expect(provider.uploadedBytes).toEqual([SIZE_BYTES]);
    expect(provider.submits[0]).toEqual({
      audio_url: "https://cdn.example/upload/1",
      speech_models: ["universal-3-pro", "universal-2"],
      language_detection: true,
      language_confidence_threshold: 0.5,
    });
  });

  test("is asked for in the provider's own code of the language", async () => {
    await engine().transcribe(request({ language: "en-GB" }));
    expect(provider.submits[0]).toMatchObject({ language_code: "en_uk" });
    expect(provider.submits[0]).not.toHaveProperty("language_detection");
  });

  test("makes progress that never goes back and ends at 1", async () => {
    const fractions: number[] = [];
    await engine().transcribe(request({ onProgress: (fraction) => fractions.push(fraction) }));
    expect(fractions.length).toBeGreaterThan(2);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  });
});

describe("paid work", () => {
  test("has its id handed over before the first poll", async () => {
    const polls: number[] = [];
    const onProviderJobId = (id: string): Promise<void> => {
      expect(id).toBe("transcript-1");
      polls.push(provider.counts.get);
      return Promise.resolve();
    };
    await engine().transcribe(request({ onProviderJobId }));
    expect(polls).toEqual([0]);
  });

  test("is resumed by its id: no upload, no second submit", async () => {
    provider.script("get", { kind: "status", status: 500 });
    let id: string | null = null;
    const onProviderJobId = (given: string): Promise<void> => {
      id = given;
      return Promise.resolve();
    };
    const first = await failure(engine().transcribe(request({ onProviderJobId })));
    expect(first.code).toBe("provider_unavailable");
    const result = await heard(engine().transcribe(request({ providerJobId: id })));
    expect(result.segments).toHaveLength(2);
    expect(provider.counts).toMatchObject({ upload: 1, submit: 1 });
  });

  test("that the provider lost through its own fault is submitted anew", async () => {
    provider.end({ error: "Server error, please try again" });
    expect((await failure(engine().transcribe(request()))).code).toBe("provider_unavailable");
    provider.end({});
    const result = await heard(engine().transcribe(request({ providerJobId: "transcript-1" })));
    expect(result.segments).toHaveLength(2);
    expect(provider.counts.submit).toBe(2);
  });

  test("an error of whoever stores the id is passed on as it is", async () => {
    const stored = new Error("the database is away");
    await expect(engine().transcribe(request({ onProviderJobId: () => Promise.reject(stored) }))).rejects.toBe(stored);
    expect(provider.counts.get).toBe(0);
  });
});

describe("the provider's faults", () => {
  const faults: [string, AssemblyAiBehaviour, string][] = [
    ["400", { kind: "status", status: 400 }, "provider_rejected"],
    ["401", { kind: "status", status: 401 }, "provider_rejected"],
    ["402", { kind: "status", status: 402 }, "provider_rejected"],
    ["403", { kind: "status", status: 403 }, "provider_rejected"],
    ["408", { kind: "status", status: 408 }, "provider_unavailable"],
    ["429", { kind: "status", status: 429 }, "provider_unavailable"],
    ["500", { kind: "status", status: 500 }, "provider_unavailable"],
    ["503", { kind: "status", status: 503 }, "provider_unavailable"],
    ["a reset", { kind: "reset" }, "provider_unavailable"],
    ["a cut answer", { kind: "cut" }, "provider_unavailable"],
    ["garbage", { kind: "body", body: "<html>oops</html>" }, "provider_unavailable"],
    ["JSON of another schema", { kind: "body", body: '{"id": 7}' }, "provider_unavailable"],
    ["truncated JSON", { kind: "body", body: '{"id": "x", "stat' }, "provider_unavailable"],
    ["100 MB", { kind: "flood", sizeBytes: 100_000_000 }, "provider_unavailable"],
  ];
  const routes = ["upload", "submit", "get"] as const;

  test.each(routes.flatMap((route) => faults.map(([name, behaviour, code]) => ({ name, route, behaviour, code }))))(
    "$name at $route is $code",
    async ({ route, behaviour, code }) => {
      provider.script(route, behaviour);
      expect((await failure(engine().transcribe(request()))).code).toBe(code);
      expect(provider.counts[route]).toBe(1);
    },
  );

  test.each(routes)("silence at %s ends at the request's timeout as provider_timeout", async (route) => {
    provider.script(route, { kind: "hang" });
    const error = await failure(engine({ requestTimeoutMs: 200 }).transcribe(request()));
    expect(error.code).toBe("provider_timeout");
  });

  test.each(routes)("a slow drip at %s ends at the deadline as provider_timeout", async (route) => {
    provider.script(route, { kind: "drip" });
    expect((await failure(engine({ timeoutMs: 400 }).transcribe(request()))).code).toBe("provider_timeout");
  });

  test("Retry-After is passed on, in milliseconds", async () => {
    provider.script("submit", { kind: "status", status: 429, retryAfter: "7" });
    expect((await failure(engine().transcribe(request()))).retryAfterMs).toBe(7000);
  });

  test("a wrong key is named, though the provider answers before it has read the upload", async () => {
    provider.script("upload", { kind: "early-status", status: 401 });
    const error = await failure(engine().transcribe(request()));
    expect(error.code).toBe("provider_rejected");
    expect(error.message).toContain("ASSEMBLYAI_API_KEY");
  });

  test("a transcript that never ends stops at the deadline", async () => {
    provider.script(
      "get",
      ...Array.from({ length: 1000 }, () => ({ kind: "body", body: '{"id":"x","status":"processing"}' }) as const),
    );
    expect((await failure(engine({ timeoutMs: 300 }).transcribe(request()))).code).toBe("provider_timeout");
  });
});

describe("a transcript that ends in error", () => {
  test.each([
    ["Transcoding failed. File does not appear to contain audio. File type is text/plain", "audio_unreadable"],
    ["Audio duration is too short.", "audio_empty"],
    ["language_detection cannot be performed on files with no spoken audio.", "no_speech"],
    ["detected language 'ur' confidence 0.31 is below the threshold", "language_uncertain"],
    ["Something about your account", "provider_rejected"],
  ])("%s is %s", async (error, code) => {
    provider.end({ error });
    expect((await failure(engine().transcribe(request()))).code).toBe(code);
  });

  test("without a word is no_speech", async () => {
    provider.end({ words: [] });
    expect((await failure(engine().transcribe(request()))).code).toBe("no_speech");
  });
});

describe("an abort", () => {
  test.each(["upload", "submit", "get"] as const)("during %s gives the signal's reason at once", async (route) => {
    provider.script(route, { kind: "hang" });
    const controller = new AbortController();
    const reason = new Error("canceled");
    const outcome = Promise.allSettled([engine().transcribe(request({ signal: controller.signal }))]);
    await expect.poll(() => provider.counts[route]).toBe(1);
    controller.abort(reason);
    expect(await outcome).toEqual([{ status: "rejected", reason }]);
  });
});

test("a language that the provider does not know is refused before the upload", async () => {
  expect((await failure(engine().transcribe(request({ language: "tlh" })))).code).toBe("language_unsupported");
  expect(provider.counts.upload).toBe(0);
});
