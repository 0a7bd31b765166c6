import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { tinyModel } from "../../test/model-hub.ts";
import { writeTinyWhisper } from "../../test/tiny-whisper.ts";
import { openWhisper } from "./whisper.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "whisper-"));
});
afterAll(() => rm(folder, { recursive: true }));

const tone = (hertz: number): Float32Array =>
  Float32Array.from({ length: 3 * 16_000 }, (_, index) => 0.5 * Math.sin((2 * Math.PI * hertz * index) / 16_000));
const LOW = tone(300);
const HIGH = tone(5000);

const open = async (language: string | null, hasAttention = true) => {
  const path = await writeTinyWhisper(join(folder, `attention-${hasAttention}`), hasAttention);
  return openWhisper({ folder: path, files: [], repair: "", language });
};

const HINTS = { mayBeEmpty: true, isAbrupt: false };

test("the language is found out, and words have the times at which the decoder listened", async () => {
  const whisper = await open(null);
  const { text, words, ending, logProbability } = await whisper.recognise(LOW, HINTS);
  expect({ text, ending, tag: whisper.language?.()?.tag }).toEqual({ text: "hello world.", ending: "end", tag: "en" });
  expect(whisper.language?.()?.probability).toBeGreaterThan(0.9);
  expect(logProbability).toBeGreaterThan(-0.5);
  expect(words?.map((word) => word.text)).toEqual(["hello", "world."]);
  const [hello, world] = words ?? [];
  expect(Math.abs((hello?.endMs ?? 0) - 1100)).toBeLessThanOrEqual(400);
  expect(world?.startMs).toBe(hello?.endMs);
});

test("a language that was named is not looked for, and one that the model does not know is refused", async () => {
  const whisper = await open("ru");
  expect((await whisper.recognise(LOW, HINTS)).text).toBe("hello world.");
  expect(whisper.language?.()).toBeNull();
  const work = open("yo");
  await expect(work).rejects.toMatchObject({ code: "language_unsupported" });
  await expect(work).rejects.toThrow("it knows en, uk, ru: set WHISPER_MODEL");
});

test("a model that repeats itself is stopped, and the repetition is cut off", async () => {
  const { text, ending, tokens } = await (await open(null)).recognise(HIGH, HINTS);
  expect({ text, ending }).toEqual({ text: "la", ending: "loop" });
  expect(tokens).toBeLessThan(5);
});

test("without cross-attention there is text, and no times of words", async () => {
  const { text, words } = await (await open("en", false)).recognise(LOW, HINTS);
  expect({ text, words }).toEqual({ text: "hello world.", words: null });
});

test("a file that is not what was published is not loaded, and the repair is named", async () => {
  const path = await writeTinyWhisper(join(folder, "altered"));
  const files = tinyModel("altered").files.map((file) => ({ ...file, sha256: file.sha256.replace(/^./, "x") }));
  const work = openWhisper({ folder: path, files, repair: "fetch it", language: null });
  await expect(work).rejects.toMatchObject({ code: "model_not_installed" });
  await expect(work).rejects.toThrow("config.json is damaged or of another version (its SHA-256 differs): fetch it.");
});
