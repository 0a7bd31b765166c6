import { describe, expect, it } from "vitest";

import { sniffAudioFormat } from "./audio-format.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

describe("sniffAudioFormat", () => {
  it.each([
    ["RIFF\u0001\u0002\u0003\u0004WAVEfmt ", "wav"],
    ["fLaC\0\0\0\u0022", "flac"],
    ["OggS\0\u0002", "ogg"],
    ["\0\0\0\u0020ftypM4A ", "m4a"],
    ["\u001aE\u00df\u00a3\u0001", "webm"],
    ["FORM\0\0\0\0AIFF", "aiff"],
    ["ID3\u0004\0", "mp3"],
    ["\u00ff\u00fb\u0090\u0064", "mp3"],
  ])("%j is told by its first bytes", (head, format) => {
    expect(sniffAudioFormat(bytes(head))).toBe(format);
  });

  it.each([
    ["", "nothing"],
    ["Once upon a time", "a text"],
    ["#EXTM3U\n", "a playlist"],
    ["ffconcat version 1.0", "an ffmpeg script"],
    ["RIFF\0\0\0\0AVI ", "a video of the same family"],
    ["\u00ff\u00f1\u0050\u0080", "a frame with the reserved layer"],
    ["\u00ff\u00fb\u00f0\u0064", "a frame with a forbidden bit rate"],
    ["\u0089PNG\r\n", "a picture"],
  ])("%j is not taken: %s", (head) => {
    expect(sniffAudioFormat(bytes(head))).toBeNull();
  });
});
