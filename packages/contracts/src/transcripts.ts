import { z } from "zod";

import { Count, MAX_WORD, NextCursor, shownList, shownText, Version } from "./bounds.ts";
import { defineEndpoint } from "./endpoint.ts";
import { LanguageTag, MAX_TRANSCRIPT_MS, MAX_TRANSCRIPT_SEGMENTS } from "./given-transcript.ts";
import { storedText } from "./stored-text.ts";
import { TranscriptWithWords } from "./storyboard.ts";
import { TaskIdParams } from "./tasks.ts";

/** A transcript keeps so many of its earlier versions, the newest. */
export const MAX_TRANSCRIPT_REVISIONS = 50;

const SegmentId = z.int().min(0).max(1_000_000);
const timeMs = z.int().min(0).max(MAX_TRANSCRIPT_MS);

const CHANGES = ["text", "speaker", "startMs", "endMs"] as const;

export const SegmentChange = z
  .strictObject({
    id: SegmentId.optional().meta({ description: "The segment to change or delete; left out for one that is added" }),
    delete: z.literal(true).optional(),
    afterId: SegmentId.nullable()
      .optional()
      .meta({ description: "Where an added one goes: behind this segment; null for the beginning" }),
    text: storedText(10_000).optional(),
    speaker: storedText(MAX_WORD).nullable().optional(),
    startMs: timeMs.optional(),
    endMs: timeMs.optional(),
  })
  .superRefine((change, context) => {
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: "custom", path: [field], message });
    const named = CHANGES.filter((field) => change[field] !== undefined);
    if (change.id === undefined) {
      if (change.delete === true) refuse("delete", "Only a segment with an id can be deleted");
      if (change.afterId === undefined)
        refuse("afterId", "Say behind which segment it goes, or null for the beginning");
      if (change.text === undefined) refuse("text", "A segment without an id is added: give its text");
      return;
    }
    if (change.afterId !== undefined) refuse("afterId", "Only a segment that is added (without an id) has a place");
    if (change.delete !== true && named.length === 0) refuse("id", "Name at least one field to change");
    for (const field of change.delete === true ? named : []) {
      refuse(field, "A segment that is deleted cannot be changed as well");
    }
  })
  .meta({
    id: "SegmentChange",
    description: "With id: change or delete that segment. Without: add one. Segments that are not named stay.",
  });
export type SegmentChange = z.infer<typeof SegmentChange>;

export const EditTranscript = z
  .strictObject({
    language: LanguageTag.optional().meta({ description: "BCP 47 tag of the words", example: "en" }),
    segments: z
      .array(SegmentChange)
      .min(1, "Name at least one segment")
      .max(MAX_TRANSCRIPT_SEGMENTS, `One call takes at most ${MAX_TRANSCRIPT_SEGMENTS} changes`)
      .optional(),
  })
  .refine((edit) => Object.keys(edit).length > 0, "Name at least one field to change")
  .meta({
    id: "EditTranscript",
    example: { segments: [{ id: 0, text: "At dawn she rowed out." }] },
  });
export type EditTranscript = z.infer<typeof EditTranscript>;

export const RestoreTranscript = z
  .strictObject({ version: Version })
  .meta({ id: "RestoreTranscript", example: { version: 1 } });

export const TranscriptRevision = z
  .object({
    version: Version,
    language: shownText(MAX_WORD),
    engine: shownText(MAX_WORD),
    segmentCount: Count,
    createdAt: z.iso.datetime().meta({ description: "When it was replaced" }),
  })
  .meta({ id: "TranscriptRevision", description: "An earlier transcript; `?version=` of the download has its words" });

export const TranscriptRevisionList = z
  .object({
    object: z.literal("list"),
    data: shownList(TranscriptRevision, MAX_TRANSCRIPT_REVISIONS),
    hasMore: z.boolean(),
    nextCursor: NextCursor,
  })
  .meta({ id: "TranscriptRevisionList" });

const READ = ["request/invalid", "task/not-found", "task/not-ready"] as const;
const WRITE = [...READ, "request/malformed", "request/unsupported-media-type", "request/stale"] as const;

const OPTIMISTIC =
  "With `If-Match` and the transcript's `ETag`, one that has changed since answers 412 with the current transcript. " +
  "Scenes and prompts stay as they are: `POST /v1/tasks/{id}/retry` writes them anew from these words, and only its `from: transcribing` replaces them.";

export const editTranscript = defineEndpoint({
  method: "patch",
  path: "/v1/tasks/{id}/transcript",
  operationId: "editTranscript",
  summary: "Correct a transcript",
  description:
    "Changes, deletes and adds segments, all or none; `id` is a segment's place in the version that was read, and they are numbered anew afterwards. " +
    "Words of a changed segment are laid over its time by their length. The task must be over. " +
    OPTIMISTIC,
  tag: "Tasks",
  auth: "bearer",
  scope: "tasks:write",
  params: TaskIdParams,
  body: EditTranscript,
  maxBodyBytes: 2_000_000,
  status: 200,
  response: TranscriptWithWords,
  problems: [...WRITE, "request/too-large"],
});

export const listTranscriptRevisions = defineEndpoint({
  method: "get",
  path: "/v1/tasks/{id}/transcript/revisions",
  operationId: "listTranscriptRevisions",
  summary: "What a transcript was before, newest first",
  description: `All of them in one page: a transcript keeps its last ${MAX_TRANSCRIPT_REVISIONS}.`,
  tag: "Tasks",
  auth: "bearer",
  scope: "tasks:read",
  params: TaskIdParams,
  status: 200,
  response: TranscriptRevisionList,
  problems: READ,
});

export const restoreTranscript = defineEndpoint({
  method: "post",
  path: "/v1/tasks/{id}/transcript/restore",
  operationId: "restoreTranscript",
  summary: "Give a transcript the words of an earlier version",
  description: `What is replaced becomes a revision too. ${OPTIMISTIC}`,
  tag: "Tasks",
  auth: "bearer",
  scope: "tasks:write",
  params: TaskIdParams,
  body: RestoreTranscript,
  status: 200,
  response: TranscriptWithWords,
  problems: [...WRITE, "transcript/revision-not-found"],
});

export const TRANSCRIPT_ENDPOINTS = [editTranscript, listTranscriptRevisions, restoreTranscript] as const;
