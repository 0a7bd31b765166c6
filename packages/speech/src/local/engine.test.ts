import { fork } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { corpusFile, hasCorpus, transcriptOf } from "../../test/corpus.ts";
import { encode, FORMATS } from "../../test/encode.ts";
import { memoryStore } from "../../test/memory-store.ts";
import { decodersOf, hasProc, isRunning, recognisersOf } from "../../test/processes.ts";
import { samplesOf, wavOf } from "../../test/wav.ts";
import { wordErrors } from "../../test/word-error-rate.ts";
import type { SpeechRequest, SpeechResult } from "../port.ts";
import { createLocalSpeechEngine, type LocalSpeechConfig } from "./engine.ts";

const MINUTE_MS = 60_000;
const LONG = "lj001_printing_0001-0032.flac";
const SPEECH = "jfk_1961.flac";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "local-speech-"));
});
afterAll(() => rm(folder, { recursive: true }));

const transcribe = (
  filePath: string,
  overrides: Partial<SpeechRequest> = {},
  config: Partial<LocalSpeechConfig> = {},
): Promise<SpeechResult> =>
  createLocalSpeechEngine({ model: "tiny", maxDurationMs: 60 * MINUTE_MS, ...config }).transcribe({
    filePath,
    language: "auto",
    providerJobId: null,
    onProviderJobId: () => Promise.resolve(),
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...overrides,
  });

const textOf = ({ segments }: SpeechResult): string => segments.map(({ text }) => text).join(" ");

const errorShare = (name: string, result: SpeechResult): number => {
  const { errors, words } = wordErrors(transcriptOf(name), textOf(result));
  return errors / words;
};

const saved = async (name: string, content: Buffer): Promise<string> => {
  const filePath = join(folder, name);
  await writeFile(filePath, content);
  return filePath;
};

const corpusSamples = async (name: string): Promise<Float32Array> => samplesOf(await readFile(corpusFile(name)));

/** A copy of its own, so that its decoder can be told from others. */
const longCopy = async (name: string): Promise<string> => {
  const filePath = join(folder, name);
  await copyFile(corpusFile(LONG), filePath);
  return filePath;
};

const killRecognisers = (): void => recognisersOf(process.pid).forEach((pid) => process.kill(pid, "SIGKILL"));

const expectOrder = ({ segments, durationMs }: SpeechResult): void => {
  let earliestMs = 0;
  for (const { startMs, endMs, confidence } of segments) {
    expect(startMs).toBeGreaterThanOrEqual(earliestMs);
    expect(endMs).toBeGreaterThan(startMs);
    expect(endMs - startMs).toBeLessThanOrEqual(28_500);
    expect(confidence).toBeGreaterThan(0);
    expect(confidence).toBeLessThanOrEqual(1);
    earliestMs = endMs;
  }
  expect(earliestMs).toBeLessThanOrEqual(durationMs);
};

describe.skipIf(!hasCorpus)("real speech", () => {
  test(
    "3.7 minutes of a book come out with at most 6 % wrong words, in timed sentences",
    async () => {
      const fractions: number[] = [];
      const onProgress = (fraction: number): void => void fractions.push(fraction);
      const result = await transcribe(corpusFile(LONG), { onProgress }, { model: "base" });
      expect(errorShare(LONG, result)).toBeLessThanOrEqual(0.06);
      expect(result).toMatchObject({
        language: "en",
        engine: "local/moonshine-base",
        durationMs: 221_746,
        warnings: [],
      });
      expectOrder(result);
      expect(result.segments.length).toBeGreaterThan(15);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
      expect(fractions.at(-1)).toBe(1);
      expect(fractions.length).toBeGreaterThan(10);
    },
    3 * MINUTE_MS,
  );

  test("sentences with pauses between them begin and end where they are spoken", async () => {
    const pause = new Float32Array(0.4 * 16_000);
    const spoken = await Promise.all([1, 2, 3, 4, 5].map((number) => corpusSamples(`harvard_spk1_snt${number}.wav`)));
    const starts: number[] = [];
    const all = spoken.reduce<number[]>((samples, sentence) => {
      starts.push(samples.length / 16);
      return [...samples, ...sentence, ...pause];
    }, []);
    const result = await transcribe(await saved("five.wav", wavOf(Float32Array.from(all))));
    expect(result.segments).toHaveLength(5);
    result.segments.forEach(({ startMs }, index) => {
      expect(Math.abs(startMs - (starts[index] ?? 0))).toBeLessThan(500);
    });
  });

  test("digits over the telephone are not taken for nothing", async () => {
    expect(textOf(await transcribe(corpusFile("digits_10001-90210-01803.wav")))).toMatch(/\w/);
  });

  test("a recording too quiet for the voice detector is heard all the same", async () => {
    const samples = (await corpusSamples("austen_0870.wav")).map((sample) => sample * 0.004);
    const result = await transcribe(await saved("quiet.wav", wavOf(samples)));
    expect(errorShare("austen_0870.wav", result)).toBeLessThan(0.2);
  });

  test("channels in anti-phase are heard", async () => {
    const mono = await corpusSamples("austen_0870.wav");
    const stereo = Float32Array.from({ length: mono.length * 2 }, (_, index) => {
      const sample = mono[index >> 1] ?? 0;
      return index % 2 === 0 ? sample : -sample;
    });
    const result = await transcribe(await saved("anti-phase.wav", wavOf(stereo, { channels: 2 })));
    expect(errorShare("austen_0870.wav", result)).toBeLessThan(0.1);
  });

  test.each([FORMATS[1], FORMATS[2], FORMATS[6]])(
    "$extension is understood as well as the original",
    async (format) => {
      const target = join(folder, `speech.${format.extension}`);
      encode(corpusFile(SPEECH), target, format);
      expect(errorShare(SPEECH, await transcribe(target))).toBeLessThanOrEqual(0.05);
    },
  );

  test.each(["ru_cv_bednyaga.wav", "de_leopard.wav", "es_mls_13697.opus", "ja_leopard.wav"])(
    "%s does not come out as invented English when the language is left open",
    async (name) => {
      const work = transcribe(corpusFile(name), {}, { model: "base" });
      await expect(work).rejects.toMatchObject({ code: "language_uncertain", retryable: false });
    },
  );

  test.each(["cv_en_22058264.mp3", "cv_en_22058266.mp3", "arctic_aew_a0001.wav", "librispeech_1272-141231-0002.flac"])(
    "%s is hard to understand, but English",
    async (name) => {
      expect((await transcribe(corpusFile(name), {}, { model: "base" })).warnings).toEqual([]);
    },
  );

  test("a caller who says that Russian is English is warned", async () => {
    const { warnings, language } = await transcribe(corpusFile("ru_cv_bednyaga.wav"), { language: "en-GB" });
    expect(language).toBe("en-GB");
    expect(warnings).toMatchObject([{ code: "language_low_confidence" }]);
  });

  test("an MP3 that breaks off gives what there is, and says so", async () => {
    const whole = join(folder, "whole.mp3");
    encode(corpusFile(SPEECH), whole, FORMATS[1]);
    const content = await readFile(whole);
    const result = await transcribe(await saved("cut.mp3", content.subarray(0, content.length * 0.7)));
    expect(result.warnings.map(({ code }) => code)).toEqual(["audio_truncated"]);
    expect(textOf(result)).toContain("ask not");
    expectOrder(result);
  });

  test.each(["silence_20s.flac", "noise_room_33s.wav", "music_guitar_10s.mp3"])(
    "%s has no speech, and is told so",
    async (name) => {
      await expect(transcribe(corpusFile(name))).rejects.toMatchObject({ code: "no_speech", retryable: false });
    },
  );

  test("a recording longer than allowed is refused", async () => {
    const work = transcribe(corpusFile(LONG), {}, { maxDurationMs: MINUTE_MS });
    await expect(work).rejects.toMatchObject({ code: "audio_too_long", retryable: false });
  });

  describe.skipIf(!hasProc)("processes", () => {
    test("an abort ends the recogniser and even a decoder that hangs within a second, with the signal's reason", async () => {
      const filePath = await longCopy("abort.flac");
      const controller = new AbortController();
      const reason = new Error("canceled");
      let abortedAt = 0;
      let hung = 0;
      const onProgress = (): void => {
        abortedAt = performance.now();
        for (const pid of decodersOf(filePath)) process.kill(pid, "SIGSTOP");
        hung ||= decodersOf(filePath).length;
        controller.abort(reason);
      };
      await expect(transcribe(filePath, { onProgress, signal: controller.signal })).rejects.toBe(reason);
      expect(hung).toBe(1);
      await expect.poll(() => [...recognisersOf(process.pid), ...decodersOf(filePath)]).toEqual([]);
      expect(performance.now() - abortedAt).toBeLessThan(1000);
    });

    test("a recogniser that is killed is an internal failure, to be tried again, and leaves no decoder", async () => {
      const filePath = await longCopy("killed.flac");
      const work = transcribe(filePath, { onProgress: killRecognisers });
      await expect(work).rejects.toMatchObject({ code: "internal", retryable: true });
      await expect.poll(() => decodersOf(filePath)).toEqual([]);
    });

    test("a recording goes on where it was after a kill, hears no chunk twice, and ends as without one", async () => {
      const filePath = corpusFile("sonnet001.mp3");
      const whole = await transcribe(filePath);
      const pieces = memoryStore();
      const killOnceKept = (): void => {
        if (pieces.saved.length > 0) killRecognisers();
      };
      const cut = transcribe(filePath, { pieces, onProgress: killOnceKept }, { saveEveryMs: 0 });
      await expect(cut).rejects.toMatchObject({ code: "internal", retryable: true });
      const before = pieces.saved.length;
      expect(await transcribe(filePath, { pieces }, { saveEveryMs: 0 })).toEqual(whole);
      expect(pieces.saved.length).toBeGreaterThan(before);
      expect(new Set(pieces.saved.map(({ json }) => json)).size).toBe(pieces.saved.length);
    });

    test("a parent that is killed leaves neither", async () => {
      const filePath = await longCopy("orphan.flac");
      const parent = fork(fileURLToPath(new URL("../../test/transcribe-and-wait.ts", import.meta.url)), [filePath]);
      await once(parent, "message");
      const pids = [...recognisersOf(parent.pid ?? 0), ...decodersOf(filePath)];
      expect(pids).toHaveLength(2);
      parent.kill("SIGKILL");
      await expect.poll(() => pids.filter(isRunning), { timeout: 5000 }).toEqual([]);
    });
  });
});

describe("what cannot be transcribed", () => {
  test.each(["ru", "uk", "english"])("the language %s is refused with the fix named", async (language) => {
    const work = transcribe("/nowhere", { language });
    await expect(work).rejects.toMatchObject({ code: "language_unsupported" });
    await expect(work).rejects.toThrow("ASSEMBLYAI_API_KEY");
  });

  test.each([
    ["an empty file", Buffer.alloc(0), "audio_empty"],
    ["text named .mp3", Buffer.from("only text ".repeat(1000)), "audio_unreadable"],
    [
      "bytes without a meaning",
      Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 251)),
      "audio_unreadable",
    ],
    ["a playlist of other files", Buffer.from("ffconcat version 1.0\nfile /etc/passwd\n"), "audio_unreadable"],
  ])("%s is refused for good", async (name, content, code) => {
    const filePath = await saved(`${name.replaceAll(" ", "-")}.mp3`, content);
    await expect(transcribe(filePath)).rejects.toMatchObject({ code, retryable: false });
  });

  test("a recording without a sound has no speech", async () => {
    const filePath = await saved("nothing.wav", wavOf(new Float32Array(48_000)));
    await expect(transcribe(filePath)).rejects.toMatchObject({ code: "no_speech" });
  });

  test("a model folder without the model names SPEECH_MODEL_DIR", async () => {
    const filePath = await saved("tone.wav", wavOf(new Float32Array(48_000)));
    const work = transcribe(filePath, {}, { modelDir: folder });
    await expect(work).rejects.toMatchObject({ code: "model_not_installed" });
    await expect(work).rejects.toThrow("SPEECH_MODEL_DIR");
  });

  test("a model file that was altered is not run", async () => {
    const filePath = await saved("tone.wav", wavOf(new Float32Array(48_000)));
    const modelDir = join(folder, "models");
    await mkdir(join(modelDir, "tiny"), { recursive: true });
    await writeFile(join(modelDir, "tiny", "encoder_model.onnx"), "not the model");
    await expect(transcribe(filePath, {}, { modelDir })).rejects.toThrow("SHA-256");
  });
});
