import { open } from "node:fs/promises";

import type { NewAudio } from "@phonoscene/db";
import { AppError, AUDIO_FORMATS, crashPoint, newId, SNIFF_BYTES, sniffAudioFormat } from "@phonoscene/kernel";
import type { AudioStorage } from "@phonoscene/storage";

import type { UploadedFile } from "../../http/endpoint.ts";

const readHead = async (path: string): Promise<Uint8Array> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/** @throws AppError "audio_empty" or "audio_unreadable": refused before anything is stored. */
const checkFormat = async (file: UploadedFile): Promise<string> => {
  if (file.sizeBytes === 0) {
    throw new AppError("audio_empty", { detail: `The file "${file.filename}" is empty: send one with sound in it.` });
  }
  const format = sniffAudioFormat(await readHead(file.path));
  if (format !== null) return format;
  const taken = AUDIO_FORMATS.join(", ");
  throw new AppError("audio_unreadable", {
    detail: `The file "${file.filename}" is not a recording that can be read: its content is none of ${taken}.`,
  });
};

/**
 * Stores a received recording, then writes what it is for; when that cannot be written, the recording goes too.
 * @throws AppError "audio_empty" or "audio_unreadable"; whatever `write` throws.
 */
export const storeUpload = async <Row>(
  storage: AudioStorage,
  file: UploadedFile,
  { write, audioOf }: { write(audio: NewAudio): Promise<Row>; audioOf(row: Row): Pick<NewAudio, "storageKey"> | null },
): Promise<Row> => {
  const format = await checkFormat(file);
  const storageKey = `${newId()}.${format}`;
  await storage.adopt(file.path, storageKey);
  crashPoint("create/recording-stored");
  try {
    const row = await write({ filename: file.filename, format, sizeBytes: file.sizeBytes, storageKey });
    // A broken-off first request had made the row, with a copy of its own.
    if (audioOf(row)?.storageKey !== storageKey) await storage.delete(storageKey);
    return row;
  } catch (error) {
    await storage.delete(storageKey);
    throw error;
  }
};
