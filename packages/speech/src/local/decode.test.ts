import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { encode, FORMATS } from "../../test/encode.ts";
import { wavOf } from "../../test/wav.ts";
import { type DecodeRequest, openDecoder } from "./decode.ts";
import type { DecoderNotes } from "./decoder-notes.ts";
import { identifyMedia } from "./media-kind.ts";
import { mixDown } from "./mix.ts";
import { SAMPLE_RATE_HZ } from "./pcm-format.ts";

const SECONDS = 6;
const HOUR_MS = 3_600_000;

let folder: string;
let wav: string;

/** Loud and silent seconds in turn: whether a format came through can be seen from the outline. */
const outlineOf = (samples: Float32Array): boolean[] =>
  Array.from({ length: SECONDS }, (_, second) => {
    const middle = samples.subarray((second + 0.3) * SAMPLE_RATE_HZ, (second + 0.7) * SAMPLE_RATE_HZ);
    return Math.max(...middle) > 0.1;
  });
const OUTLINE = [true, false, true, false, true, false];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "decode-"));
  wav = join(folder, "tone.wav");
  const tone = Float32Array.from({ length: SECONDS * SAMPLE_RATE_HZ }, (_, index) =>
    Math.floor(index / SAMPLE_RATE_HZ) % 2 === 0 ? 0.5 * Math.sin(index / 6) : 0,
  );
  await writeFile(wav, wavOf(tone));
});
afterAll(() => rm(folder, { recursive: true }));

type Decoded = { samples: Float32Array; notes: DecoderNotes };

const decode = async (filePath: string, overrides: Partial<DecodeRequest> = {}): Promise<Decoded> => {
  const media = await identifyMedia(filePath);
  const { size: sizeBytes } = await stat(filePath);
  const decoding = openDecoder({
    filePath,
    media,
    sizeBytes,
    ffmpegPath: undefined,
    maxDurationMs: HOUR_MS,
    ...overrides,
  });
  const samples: number[] = [];
  for await (const block of decoding.blocks) samples.push(...mixDown(block));
  return { samples: Float32Array.from(samples), notes: decoding.notes() };
};

const cutTo = async (source: string, share: number): Promise<string> => {
  const target = source.replace(/(\.\w+)$/, `-cut$1`);
  const content = await readFile(source);
  await writeFile(target, content.subarray(0, Math.floor(content.length * share)));
  return target;
};

describe("openDecoder", () => {
  test.each(FORMATS)("decodes $extension ($codec, $rateHz Hz)", async (format) => {
    const target = join(folder, `${format.codec}.${format.extension}`);
    encode(wav, target, format);
    const { samples } = await decode(target);
    expect(samples.length / SAMPLE_RATE_HZ).toBeCloseTo(SECONDS, 0);
    expect(outlineOf(samples)).toEqual(OUTLINE);
  });

  test("decodes AMR, whose frames say no more than their kind", async () => {
    const target = join(folder, "voice.amr");
    const frame = Buffer.from([0x3c, ...Array.from({ length: 31 }, (_, index) => (index * 73 + 11) % 256)]);
    await writeFile(target, Buffer.concat([Buffer.from("#!AMR\n", "latin1"), ...Array<Buffer>(100).fill(frame)]));
    const { samples } = await decode(target);
    expect(samples.length / SAMPLE_RATE_HZ).toBeCloseTo(2, 1);
    expect(Math.max(...samples)).toBeGreaterThan(0.01);
  });

  test("knows a WAV's duration from its header", async () => {
    const { samples, notes } = await decode(wav);
    expect(notes).toEqual({ durationMs: SECONDS * 1000, isEstimate: false, isCut: false });
    expect(samples).toHaveLength(SECONDS * SAMPLE_RATE_HZ);
  });

  test("gives what there is of a recording that breaks off", async () => {
    const source = join(folder, "whole.mkv");
    encode(wav, source, FORMATS[5]);
    const { samples, notes } = await decode(await cutTo(source, 0.6));
    expect(samples.length / SAMPLE_RATE_HZ).toBeGreaterThan(2);
    expect(notes.isCut).toBe(true);
  });

  test("refuses an M4A whose index is cut off", async () => {
    const source = join(folder, "whole.m4a");
    encode(wav, source, FORMATS[2]);
    await expect(decode(await cutTo(source, 0.6))).rejects.toMatchObject({ code: "audio_unreadable" });
  });

  test("refuses a container without a sample as empty", async () => {
    const empty = join(folder, "empty.wav");
    await writeFile(empty, wavOf(new Float32Array(0)));
    await expect(decode(empty)).rejects.toMatchObject({ code: "audio_empty" });
  });

  test("stops at the longest duration: by the header where that is credible", async () => {
    await expect(decode(wav, { maxDurationMs: 2000 })).rejects.toMatchObject({ code: "audio_too_long" });
  });

  test("stops at the longest duration: by the samples where the header says nothing", async () => {
    const streamed = join(folder, "streamed.wav");
    const content = await readFile(wav);
    content.writeUInt32LE(0xffff_ffff, 40);
    await writeFile(streamed, content);
    await expect(decode(streamed, { maxDurationMs: 2000 })).rejects.toMatchObject({ code: "audio_too_long" });
  });

  test("names FFMPEG_PATH when it leads nowhere", async () => {
    const work = decode(wav, { ffmpegPath: join(folder, "no-ffmpeg") });
    await expect(work).rejects.toThrow("FFMPEG_PATH");
  });

  test("gives a demuxer no other file to open: a script under a forced demuxer is unreadable", async () => {
    const script = join(folder, "script.mp3");
    await writeFile(script, `ffconcat version 1.0\nfile ${wav}\n`);
    const media = { demuxer: "mp3", isCut: false } as const;
    await expect(decode(wav, { filePath: script, media })).rejects.toMatchObject({ code: "audio_unreadable" });
  });
});
