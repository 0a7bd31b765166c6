import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";

/** Sound to send: a file of this machine, or bytes. */
export type Sound =
  | { kind: "file"; filePath: string; sizeBytes: number; extension: string }
  | { kind: "bytes"; bytes: Buffer; extension: string };

export type MultipartBody = { contentType: string; sizeBytes: number; stream: Readable };

const sizeOf = (sound: Sound): number => (sound.kind === "file" ? sound.sizeBytes : sound.bytes.length);

/**
 * `multipart/form-data` (RFC 7578) with the fields, then the sound under `file`, as a stream of known length. A file is
 * read as it is sent. The fields' values are ours or checked: none has a line of its own.
 */
export const toMultipart = (
  fields: readonly (readonly [name: string, value: string])[],
  sound: Sound,
): MultipartBody => {
  const boundary = `phonoscene-${randomBytes(16).toString("hex")}`;
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const intro = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="audio.${sound.extension}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  const head = Buffer.from(parts.join("") + intro);
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const pieces = async function* (): AsyncGenerator<Buffer> {
    yield head;
    if (sound.kind === "bytes") yield sound.bytes;
    // The stream's chunks are buffers: it has no encoding.
    else for await (const chunk of createReadStream(sound.filePath)) yield chunk as Buffer;
    yield tail;
  };
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    sizeBytes: head.length + sizeOf(sound) + tail.length,
    stream: Readable.from(pieces(), { objectMode: false }),
  };
};
