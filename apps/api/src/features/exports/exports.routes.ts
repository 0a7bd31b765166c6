import {
  exportStoryboard,
  exportTranscript,
  type Include,
  Storyboard,
  type StoryboardFormat,
  type StreamedText,
  Task,
  type TranscriptFormat,
  type TranscriptWithWords,
} from "@phonoscene/contracts";
import {
  type Database,
  findTask,
  findTaskWithWords,
  findTranscriptRevision,
  type OwnedTask,
  type TaskRow,
} from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { etagOf } from "../../http/etag.ts";
import { taskNotFound, toTaskView, toTranscriptWithWords } from "../tasks/index.ts";
import { revisionNotFound, withRevision } from "../transcripts/index.ts";
import { attachment } from "./file-name.ts";
import { toChapters } from "./formats/chapters.ts";
import { toCsv } from "./formats/csv.ts";
import { toJson } from "./formats/json.ts";
import { toLines } from "./formats/lines.ts";
import { toMarkdown } from "./formats/markdown.ts";
import { type Cue, spokenBy, toSrt, toVtt } from "./formats/subtitles.ts";

type Timed = { startMs: number | null; endMs: number | null; text: string; speaker?: string | null | undefined };

/** How one format is written: its media type, its file extension, and its writer. */
type Format<Source> = { mediaType: string; extension: string; write(source: Source): StreamedText["chunks"] };

/** @throws AppError "task/no-times" where none of them has times. */
const toCues = (items: readonly Timed[]): Cue[] => {
  const cues = items.flatMap(({ startMs, endMs, text, speaker = null }) =>
    startMs === null || endMs === null ? [] : [{ startMs, endMs, text, speaker }],
  );
  if (cues.length > 0) return cues;
  throw new AppError("task/no-times", {
    detail:
      "This task was made from a text, which has no times. Choose a format without times, or send audio or a transcript with times.",
  });
};

const promptCues = ({ prompts }: Storyboard): Cue[] =>
  toCues(prompts.map(({ startMs, endMs, content }) => ({ startMs, endMs, text: content })));

const TRANSCRIPT: Record<TranscriptFormat, Format<TranscriptWithWords>> = {
  txt: {
    mediaType: "text/plain",
    extension: "txt",
    write: ({ segments }) => toLines(segments.map(spokenBy)),
  },
  srt: { mediaType: "application/x-subrip", extension: "srt", write: ({ segments }) => toSrt(toCues(segments)) },
  vtt: { mediaType: "text/vtt", extension: "vtt", write: ({ segments }) => toVtt(toCues(segments)) },
  json: { mediaType: "application/json", extension: "transcript.json", write: toJson },
};

const STORYBOARD: Record<StoryboardFormat, Format<Storyboard>> = {
  json: { mediaType: "application/json", extension: "storyboard.json", write: toJson },
  csv: { mediaType: "text/csv", extension: "csv", write: toCsv },
  md: { mediaType: "text/markdown", extension: "md", write: toMarkdown },
  srt: { mediaType: "application/x-subrip", extension: "prompts.srt", write: (board) => toSrt(promptCues(board)) },
  "chapters.json": {
    mediaType: "application/json+chapters",
    extension: "chapters.json",
    write: (board) => {
      toCues(board.scenes.map(({ excerpt, ...times }) => ({ ...times, text: excerpt })));
      return toChapters(board);
    },
  },
  paste: {
    mediaType: "text/plain",
    extension: "prompts.txt",
    write: ({ prompts }) => toLines(prompts.map(({ content }) => content)),
  },
};

const notReady = (task: TaskRow, what: string): AppError => {
  const isOver = task.status === "failed" || task.status === "canceled";
  const detail = isOver
    ? `This task is ${task.status} and has no ${what}; nothing will come. Make another one.`
    : `This task has no ${what} yet: it is ${task.stage ?? task.status}. Ask again when its status is completed.`;
  return new AppError("task/not-ready", { detail, ...(!isOver && { retryAfterMs: 1000 }) });
};

/** `take.mp3` without its ending, for tasks without a name. */
const stemOf = (filename: string): string => filename.replace(/\.[^.]*$/u, "");

const disposition = (task: TaskRow, extension: string): string =>
  attachment(task.name ?? stemOf(task.audio?.filename ?? ""), { fallback: `task-${task.id}`, extension });

const toStoryboard = (row: TaskRow): Storyboard => {
  const { id, name, options, promptEngine, scenes, prompts } = Task.parse(toTaskView(row));
  return Storyboard.parse({
    object: "storyboard",
    taskId: id,
    name,
    target: options.target,
    engine: promptEngine,
    scenes,
    prompts,
  });
};

/** Downloads. One statement reads what is exported; the file is then written piece by piece. */
export const exportRoutes = ({ database: { db } }: { database: Database }): Route[] => {
  const find = async (where: { id: string; userId: string }, include: Include[]): Promise<TaskRow> => {
    const task = await findTask(db, where, include);
    if (task === null) throw taskNotFound();
    return task;
  };
  const atVersion = async (task: TaskRow, where: OwnedTask, version: number | undefined): Promise<TaskRow> => {
    const { transcript } = task;
    if (!transcript || version === undefined || version === transcript.version) return task;
    const revision = await findTranscriptRevision(db, where, version);
    if (revision !== null) return { ...task, transcript: withRevision(transcript, revision, version) };
    throw revisionNotFound(version, transcript.version);
  };
  return [
    endpoint(exportTranscript, async ({ user, params, query, setHeader }) => {
      const where = { id: params.id, userId: user.id };
      const task = query.format === "json" ? await findTaskWithWords(db, where) : await find(where, ["transcript"]);
      if (task === null) throw taskNotFound();
      const transcript = toTranscriptWithWords(await atVersion(task, where, query.version));
      if (transcript === null) throw notReady(task, "transcript");
      const { mediaType, extension, write } = TRANSCRIPT[query.format];
      const chunks = write(transcript);
      setHeader("Content-Disposition", disposition(task, extension));
      if (query.format === "json") setHeader("ETag", etagOf(transcript));
      return { mediaType, chunks };
    }),

    endpoint(exportStoryboard, async ({ user, params, query, setHeader }) => {
      const task = await find({ id: params.id, userId: user.id }, ["scenes", "prompts"]);
      if (task.prompts === undefined || task.prompts.length === 0) throw notReady(task, "prompts");
      const { mediaType, extension, write } = STORYBOARD[query.format];
      const chunks = write(toStoryboard(task));
      setHeader("Content-Disposition", disposition(task, extension));
      return { mediaType, chunks };
    }),
  ];
};
