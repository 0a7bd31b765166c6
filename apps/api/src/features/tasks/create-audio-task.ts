import { open } from "node:fs/promises";

import type { CreateAudioTask } from "@phonoscene/contracts";
import { createTask, type Database, type TaskRow } from "@phonoscene/db";
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

type Dependencies = { database: Database; storage: AudioStorage };
type AudioTask = {
  id: string;
  userId: string;
  file: UploadedFile;
  fields: CreateAudioTask;
  deadlineMs: number | undefined;
};

/** Stores the recording, then the task with its job; when the task cannot be written, the recording goes too. */
export const createAudioTask = async (
  deps: Dependencies,
  { id, userId, file, fields, deadlineMs }: AudioTask,
): Promise<TaskRow> => {
  const format = await checkFormat(file);
  const storageKey = `${newId()}.${format}`;
  const { name, language, metadata, deadlineMs: _given, ...options } = fields;
  await deps.storage.adopt(file.path, storageKey);
  crashPoint("create/recording-stored");
  try {
    const audio = { filename: file.filename, format, sizeBytes: file.sizeBytes, storageKey };
    const task = await createTask(deps.database.db, {
      id,
      userId,
      name,
      language,
      metadata,
      options,
      deadlineMs,
      source: { kind: "audio", audio },
    });
    // A broken-off first request had made the task, with a copy of its own.
    if (task.audio?.storageKey !== storageKey) await deps.storage.delete(storageKey);
    return task;
  } catch (error) {
    await deps.storage.delete(storageKey);
    throw error;
  }
};
