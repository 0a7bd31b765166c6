import type { TranscriptWithWords } from "@phonoscene/contracts";
import {
  changeTranscript,
  type Database,
  findTaskWithWords,
  type ItemFault,
  type OwnedTask,
  type TaskRow,
  type TranscriptChange,
} from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";

import { taskNotFound, toTranscriptWithWords } from "../tasks/index.ts";
import { revisionNotFound } from "./revision.ts";

const notReady = ({ status }: Pick<TaskRow, "status">): AppError => {
  const isOver = status === "completed" || status === "failed" || status === "canceled";
  const detail = isOver
    ? `This task is ${status} and has no transcript to change: run it again (POST /v1/tasks/{id}/retry).`
    : `The task is ${status}: its transcript can be changed once it is over. Cancel it, or wait.`;
  return new AppError("task/not-ready", { detail });
};

/** The transcript as it is. @throws AppError "task/not-found", "task/not-ready". */
export const readTranscript = async ({ db }: Database, task: OwnedTask): Promise<TranscriptWithWords> => {
  const row = await findTaskWithWords(db, task);
  if (row === null) throw taskNotFound();
  const transcript = toTranscriptWithWords(row);
  if (transcript === null) throw notReady(row);
  return transcript;
};

const invalid = ({ code, path, message }: ItemFault): AppError => {
  const fault = { path: `body.${path}`, code, message };
  return new AppError(code, { detail: `${fault.path}: ${message}`, errors: [fault] });
};

/**
 * Makes one change and gives the transcript as it then is.
 * @throws AppError with the code of what stands against it; "request/stale" carries the current transcript.
 */
export const changeAndRead = async (
  database: Database,
  task: OwnedTask & { version: number | undefined },
  change: TranscriptChange,
): Promise<TranscriptWithWords> => {
  const result = await changeTranscript(database.db, task, change);
  if (result.outcome === "changed") return readTranscript(database, task);
  if (result.outcome === "not-found") throw taskNotFound();
  if (result.outcome === "fault") throw invalid(result.fault);
  if (result.outcome === "no-revision" && change.kind === "restore") {
    throw revisionNotFound(change.version, result.current);
  }
  if (result.outcome === "stale") {
    const current = await readTranscript(database, task);
    const detail = `The transcript is at version ${current.version}: read it again, and change that.`;
    throw new AppError("request/stale", { detail, current });
  }
  const row = await findTaskWithWords(database.db, task);
  throw row === null ? taskNotFound() : notReady(row);
};
