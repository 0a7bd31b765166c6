import { FAILURE_CODES, type Task, TaskUsage, TranscriptWithWords, WordTiming } from "@phonoscene/contracts";
import type { TaskRow } from "@phonoscene/db";
import { z } from "zod";

import { toPromptView } from "../prompts/index.ts";

const between = (from: Date | null, to: Date | null): number | null =>
  from === null || to === null ? null : Math.max(0, to.getTime() - from.getTime());

// Made once: making a schema costs far more than using it.
const FailureCode = z.enum(FAILURE_CODES);
const StoredWordTiming = WordTiming.nullable();
/** As earlier versions stored it. */
const EarlierUsage = z.object({ model: z.string(), inputTokens: z.int(), outputTokens: z.int() });
const StoredUsage = z.union([
  TaskUsage,
  EarlierUsage.transform(({ model, inputTokens, outputTokens }): z.infer<typeof TaskUsage> => {
    const tokens = { audioMs: null, inputTokens, outputTokens, costUsd: null };
    const calls = [{ provider: "openai", model, operation: "write", count: 1, unknownCount: 0, ...tokens }];
    return { calls, costUsd: null };
  }),
]);

type ErrorColumns = Pick<TaskRow, "errorCode" | "errorMessage" | "errorStage" | "errorRetryable">;

/** Why a task failed, or null. */
export const toErrorView = (row: ErrorColumns): Task["error"] => {
  if (row.errorCode === null) return null;
  return {
    code: FailureCode.parse(row.errorCode),
    message: row.errorMessage ?? "",
    stage: row.errorStage,
    retryable: row.errorRetryable ?? false,
  };
};

const toTranscript = (transcript: TaskRow["transcript"]): Task["transcript"] =>
  transcript && {
    language: transcript.language,
    text: transcript.text,
    engine: transcript.engine,
    durationMs: transcript.durationMs,
    version: transcript.version,
    wordTiming: StoredWordTiming.parse(transcript.wordTiming),
    segments: transcript.segments.map(({ position, startMs, endMs, text, confidence, speaker }) => ({
      id: position,
      startMs,
      endMs,
      text,
      confidence,
      speaker,
    })),
  };

/** Not parsed yet. */
type TaskView = z.input<typeof Task>;

/**
 * What a client sees of a task row; relations only where they were asked for. The contract parses it on the way out, where
 * nothing else does, with what the JSON columns hold: to do so here as well took as long as a third of that.
 */
export const toTaskView = (row: TaskRow): TaskView => ({
  object: "task",
  id: row.id,
  kind: row.kind,
  name: row.name,
  status: row.status,
  // A queued task may know the stage that it starts at; to a client it is in none yet.
  stage: row.status === "processing" ? row.stage : null,
  progress: row.progress,
  error: toErrorView(row),
  cancelReason: row.cancelReason,
  // Here and below: as a contract had it when it was stored.
  warnings: row.warnings as TaskView["warnings"],
  language: row.language,
  options: row.options as TaskView["options"],
  metadata: row.metadata as TaskView["metadata"],
  audio: row.audio && {
    id: row.audio.id,
    filename: row.audio.filename,
    sizeBytes: row.audio.sizeBytes,
    format: row.audio.format,
    durationMs: row.audio.durationMs,
  },
  audioUrl: row.audioUrl,
  speechEngine: row.speechEngine,
  promptEngine: row.promptEngine,
  usage: StoredUsage.parse(row.usage),
  timings: {
    queuedMs: between(row.createdAt, row.startedAt),
    transcribingMs: between(row.startedAt, row.transcribedAt),
    promptingMs: between(row.promptingAt, row.completedAt),
    totalMs: between(row.createdAt, row.completedAt),
  },
  version: row.version,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  completedAt: row.completedAt?.toISOString() ?? null,
  deadlineAt: row.deadlineAt?.toISOString() ?? null,
  urls: {
    self: `/v1/tasks/${row.id}`,
    cancel: `/v1/tasks/${row.id}/cancel`,
    events: `/v1/tasks/${row.id}/events`,
  },
  ...(row.transcript !== undefined && { transcript: toTranscript(row.transcript) ?? null }),
  ...(row.scenes !== undefined && { scenes: row.scenes }),
  ...(row.prompts !== undefined && { prompts: row.prompts.map(toPromptView) }),
});

/** The transcript with the times of its words, for downloads; null where there is none. */
export const toTranscriptWithWords = (row: Pick<TaskRow, "transcript">): TranscriptWithWords | null => {
  const transcript = toTranscript(row.transcript);
  if (!transcript) return null;
  const segments = transcript.segments.map((segment, at) => ({
    ...segment,
    words: row.transcript?.segments[at]?.words ?? null,
  }));
  return TranscriptWithWords.parse({ ...transcript, segments });
};
