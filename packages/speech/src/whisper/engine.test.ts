import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

import { startModelHub, tinyModel } from "../../test/model-hub.ts";
import type { SpeechRequest, SpeechResult } from "../port.ts";
import { createWhisperSpeechEngine, type WhisperSpeechConfig } from "./engine.ts";

const SAMPLE = fileURLToPath(new URL("../../../../samples/the-lamp-keeper.mp3", import.meta.url));

let cacheDir: string;
/** The sample's first seconds. */
let speech: string;
beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "whisper-engine-"));
  speech = join(cacheDir, "speech.mp3");
  await writeFile(speech, (await readFile(SAMPLE)).subarray(0, 60_000));
});
afterAll(() => rm(cacheDir, { recursive: true }));

const transcribe = (
  config: Partial<WhisperSpeechConfig>,
  request: Partial<SpeechRequest> = {},
): Promise<SpeechResult> =>
  createWhisperSpeechEngine({ model: "whisper-base", cacheDir, maxDurationMs: 60_000, ...config }).transcribe({
    filePath: speech,
    language: "auto",
    providerJobId: null,
    onProviderJobId: () => Promise.resolve(),
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...request,
  });

test("the first recording fetches the model, and is heard in the language that it is in, word by word", async () => {
  const hub = await startModelHub();
  const model = tinyModel("tiny");
  const fractions: number[] = [];
  try {
    const result = await transcribe({ model, hubUrl: hub.url }, { onProgress: (fraction) => fractions.push(fraction) });
    expect(result).toMatchObject({ language: "uk", engine: "whisper/tiny" });
    expect(result.segments[0]?.text).toContain("привіт світе.");
    expect(result.warnings.map(({ code }) => code)).toEqual(["audio_truncated"]);
    const words = result.segments.flatMap((segment) => segment.words ?? []);
    expect(words.length).toBeGreaterThan(1);
    const times = words.flatMap(({ startMs, endMs }) => [startMs, endMs]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(result.durationMs);
    expect(fractions.filter((fraction) => fraction > 0 && fraction <= 0.5).length).toBeGreaterThan(3);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  } finally {
    await hub.close();
  }
});

test("without the internet and without the model the fix is named", async () => {
  const work = transcribe({ hubUrl: "http://127.0.0.1:1" });
  await expect(work).rejects.toMatchObject({ code: "model_not_installed", retryable: false });
  await expect(work).rejects.toThrow(/pnpm models fetch whisper-base .*WHISPER_CACHE_DIR/);
});

test("a folder of one's own that is not there is told by its path", async () => {
  const work = transcribe({ model: join(cacheDir, "mine") });
  await expect(work).rejects.toMatchObject({ code: "model_not_installed" });
  await expect(work).rejects.toThrow("WHISPER_MODEL");
});

test("a language that Whisper does not know is refused before anything is fetched", async () => {
  await expect(transcribe({}, { language: "tlh" })).rejects.toMatchObject({ code: "language_unsupported" });
});
