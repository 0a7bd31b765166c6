import { open, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { text as readAll } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { SUBTITLE_FORMATS, type SubtitleFormat } from "@phonoscene/contracts";
import { SNIFF_BYTES, sniffAudioFormat } from "@phonoscene/kernel";

import type { DemoSource } from "../arguments.ts";
import { UsageError } from "../exit-codes.ts";

export type DemoInput =
  | { kind: "text"; text: string; label: string }
  | { kind: "transcript"; format: SubtitleFormat; content: string; label: string }
  | { kind: "url"; url: string; label: string }
  | { kind: "audio"; path: string; label: string };

const SAMPLE = fileURLToPath(new URL("../../../../samples/the-lamp-keeper.mp3", import.meta.url));

/** Names that promise sound: such a file is sent as a recording, and the service says what is wrong with it. */
const AUDIO_EXTENSIONS = /\.(mp3|mp4|m4a|m4b|aac|wav|flac|ogg|oga|opus|webm|mov|mkv|aiff?|wma|amr)$/i;

const isAudioByContent = async (file: string): Promise<boolean> => {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return sniffAudioFormat(buffer.subarray(0, bytesRead)) !== null;
  } finally {
    await handle.close();
  }
};

/** The file as UTF-8 text, or null where its bytes are not text. */
const readText = async (file: string): Promise<string | null> => {
  const bytes = await readFile(file);
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
};

const readFileSource = async (file: string): Promise<DemoInput> => {
  const info = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`Cannot read ${file}: ${cause.code === "ENOENT" ? "there is no such file" : cause.message}.`, {
      cause,
    });
  });
  if (!info.isFile()) throw new UsageError(`${file} is not a file: give a recording or a text file.`);
  const label = path.basename(file);
  if (AUDIO_EXTENSIONS.test(file) || (await isAudioByContent(file))) return { kind: "audio", path: file, label };
  const text = await readText(file);
  if (text === null) return { kind: "audio", path: file, label };
  const extension = path.extname(file).slice(1).toLowerCase();
  const format = SUBTITLE_FORMATS.find((known) => known === extension);
  return format === undefined ? { kind: "text", text, label } : { kind: "transcript", format, content: text, label };
};

/**
 * What to submit. Relative paths start where the person typed the command.
 * @throws UsageError when the file is not there.
 */
export const readDemoInput = async (
  source: DemoSource,
  io: { cwd: string; stdin: NodeJS.ReadStream },
): Promise<DemoInput> => {
  if (source.kind === "sample")
    return { kind: "audio", path: SAMPLE, label: `the bundled sample, ${path.basename(SAMPLE)}` };
  if (source.kind === "text") return { kind: "text", text: source.text, label: "your text" };
  if (source.kind === "stdin") return { kind: "text", text: await readAll(io.stdin), label: "standard input" };
  if (source.kind === "url") return { ...source, label: source.url };
  return readFileSource(path.resolve(io.cwd, source.path));
};
