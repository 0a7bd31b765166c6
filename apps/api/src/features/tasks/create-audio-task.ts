import type { CreateAudioTask } from "@phonoscene/contracts";
import { createTask, type Database, type TaskRow } from "@phonoscene/db";
import type { AudioStorage } from "@phonoscene/storage";

import type { UploadedFile } from "../../http/endpoint.ts";
import { storeUpload } from "../audio/index.ts";
import { readGivenWords } from "../subtitles/index.ts";

type Dependencies = { database: Database; storage: AudioStorage };
type AudioTask = {
  id: string;
  userId: string;
  file: UploadedFile;
  fields: CreateAudioTask;
  deadlineMs: number | undefined;
};

/** Stores the recording, then the task with its job. @throws AppError "audio_empty" or "audio_unreadable". */
export const createAudioTask = (
  { database, storage }: Dependencies,
  { id, userId, file, fields, deadlineMs }: AudioTask,
): Promise<TaskRow> => {
  const { name, language, transcript, metadata, deadlineMs: _given, ...options } = fields;
  const givenSegments = transcript && readGivenWords(transcript);
  const task = { id, userId, name, language, metadata, options, givenSegments, deadlineMs };
  return storeUpload(storage, file, {
    write: (audio) => createTask(database.db, { ...task, source: { kind: "audio", audio } }),
    audioOf: (row) => row.audio,
  });
};
