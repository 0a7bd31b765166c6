import { z } from "zod";

import { AudioId, AudioUrl, MAX_AUDIO_URL_CHARACTERS } from "./audio.ts";
import { Count, DurationMs, MAX_SENTENCE, MAX_WORD, NextCursor, shownList, shownText, Version } from "./bounds.ts";
import { CancelReason, DeadlineMs } from "./deadlines.ts";
import { alignmentFault, FormTranscript, GivenTranscript, oneSource } from "./given-transcript.ts";
import { FormMetadata, Metadata, MetadataFilter, Moment, SearchQuery } from "./metadata.ts";
import { FormParameters } from "./midjourney.ts";
import { FAILURE_CODES } from "./problems.ts";
import { isStorable, NOT_STORABLE } from "./stored-text.ts";
import { Prompt, Scene, Transcript } from "./storyboard.ts";
import { consistentOptions, MAX_PROMPTS, SecondsPerScene, TaskOptions } from "./task-options.ts";
import { Warning } from "./warnings.ts";

export const TASK_STATUSES = ["queued", "processing", "completed", "failed", "canceled"] as const;
export const TaskStatus = z.enum(TASK_STATUSES);
export type TaskStatus = z.infer<typeof TaskStatus>;
export const TERMINAL_STATUSES: readonly TaskStatus[] = ["completed", "failed", "canceled"];

export const STAGES = ["transcribing", "prompting"] as const;
export const Stage = z.enum(STAGES);
export type Stage = z.infer<typeof Stage>;

export const MAX_TEXT_CHARACTERS = 200_000;

/** `auto`, or a BCP 47 tag. */
export const Language = z
  .string()
  .max(35)
  .regex(/^(auto|[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3})$/, "A language is `auto` or a BCP 47 tag such as en or pt-BR")
  .meta({ example: "en" });

export const TaskName = z.string().trim().min(1).max(200).refine(isStorable, NOT_STORABLE);

export const EXAMPLE_TEXT =
  "At dawn the old fisherman rowed out past the lighthouse. By noon a storm had covered the sea.";

/** The JSON body of `POST /v1/tasks`. */
export const CreateTextTask = z
  .strictObject({
    text: z
      .string()
      .max(MAX_TEXT_CHARACTERS)
      .refine(isStorable, NOT_STORABLE)
      .refine((text) => text.trim() !== "", "The text is empty: give the words to illustrate")
      .meta({ example: EXAMPLE_TEXT })
      .optional(),
    transcript: GivenTranscript.optional(),
    audioUrl: AudioUrl.optional(),
    audioId: AudioId.optional().meta({ description: "A recording that `POST /v1/audio` took, or another task's" }),
    name: TaskName.nullable().default(null),
    language: Language.default("auto"),
    metadata: Metadata.default({}),
    deadlineMs: DeadlineMs.optional(),
    ...TaskOptions.shape,
  })
  .superRefine(oneSource)
  .superRefine(consistentOptions)
  .meta({
    id: "CreateTextTask",
    description:
      "Exactly one of `text`, `transcript`, `audioUrl` and `audioId`, with the options; a recording may come with its transcript",
    example: { text: EXAMPLE_TEXT, name: "The storm", metadata: { project: "orchard" } },
  });
export type CreateTextTask = z.infer<typeof CreateTextTask>;

/** The fields beside the file in a multipart `POST /v1/tasks`; numbers arrive as text. */
export const CreateAudioTask = z
  .strictObject({
    name: TaskName.nullable().default(null),
    language: Language.default("auto"),
    transcript: FormTranscript.optional(),
    metadata: FormMetadata,
    deadlineMs: z.coerce.number().pipe(DeadlineMs).optional(),
    ...TaskOptions.shape,
    count: z.coerce.number().pipe(z.int().min(1).max(MAX_PROMPTS)).nullable().default(null),
    secondsPerScene: z.coerce.number().pipe(SecondsPerScene).nullable().default(null),
    seed: z.coerce.number().pipe(z.int().min(0).max(4_294_967_295)).default(0),
    parameters: FormParameters,
  })
  .superRefine(consistentOptions)
  .superRefine(({ transcript, language }, context) => {
    const fault = transcript && alignmentFault(transcript, language);
    if (fault) context.addIssue({ code: "custom", ...fault });
  });
export type CreateAudioTask = z.infer<typeof CreateAudioTask>;

export const TaskError = z
  .object({
    code: z.enum(FAILURE_CODES),
    message: shownText(MAX_SENTENCE).meta({ description: "What was wrong and what to do" }),
    stage: Stage.nullable(),
    retryable: z.boolean(),
  })
  .meta({ id: "TaskError" });
export type TaskError = z.infer<typeof TaskError>;

/** A sum over many calls. */
const CallTokens = z
  .int()
  .min(0)
  .max(2 ** 50);

const instant = z.iso.datetime().meta({ example: "2026-11-22T10:00:00.000Z" });

export const TaskAudio = z
  .object({
    id: AudioId.meta({ description: "Makes another task of the same recording, as `audioId`" }),
    filename: shownText(MAX_SENTENCE),
    sizeBytes: z
      .int()
      .min(0)
      .max(2 ** 50),
    format: shownText(MAX_WORD).meta({ example: "mp3" }),
    durationMs: DurationMs.nullable(),
  })
  .meta({ id: "TaskAudio", description: "null for a text, and until the worker has it from `audioUrl`" });

export const Timings = z
  .object({
    queuedMs: DurationMs.nullable(),
    transcribingMs: DurationMs.nullable(),
    promptingMs: DurationMs.nullable(),
    totalMs: DurationMs.nullable(),
  })
  .meta({ id: "Timings", description: "How long each stage took; null where it did not end or was not needed" });
export type Timings = z.infer<typeof Timings>;

const MAX_USD = 1_000_000_000;

/** Some or all calls were made to models without a price: what is known is summed up. */
const CostUsd = z.number().min(0).max(MAX_USD).nullable();

export const ProviderCalls = z
  .object({
    provider: shownText(MAX_WORD).meta({ example: "assemblyai" }),
    model: shownText(MAX_WORD),
    operation: shownText(MAX_WORD).meta({ example: "transcribe" }),
    count: Count,
    unknownCount: Count.meta({
      description:
        "Of these, calls whose answer was lost: they may have been charged for, and their estimate is in costUsd",
    }),
    audioMs: DurationMs.nullable(),
    inputTokens: CallTokens.nullable(),
    outputTokens: CallTokens.nullable(),
    costUsd: CostUsd.meta({ description: "At list prices; null where no price of the model is known" }),
  })
  .meta({ id: "ProviderCalls", description: "Calls of one kind to one model" });

/** Over all runs of a task: each paid call counts once. */
export const TaskUsage = z
  .object({ calls: shownList(ProviderCalls, 100), costUsd: CostUsd })
  .nullable()
  .meta({ description: "What providers were paid for, over all runs of the task; null where none was asked" });

export const Task = z
  .object({
    object: z.literal("task"),
    id: z.uuid(),
    kind: z.enum(["text", "audio"]),
    name: shownText(200).nullable(),
    status: TaskStatus,
    stage: Stage.nullable(),
    progress: z.number().min(0).max(1),
    error: TaskError.nullable(),
    cancelReason: CancelReason.nullable().meta({
      description: "Why a canceled task was canceled; null for all others",
    }),
    warnings: shownList(Warning, 10_000),
    language: shownText(MAX_WORD).meta({ description: "As asked for; the transcript says what was found" }),
    options: TaskOptions,
    metadata: z.record(z.string(), shownText(500)),
    audio: TaskAudio.nullable(),
    audioUrl: shownText(MAX_AUDIO_URL_CHARACTERS).nullable().meta({ description: "As it was given" }),
    speechEngine: shownText(MAX_WORD).nullable(),
    promptEngine: shownText(MAX_WORD).nullable(),
    usage: TaskUsage,
    timings: Timings,
    version: Version,
    createdAt: instant,
    updatedAt: instant,
    completedAt: instant.nullable(),
    deadlineAt: instant.nullable().meta({ description: "When the task is canceled, unless it is over by then" }),
    urls: z.object({ self: shownText(MAX_WORD), cancel: shownText(MAX_WORD), events: shownText(MAX_WORD) }),
    transcript: Transcript.nullable().optional(),
    scenes: shownList(Scene, 10_000).optional().meta({ description: "With include=scenes" }),
    prompts: shownList(Prompt, 500).optional().meta({ description: "With include=prompts" }),
  })
  .meta({ id: "Task" });
export type Task = z.infer<typeof Task>;

export const INCLUDES = ["transcript", "scenes", "prompts"] as const;
export type Include = (typeof INCLUDES)[number];

/** `include=prompts,transcript` as a list. */
export const IncludeQuery = z
  .string()
  .transform((list) => [...new Set(list.split(",").map((name) => name.trim()))].filter((name) => name !== ""))
  .pipe(z.array(z.enum(INCLUDES)))
  .default([])
  .meta({
    description: "Relations to expand, comma separated: transcript, scenes, prompts",
    type: "string",
    maxLength: 200,
    default: "",
    example: "prompts,transcript",
  });

export const TaskIdParams = z.strictObject({ id: z.uuid() });

export const ListTasksQuery = z.strictObject({
  limit: z.coerce.number().pipe(z.int().min(1).max(100)).default(20),
  cursor: z.string().max(500).optional(),
  order: z.enum(["asc", "desc"]).default("desc"),
  status: TaskStatus.optional(),
  kind: z.enum(["text", "audio"]).optional(),
  createdAfter: Moment.optional().meta({ description: "Only those made later than this" }),
  createdBefore: Moment.optional().meta({ description: "Only those made earlier than this" }),
  q: SearchQuery.optional().meta({
    description: "Words in the name, the text or the transcript; case does not matter",
  }),
  metadata: MetadataFilter,
  include: IncludeQuery,
});
export type ListTasksQuery = z.infer<typeof ListTasksQuery>;

export const TaskList = z
  .object({
    object: z.literal("list"),
    data: shownList(Task, 100),
    hasMore: z.boolean(),
    nextCursor: NextCursor,
  })
  .meta({ id: "TaskList" });
