import { z } from "zod";

import { User } from "./accounts.ts";
import { ApiKey } from "./api-keys.ts";
import { Count, shownList, shownText } from "./bounds.ts";
import { defineEndpoint } from "./endpoint.ts";
import { PromptRevision } from "./prompts.ts";
import { Session } from "./sessions.ts";
import { Prompt, Scene, TranscriptWithWords } from "./storyboard.ts";
import { StreamedText } from "./streamed.ts";
import { MAX_TEXT_CHARACTERS, Task } from "./tasks.ts";
import { Webhook } from "./webhooks.ts";

/** The first line. */
export const ExportStart = z
  .object({
    object: z.literal("export.start"),
    format: z.literal(1).meta({ description: "Raised when a line changes in a way that a reader must know of" }),
    createdAt: z.iso.datetime(),
    notes: shownList(shownText(500), 20).meta({ description: "What is not in the export, and why" }),
  })
  .meta({ id: "ExportStart" });

export const ExportedPrompt = Prompt.extend({
  revisions: shownList(PromptRevision, 10_000).meta({ description: "Earlier words, the oldest first" }),
}).meta({ id: "ExportedPrompt" });

export const ExportedTask = Task.extend({
  text: shownText(MAX_TEXT_CHARACTERS)
    .nullable()
    .meta({ description: "What the task was made of; null for audio and given transcripts" }),
  transcript: TranscriptWithWords.nullable(),
  scenes: shownList(Scene, 10_000),
  prompts: shownList(ExportedPrompt, 500),
}).meta({ id: "ExportedTask" });

/** The last line: where it is missing, the export was broken off. */
export const ExportEnd = z
  .object({
    object: z.literal("export.end"),
    counts: z.object({ sessions: Count, apiKeys: Count, webhooks: Count, tasks: Count }),
  })
  .meta({ id: "ExportEnd", description: "The last line; without it the export is not whole" });

/** Each line is one of these; `object` tells which. */
export const ExportLine = z.discriminatedUnion("object", [
  ExportStart,
  User,
  Session,
  ApiKey,
  Webhook,
  ExportedTask,
  ExportEnd,
]);
export type ExportLine = z.infer<typeof ExportLine>;

export const EXPORT_MEDIA_TYPE = "application/x-ndjson";

export const exportAccount = defineEndpoint({
  method: "get",
  path: "/v1/me/export",
  operationId: "exportAccount",
  summary: "Download everything that the account owns",
  description:
    "One JSON object a line (NDJSON), streamed: `export.start`, the `user`, each `session` that is alive, each `apiKey` without the key, each `webhook` without its secret, each `task`, " +
    "the oldest first, with its text, transcript, scenes, prompts and their revisions, and `export.end` with the counts. No secrets. Recordings are " +
    "described, not contained. Tasks that are made or deleted meanwhile may or may not be in it.",
  tag: "Accounts",
  auth: "bearer",
  limit: "bulk",
  status: 200,
  response: StreamedText,
  streams: { [EXPORT_MEDIA_TYPE]: ExportLine },
  problems: [],
});

/** Each after those it is made of. */
export const EXPORT_SCHEMAS = [ExportStart, ExportedPrompt, ExportedTask, ExportEnd] as const;
