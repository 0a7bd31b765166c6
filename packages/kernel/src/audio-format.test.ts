import { describe, expect, it } from "vitest";

import { sniffAudioFormat } from "./audio-format.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

describe("sniffAudioFormat", () => {
  it.each([
    ["RIFF\u0001\u0002\u0003\u0004WAVEfmt ", "wav"],
    ["fLaC\0\0\0\u0022", "flac"],
    ["OggS\0\u0002", "ogg"],
    ["\0\0\0\u0020ftypM4A ", "m4a"],
    ["\0\0\u0001\u0020moov", "m4a"],
    ["riff\u002e\u0091\u00cf\u0011\u00a5\u00d6\u0028\u00db\u0004\u00c1\0\0\0\0\0\0\0\0\0\0wave", "w64"],
    ["RIFF\0\0\0\0AVI ", "avi"],
    ["caff\0\u0001", "caf"],
    ["#!AMR\n", "amr"],
    ["#!AMR-WB\n", "amr"],
    ["0&\u00b2u", "wma"],
    [`G${"\0".repeat(187)}G${"\0".repeat(187)}G`, "ts"],
    ["\u00ff\u00f1\u0050\u0080", "aac"],
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
    ["RIFF\0\0\0\0WEBP", "a picture of the same family"],
    ["Get it", "a text that begins as a transport stream does"],
    ["The free world", "a text with the name of a box"],
    ["\u00ff\u00f1\u0078\u0080", "a frame with a sampling rate that does not exist"],
    ["\u00ff\u00fb\u00f0\u0064", "a frame with a forbidden bit rate"],
    ["\u0089PNG\r\n", "a picture"],
  ])("%j is not taken: %s", (head) => {
    expect(sniffAudioFormat(bytes(head))).toBeNull();
  });
});
