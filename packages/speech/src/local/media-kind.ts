import { open } from "node:fs/promises";

import { AppError, AUDIO_FORMATS, type AudioFormat, sniffAudioFormat } from "@phonoscene/kernel";

import type { Demuxer } from "./demuxers.ts";
import { isOggCut } from "./ogg-pages.ts";
import { isWavCut } from "./wav-header.ts";

export type MediaKind = {
  /** Forced upon the decoder, so that content decides and not the file's name. */
  demuxer: Demuxer;
  /** A header promises more bytes than the file has. */
  isCut: boolean;
};

const PROBE_BYTES = 64 * 1024;

const ascii = (bytes: Buffer, at: number, length: number): string => bytes.toString("latin1", at, at + length);

/** What decodes each format that says what it is in its first bytes; those made of frames alone are looked at closer. */
const CONTAINERS: Record<Exclude<AudioFormat, "mp3" | "aac">, Demuxer> = {
  wav: "wav",
  avi: "avi",
  w64: "w64",
  flac: "flac",
  ogg: "ogg",
  webm: "matroska",
  aiff: "aiff",
  caf: "caf",
  amr: "amr",
  wma: "asf",
  m4a: "mov",
  ts: "mpegts",
};

const ID3_HEADER_BYTES = 10;

/** Where the sound begins behind an ID3v2 tag; 0 without one. */
const id3Bytes = (bytes: Buffer): number => {
  if (ascii(bytes, 0, 3) !== "ID3" || bytes.length < ID3_HEADER_BYTES) return 0;
  const size = [6, 7, 8, 9].reduce((total, at) => total * 128 + (bytes.readUInt8(at) & 0x7f), 0);
  return ID3_HEADER_BYTES + size;
};

const MPEG1_KBPS = {
  1: [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
};
const MPEG2_KBPS = {
  1: [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  2: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  3: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const SAMPLE_RATES_HZ = [44_100, 48_000, 32_000];

/** The length in bytes of the MPEG audio frame at `at` (ISO 11172-3, 2.4.1.3), or null where there is none. */
const mpegFrameBytes = (bytes: Buffer, at: number): number | null => {
  if (at + 4 > bytes.length || bytes[at] !== 0xff) return null;
  const [, second = 0, third = 0] = bytes.subarray(at, at + 4);
  const version = (second >> 3) & 3;
  const layer = 4 - ((second >> 1) & 3);
  const rateHz = SAMPLE_RATES_HZ[(third >> 2) & 3];
  if ((second & 0xe0) !== 0xe0 || version === 1 || (layer !== 1 && layer !== 2 && layer !== 3)) return null;
  const kbps = (version === 3 ? MPEG1_KBPS : MPEG2_KBPS)[layer][(third >> 4) - 1];
  if (kbps === undefined || rateHz === undefined) return null;
  const hz = version === 3 ? rateHz : rateHz / (version === 2 ? 2 : 4);
  const padding = (third >> 1) & 1;
  if (layer === 1) return (Math.floor((12_000 * kbps) / hz) + padding) * 4;
  return Math.floor(((layer === 3 && version !== 3 ? 72_000 : 144_000) * kbps) / hz) + padding;
};

/** The length of the ADTS frame at `at`, or null. */
const adtsFrameBytes = (bytes: Buffer, at: number): number | null => {
  if (at + 7 > bytes.length || bytes[at] !== 0xff || ((bytes[at + 1] ?? 0) & 0xf6) !== 0xf0) return null;
  const length = (bytes.readUIntBE(at + 3, 3) >> 5) & 0x1fff;
  return length > 7 ? length : null;
};

const FRAMES_NEEDED = 3;

/** Whether frames follow one another from some place on: one frame's pattern alone is too easily met by chance. */
const hasFrames = (bytes: Buffer, frameBytes: (bytes: Buffer, at: number) => number | null): boolean => {
  for (let start = 0; start < bytes.length; start += 1) {
    if (bytes[start] !== 0xff) continue;
    let at = start;
    let frames = 0;
    for (let length = frameBytes(bytes, at); length !== null; length = frameBytes(bytes, at)) {
      frames += 1;
      at += length;
      if (frames === FRAMES_NEEDED || (frames > 0 && at === bytes.length)) return true;
    }
  }
  return false;
};

const identify = (bytes: Buffer): Demuxer | null => {
  const format = sniffAudioFormat(bytes);
  if (format !== null && format !== "mp3" && format !== "aac") return CONTAINERS[format];
  if (hasFrames(bytes, adtsFrameBytes)) return "aac";
  return hasFrames(bytes, mpegFrameBytes) ? "mp3" : null;
};

type Read = (at: number) => Promise<Buffer>;

const isCut = async (demuxer: Demuxer, read: Read, sizeBytes: number): Promise<boolean> => {
  if (demuxer === "wav") return isWavCut(await read(0), sizeBytes);
  return demuxer === "ogg" && isOggCut(await read(Math.max(0, sizeBytes - PROBE_BYTES)));
};

/**
 * Tells a recording's format from its content; a file's name is never looked at.
 * @throws AppError "audio_empty" for a file of no bytes, "audio_unreadable" for what is not a recording.
 */
export const identifyMedia = async (filePath: string): Promise<MediaKind> => {
  await using file = await open(filePath, "r");
  const { size } = await file.stat();
  if (size === 0) throw new AppError("audio_empty", { detail: "The file has no bytes: upload the recording again." });
  const read: Read = async (at) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PROBE_BYTES), 0, PROBE_BYTES, at);
    return buffer.subarray(0, bytesRead);
  };
  const head = await read(0);
  const tagBytes = id3Bytes(head);
  const demuxer = tagBytes === 0 ? identify(head) : tagBytes < size ? (identify(await read(tagBytes)) ?? "mp3") : null;
  if (demuxer !== null) return { demuxer, isCut: await isCut(demuxer, read, size) };
  throw new AppError("audio_unreadable", {
    detail: `The file is not a recording that can be read, whatever its name: its content is none of ${AUDIO_FORMATS.join(", ")}.`,
  });
};
