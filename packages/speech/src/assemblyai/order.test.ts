import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type FakeAssemblyAi, startAssemblyAi } from "@phonoscene/testing/assemblyai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import type { SpeechRequest } from "../port.ts";
import { type AssemblyAiConfig, createAssemblyAiEngine } from "./engine.ts";

const SAMPLE = fileURLToPath(new URL("../../../../samples/the-lamp-keeper.mp3", import.meta.url));
const CALLBACK = { url: "https://example.com/v1/hooks/assemblyai/x", headerName: "x-secret", headerValue: "value" };

let folder: string;
let filePath: string;
let provider: FakeAssemblyAi;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assemblyai-"));
  filePath = join(folder, "recording.wav");
  await writeFile(filePath, Buffer.alloc(1000, 1));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  provider = await startAssemblyAi();
});
afterEach(() => provider.close());

const engine = (overrides: Partial<AssemblyAiConfig> = {}) =>
  createAssemblyAiEngine({
    apiKey: "key",
    timeoutMs: 20_000,
    maxDurationMs: 600_000,
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

const { signal } = new AbortController();

describe("with a callback", () => {
  test("the provider is told where to call, and nobody waits", async () => {
    expect(await engine().transcribe(request({ callback: CALLBACK }))).toEqual({ isPending: true });
    expect(provider.submits[0]).toMatchObject({
      webhook_url: CALLBACK.url,
      webhook_auth_header_name: CALLBACK.headerName,
      webhook_auth_header_value: CALLBACK.headerValue,
    });
    expect(provider.counts.get).toBe(0);
  });

  test("a transcript that is over by the next look is the result, without another submit", async () => {
    await engine().transcribe(request({ callback: CALLBACK }));
    const again = request({ callback: CALLBACK, providerJobId: "transcript-1" });
    expect(await engine().transcribe(again)).toEqual({ isPending: true });
    expect(await engine().transcribe(again)).toMatchObject({ segments: [{}, {}] });
    expect(provider.counts).toMatchObject({ submit: 1, get: 2 });
  });

  test("a provider that works for longer than the timeout is given up, counted from when it took the work", async () => {
    await engine().transcribe(request({ callback: CALLBACK }));
    const late = request({ callback: CALLBACK, providerJobId: "transcript-1", providerJobAgeMs: 20_001 });
    await expect(engine().transcribe(late)).rejects.toMatchObject({ code: "provider_timeout" });
  });
});

describe("what is ordered", () => {
  test("models, expected languages and the confidence floor are passed on", async () => {
    const config = { speechModels: ["universal-2"], expectedLanguages: ["en-GB", "uk"], languageConfidence: 0.7 };
    await engine(config).transcribe(request());
    expect(provider.submits[0]).toMatchObject({
      speech_models: ["universal-2"],
      language_confidence_threshold: 0.7,
      language_detection_options: { expected_languages: ["en_uk", "uk"] },
    });
  });

  test("an expected language that the provider does not know is named before any work", () => {
    expect(() => engine({ expectedLanguages: ["tlh"] })).toThrow(/tlh/);
  });

  test("a language found out with too little confidence is language_uncertain, whatever the provider makes of it", async () => {
    provider.end({ languageConfidence: 0.3 });
    await expect(engine().transcribe(request())).rejects.toMatchObject({ code: "language_uncertain" });
    await expect(engine({ languageConfidence: 0.2 }).transcribe(request())).resolves.toMatchObject({
      language: "en-US",
    });
  });

  test("a recording whose header is too long is refused before the upload", async () => {
    const work = engine({ maxDurationMs: 10_000 }).transcribe(request({ filePath: SAMPLE }));
    await expect(work).rejects.toMatchObject({ code: "audio_too_long" });
    expect(provider.counts.upload).toBe(0);
  });

  test("one whose length only the provider could tell is refused with its transcript", async () => {
    provider.end({ durationMs: 601_000 });
    await expect(engine().transcribe(request())).rejects.toMatchObject({ code: "audio_too_long" });
  });
});

describe("words", () => {
  test("have their times and confidence", async () => {
    const result = await engine().transcribe(request());
    expect(result).toMatchObject({
      segments: [
        {
          speaker: null,
          words: expect.arrayContaining([{ startMs: 400, endMs: 750, text: "old", confidence: 0.97 }]),
        },
        {},
      ],
    });
  });

  test("of two speakers never share a segment", async () => {
    const word = (text: string, start: number, speaker: string) => ({
      text,
      start,
      end: start + 200,
      confidence: 1,
      speaker,
    });
    provider.end({
      words: [word("Who", 0, "A"), word("goes", 250, "A"), word("Me", 500, "B"), word("alone.", 750, "B")],
    });
    const result = await engine({ hasSpeakerLabels: true }).transcribe(request());
    expect(provider.submits[0]).toMatchObject({ speaker_labels: true });
    expect(result).toMatchObject({
      segments: [
        { speaker: "A", text: "Who goes", startMs: 0, endMs: 450 },
        { speaker: "B", text: "Me alone.", startMs: 500, endMs: 950 },
      ],
    });
  });
});

describe("forgetting", () => {
  test("deletes the provider's copy, and what is gone already is gone", async () => {
    await engine().transcribe(request());
    await engine().forget?.("transcript-1", signal);
    expect(provider.transcriptIds()).toEqual([]);
    await engine().forget?.("transcript-1", signal);
    expect(provider.counts.delete).toBe(2);
  });

  test("a failure is passed on, to be tried again", async () => {
    await engine().transcribe(request());
    provider.script("delete", { kind: "status", status: 503 });
    await expect(engine().forget?.("transcript-1", signal)).rejects.toMatchObject({ code: "provider_unavailable" });
    expect(provider.transcriptIds()).toEqual(["transcript-1"]);
  });
});
