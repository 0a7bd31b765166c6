import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

import { AppError, MINUTE, siblingModule } from "@phonoscene/kernel";

import { type DecoderNotes, readDecoderNotes, refusal } from "./decoder-notes.ts";
import { DEMUXERS } from "./demuxers.ts";
import type { MediaKind } from "./media-kind.ts";
import { CHANNELS, FRAME_BYTES, MAX_DECODER_BYTES, SAMPLE_RATE_HZ } from "./pcm-format.ts";

/** Without a sample for this long the file has caught the decoder in a loop. */
const STALL_TIMEOUT_MS = MINUTE;
const STDERR_HEAD_CHARACTERS = 8000;
const STDERR_TAIL_CHARACTERS = 4000;

export type DecodeRequest = {
  filePath: string;
  media: MediaKind;
  /** An ffmpeg to use; without it the one on PATH, and without that the npm package node-av. */
  ffmpegPath: string | undefined;
  maxDurationMs: number;
  /** Of the file: for judging whether a claimed duration is credible. */
  sizeBytes: number;
};

export type Decoding = {
  /** Interleaved stereo at 16 kHz, -1..1; what was decoded before a fault is delivered. */
  blocks: AsyncGenerator<Float32Array>;
  /** What the decoder has said so far; complete once `blocks` has ended. */
  notes(): DecoderNotes;
};

type Stdio = { child: ChildProcess; stdout: Readable; stderr: Readable };

/** `ffmpeg`'s arguments: one forced demuxer, local files only, first audio track, raw samples out. */
const ffmpegArguments = (filePath: string, demuxer: string): string[] =>
  [
    ["-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info", "-max_alloc", String(MAX_DECODER_BYTES)],
    ["-protocol_whitelist", "file,pipe", "-format_whitelist", DEMUXERS.join(",")],
    ["-f", demuxer, "-i", `file:${filePath}`, "-map", "0:a:0", "-vn", "-sn", "-dn"],
    ["-ac", String(CHANNELS), "-ar", String(SAMPLE_RATE_HZ), "-f", "f32le", "pipe:1"],
  ].flat();

const withPipes = (child: ChildProcess): Stdio => {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("The decoder was started without pipes");
  return { child, stdout, stderr };
};

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EACCES");

const startFfmpeg = async (command: string, { filePath, media }: DecodeRequest): Promise<Stdio | null> => {
  const child = spawn(command, ffmpegArguments(filePath, media.demuxer), { stdio: ["ignore", "pipe", "pipe"] });
  try {
    await once(child, "spawn");
    return withPipes(child);
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw cause;
  }
};

/** A process of its own: its native code is as exposed to hostile files as ffmpeg's is. */
const startNodeAv = ({ filePath, media }: DecodeRequest): Stdio =>
  withPipes(
    fork(siblingModule(import.meta.url, "decode-node-av.child"), [filePath, media.demuxer], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    }),
  );

const startDecoder = async (request: DecodeRequest): Promise<Stdio> => {
  const { ffmpegPath } = request;
  const ffmpeg = await startFfmpeg(ffmpegPath ?? "ffmpeg", request);
  if (ffmpeg !== null) return ffmpeg;
  if (ffmpegPath === undefined) return startNodeAv(request);
  throw new AppError("decoder_not_installed", {
    detail: "The ffmpeg that FFMPEG_PATH names cannot be run: correct the path, or unset it to use the one on PATH.",
  });
};

/** The beginning (the header's facts) and the end (the last faults) of what a decoder prints; the rest is let go. */
const capture = (stderr: Readable): (() => string) => {
  let head = "";
  let tail = "";
  stderr.setEncoding("utf8").on("data", (text: string) => {
    const room = STDERR_HEAD_CHARACTERS - head.length;
    head += text.slice(0, room);
    tail = (tail + text.slice(room)).slice(-STDERR_TAIL_CHARACTERS);
  });
  return () => `${head}\n${tail}`;
};

/** A credible recording has at least this many bits a second; a header that claims more time than that is not believed. */
const LEAST_BITS_PER_SECOND = 4000;

const tooLong = (maxDurationMs: number): AppError =>
  new AppError("audio_too_long", {
    detail: `The recording is longer than ${Math.floor(maxDurationMs / MINUTE)} minutes: cut it into parts and send each.`,
  });

const refuseLongClaim = ({ durationMs }: DecoderNotes, { maxDurationMs, sizeBytes }: DecodeRequest): void => {
  if (durationMs === null || durationMs <= maxDurationMs) return;
  if ((sizeBytes * 8 * 1000) / durationMs >= LEAST_BITS_PER_SECOND) throw tooLong(maxDurationMs);
};

const BLOCK_BYTES = (SAMPLE_RATE_HZ / 2) * FRAME_BYTES;

/** Half seconds out of pipe chunks that end anywhere: what is made of a recording must not depend on the pipe. */
const toBlocks = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Float32Array> {
  let block = new Uint8Array(BLOCK_BYTES);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + BLOCK_BYTES - filled);
      block.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < BLOCK_BYTES) continue;
      yield new Float32Array(block.buffer);
      block = new Uint8Array(BLOCK_BYTES);
      filled = 0;
    }
  }
  const whole = filled - (filled % FRAME_BYTES);
  if (whole > 0) yield new Float32Array(block.buffer, 0, whole / Float32Array.BYTES_PER_ELEMENT);
};

/** The pipe's chunks; the decoder is killed when none comes for too long. */
const readWatched = async function* ({ child, stdout }: Stdio): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = stdout[Symbol.asyncIterator]();
  for (;;) {
    const watch = setTimeout(() => child.kill("SIGKILL"), STALL_TIMEOUT_MS);
    const next = await chunks.next().finally(() => clearTimeout(watch));
    if (next.done === true) return;
    yield next.value;
  }
};

const nothingPrinted = (): string => "";

/**
 * Decodes a recording in a process of its own. Memory stays bounded: the pipe holds the decoder back.
 * @throws AppError "audio_unreadable", "audio_empty", "audio_too_long", or "decoder_not_installed" without any decoder;
 * from the iteration of `blocks`.
 */
export const openDecoder = (request: DecodeRequest): Decoding => {
  let printed = nothingPrinted;
  const notes = (): DecoderNotes => readDecoderNotes(printed());
  const decode = async function* (): AsyncGenerator<Float32Array> {
    const decoder = await startDecoder(request);
    const closed = once(decoder.child, "close");
    printed = capture(decoder.stderr);
    const longest = (request.maxDurationMs / 1000) * SAMPLE_RATE_HZ;
    let frames = 0;
    try {
      for await (const block of toBlocks(readWatched(decoder))) {
        if (frames === 0) refuseLongClaim(notes(), request);
        frames += block.length / CHANNELS;
        if (frames > longest) throw tooLong(request.maxDurationMs);
        yield block;
      }
      await closed;
      if (frames === 0) throw refusal(printed(), decoder.child.exitCode);
    } finally {
      decoder.child.kill("SIGKILL");
    }
  };
  return { blocks: decode(), notes };
};
