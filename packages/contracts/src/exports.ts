import { z } from "zod";

import { MAX_FILE, MAX_WORD, shownList, shownText, Version } from "./bounds.ts";
import { defineEndpoint } from "./endpoint.ts";
import { Prompt, Scene, TranscriptWithWords } from "./storyboard.ts";
import { StreamedText } from "./streamed.ts";
import { Target } from "./targets.ts";
import { TaskIdParams } from "./tasks.ts";

export const TRANSCRIPT_FORMATS = ["txt", "srt", "vtt", "json"] as const;
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];

export const STORYBOARD_FORMATS = ["json", "csv", "md", "srt", "chapters.json", "paste"] as const;
export type StoryboardFormat = (typeof STORYBOARD_FORMATS)[number];

/** The whole result of a task in one object: what `format=json` of a storyboard holds. */
export const Storyboard = z
  .object({
    object: z.literal("storyboard"),
    taskId: z.uuid(),
    name: shownText(200).nullable(),
    target: Target,
    engine: shownText(MAX_WORD).nullable().meta({ description: "Who wrote the prompts" }),
    scenes: shownList(Scene, 10_000),
    prompts: shownList(Prompt, 500),
  })
  .meta({ id: "Storyboard" });
export type Storyboard = z.infer<typeof Storyboard>;

/** Podcasting 2.0 chapters, version 1.2; times are seconds, as that format has them. */
export const Chapters = z
  .object({
    version: z.literal("1.2.0"),
    title: shownText(200).optional(),
    chapters: shownList(
      z.object({ startTime: z.number().min(0), endTime: z.number().min(0), title: shownText(1_000_000) }),
      10_000,
    ),
  })
  .meta({ id: "Chapters" });
export type Chapters = z.infer<typeof Chapters>;

const text = shownText(MAX_FILE);

export const exportTranscript = defineEndpoint({
  method: "get",
  path: "/v1/tasks/{id}/transcript",
  operationId: "exportTranscript",
  summary: "Download the transcript",
  description:
    "`txt`: one segment a line. `srt` and `vtt`: subtitles, for sources with times. `json`: the transcript as `include=transcript` has it, with the times of its words. " +
    "Where speakers are told apart each line names its own (`A: …`; in `vtt` a voice span). " +
    "`Content-Disposition` names the file after the task, `ETag` is for changes of the transcript.",
  tag: "Exports",
  auth: "bearer",
  scope: "tasks:read",
  params: TaskIdParams,
  query: z.strictObject({
    format: z.enum(TRANSCRIPT_FORMATS).default("json"),
    version: z.coerce.number().pipe(Version).optional().meta({ description: "An earlier version of it" }),
  }),
  status: 200,
  response: StreamedText,
  streams: {
    "application/json": TranscriptWithWords,
    "text/plain": text,
    "application/x-subrip": text,
    "text/vtt": text,
  },
  problems: ["request/invalid", "task/not-found", "task/not-ready", "task/no-times", "transcript/revision-not-found"],
});

export const exportStoryboard = defineEndpoint({
  method: "get",
  path: "/v1/tasks/{id}/storyboard",
  operationId: "exportStoryboard",
  summary: "Download the prompts with their scenes",
  description:
    "`csv`: RFC 4180, safe to open in a spreadsheet. `md`: for people. `srt`: prompts as subtitles. `chapters.json`: Podcasting 2.0 chapters, one a scene. " +
    "`paste`: one paste-ready line a prompt. `srt` and `chapters.json` need a source with times.",
  tag: "Exports",
  auth: "bearer",
  scope: "tasks:read",
  params: TaskIdParams,
  query: z.strictObject({ format: z.enum(STORYBOARD_FORMATS).default("json") }),
  status: 200,
  response: StreamedText,
  streams: {
    "application/json": Storyboard,
    "application/json+chapters": Chapters,
    "text/csv": text,
    "text/markdown": text,
    "application/x-subrip": text,
    "text/plain": text,
  },
  problems: ["request/invalid", "task/not-found", "task/not-ready", "task/no-times"],
});
