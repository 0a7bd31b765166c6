import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { wavOf } from "../../test/wav.ts";
import { identifyMedia } from "./media-kind.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "media-kind-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Always named .mp3: names must not matter. */
const identify = async (content: Buffer | string) => {
  const filePath = join(folder, "recording.mp3");
  await writeFile(filePath, content);
  return identifyMedia(filePath);
};

const bytes = (hex: string, text = ""): Buffer =>
  Buffer.concat([Buffer.from(hex, "hex"), Buffer.from(text, "latin1"), Buffer.alloc(400)]);

/** One page with one segment of this many bytes. */
const oggPage = (segmentBytes: number): Buffer =>
  Buffer.concat([
    Buffer.from("OggS", "latin1"),
    Buffer.alloc(22),
    Buffer.from([1, segmentBytes]),
    Buffer.alloc(segmentBytes),
  ]);

/** MPEG-1 layer III, 128 kbit/s, 44.1 kHz: frames of 417 bytes. */
const mp3Frames = (count: number): Buffer =>
  Buffer.concat(
    Array.from({ length: count }, () => Buffer.concat([Buffer.from("fffb9000", "hex"), Buffer.alloc(413)])),
  );

describe("identifyMedia", () => {
  test.each([
    ["mov", bytes("00000020", "ftypM4A ")],
    ["matroska", bytes("1a45dfa3")],
    ["flac", bytes("", "fLaC")],
    ["ogg", oggPage(30)],
    ["aiff", bytes("", "FORM\0\0\0\0AIFF")],
    ["caf", bytes("", "caff")],
    ["amr", bytes("", "#!AMR\n")],
    ["asf", bytes("3026b2758e66cf11")],
    ["mp3", mp3Frames(4)],
    ["mp3", Buffer.concat([Buffer.alloc(100, "junk"), mp3Frames(4)])],
    ["mp3", Buffer.concat([bytes("", "ID3\u0004\0\0\0\0\u0003\u0016"), mp3Frames(4)])],
    ["wav", wavOf(new Float32Array(100))],
  ])("knows %s by its content", async (demuxer, content) => {
    expect(await identify(content)).toEqual({ demuxer, isCut: false });
  });

  test.each([
    ["an ffconcat script", "ffconcat version 1.0\nfile /etc/passwd\n"],
    ["an HLS playlist", "#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n"],
    ["a DASH manifest", '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>'],
    ["text", "This is only text, whatever its name says.\n".repeat(500)],
    ["a picture", bytes("89504e470d0a1a0a")],
    ["one frame's pattern by chance", Buffer.concat([Buffer.from("fffb9000", "hex"), Buffer.alloc(5000, 7)])],
    ["a tag with nothing behind it", bytes("", "ID3\u0004\0\0\u007f\u007f\u007f\u007f")],
  ])("refuses %s", async (_, content) => {
    await expect(identify(content)).rejects.toMatchObject({ code: "audio_unreadable" });
  });

  test("calls a file of no bytes empty", async () => {
    await expect(identify("")).rejects.toMatchObject({ code: "audio_empty" });
  });

  test("sees that a WAV is shorter than its header says", async () => {
    const wav = wavOf(new Float32Array(1000));
    expect(await identify(wav.subarray(0, 1000))).toEqual({ demuxer: "wav", isCut: true });
  });

  test("sees that an Ogg file ends within a page", async () => {
    const pages = Buffer.concat([oggPage(200), oggPage(200)]);
    expect(await identify(pages)).toEqual({ demuxer: "ogg", isCut: false });
    expect(await identify(pages.subarray(0, 400))).toEqual({ demuxer: "ogg", isCut: true });
  });

  test("does not take a streamed WAV, whose header cannot know the length, for a cut one", async () => {
    const wav = wavOf(new Float32Array(1000));
    wav.writeUInt32LE(0xffff_ffff, 40);
    expect(await identify(wav)).toEqual({ demuxer: "wav", isCut: false });
  });
});
