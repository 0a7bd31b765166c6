import type { TaskRow, TranscriptRevision } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";

type Transcript = NonNullable<TaskRow["transcript"]>;

/** The transcript as it was at an earlier version. */
export const withRevision = (
  transcript: Transcript,
  { language, engine, segments }: TranscriptRevision,
  version: number,
): Transcript => ({
  ...transcript,
  language,
  engine,
  version,
  text: segments.map(({ text }) => text).join(" "),
  segments: segments.map((segment) => ({ ...segment, taskId: transcript.taskId })),
});

export const revisionNotFound = (version: number, current: number): AppError =>
  new AppError("transcript/revision-not-found", {
    detail: `The transcript is at version ${current}, and version ${version} is not kept: GET /v1/tasks/{id}/transcript/revisions lists those that are.`,
  });
