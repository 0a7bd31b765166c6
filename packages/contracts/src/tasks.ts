import { z } from "zod";

import { Count, DurationMs, MAX_SENTENCE, MAX_WORD, NextCursor, shownList, shownText, Version } from "./bounds.ts";
import { GivenTranscript, oneSource } from "./given-transcript.ts";
import { FormMetadata, Metadata, MetadataFilter, Moment, SearchQuery } from "./metadata.ts";
import { FAILURE_CODES } from "./problems.ts";
import { isStorable, NOT_STORABLE } from "./stored-text.ts";
import { Prompt, Scene, Target, Transcript } from "./storyboard.ts";
import { Warning } from "./warnings.ts";

export const TASK_STATUSES = ["queued", "processing", "completed", "failed", "canceled"] as const;
export const TaskStatus = z.enum(TASK_STATUSES);
export type TaskStatus = z.infer<typeof TaskStatus>;
export const TERMINAL_STATUSES: readonly TaskStatus[] = ["completed", "failed", "canceled"];

export const STAGES = ["transcribing", "prompting"] as const;
export const Stage = z.enum(STAGES);
export type Stage = z.infer<typeof Stage>;

export const MAX_TEXT_CHARACTERS = 200_000;
export const MAX_PROMPTS = 200;

/** An integer ratio such as `16:9`, no wider or taller than 14:1. */
export const AspectRatio = z
  .string()
  .max(9)
  .regex(/^[1-9]\d{0,3}:[1-9]\d{0,3}$/, "An aspect ratio is two whole numbers with a colon, such as 16:9")
  .refine((ratio) => {
    const [width = 1, height = 1] = ratio.split(":").map(Number);
    return Math.max(width / height, height / width) <= 14;
  }, "An aspect ratio is at most 14:1")
  .meta({ example: "16:9" });

/** What a caller may choose about a storyboard; everything has a default. */
export const TaskOptions = z
  .strictObject({
    target: Target.default("midjourney").meta({ description: "The image generator to write for" }),
    count: z.int().min(1).max(MAX_PROMPTS).nullable().default(null).meta({
      description: "How many prompts; null lets the length decide",
    }),
    aspectRatio: AspectRatio.nullable().default(null),
    seed: z.int().min(0).max(4_294_967_295).default(0).meta({
      description: "Same text, options and seed: same prompts. Another seed: another style",
    }),
    style: z.string().trim().min(1).max(500).refine(isStorable, NOT_STORABLE).nullable().default(null).meta({
      description: "A style for the whole set, in place of the one the seed chooses",
    }),
    negative: z.string().trim().min(1).max(500).refine(isStorable, NOT_STORABLE).nullable().default(null).meta({
      description: "What must not be in the pictures, comma separated",
    }),
    instruction: z.string().trim().min(1).max(4000).refine(isStorable, NOT_STORABLE).nullable().default(null).meta({
      description: "A formula of your own (its slot names are read), or guidance for the language model",
    }),
  })
  .meta({ id: "TaskOptions" });
export type TaskOptions = z.infer<typeof TaskOptions>;

/** `auto`, or a BCP 47 tag. */
export const Language = z
  .string()
  .max(35)
  .regex(/^(auto|[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3})$/, "A language is `auto` or a BCP 47 tag such as en or pt-BR")
  .meta({ example: "en" });

export const TaskName = z.string().trim().min(1).max(200).refine(isStorable, NOT_STORABLE);

/** The JSON body of `POST /v1/tasks`. */
export const CreateTextTask = z
  .strictObject({
    text: z
      .string()
      .max(MAX_TEXT_CHARACTERS)
      .refine(isStorable, NOT_STORABLE)
      .refine((text) => text.trim() !== "", "The text is empty: give the words to illustrate")
      .meta({
        example: "At dawn the old fisherman rowed out past the lighthouse. By noon a storm had covered the sea.",
      })
      .optional(),
    transcript: GivenTranscript.optional(),
    name: TaskName.nullable().default(null),
    language: Language.default("auto"),
    metadata: Metadata.default({}),
    ...TaskOptions.shape,
  })
  .superRefine(oneSource)
  .meta({ id: "CreateTextTask", description: "Exactly one of `text` and `transcript`, with the options" });
export type CreateTextTask = z.infer<typeof CreateTextTask>;

/** The fields beside the file in a multipart `POST /v1/tasks`; numbers arrive as text. */
export const CreateAudioTask = z.strictObject({
  name: TaskName.nullable().default(null),
  language: Language.default("auto"),
  metadata: FormMetadata,
  ...TaskOptions.shape,
  count: z.coerce.number().pipe(z.int().min(1).max(MAX_PROMPTS)).nullable().default(null),
  seed: z.coerce.number().pipe(z.int().min(0).max(4_294_967_295)).default(0),
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

const instant = z.iso.datetime().meta({ example: "2026-11-22T10:00:00.000Z" });

export const TaskAudio = z
  .object({
    filename: shownText(MAX_SENTENCE),
    sizeBytes: z
      .int()
      .min(0)
      .max(2 ** 50),
    format: shownText(MAX_WORD).meta({ example: "mp3" }),
    durationMs: DurationMs.nullable(),
  })
  .meta({ id: "TaskAudio" });

export const Timings = z
  .object({
    queuedMs: DurationMs.nullable(),
    transcribingMs: DurationMs.nullable(),
    promptingMs: DurationMs.nullable(),
    totalMs: DurationMs.nullable(),
  })
  .meta({ id: "Timings", description: "How long each stage took; null where it did not end or was not needed" });
export type Timings = z.infer<typeof Timings>;

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
    warnings: shownList(Warning, 10_000),
    language: shownText(MAX_WORD).meta({ description: "As asked for; the transcript says what was found" }),
    options: TaskOptions,
    metadata: z.record(z.string(), shownText(500)),
    audio: TaskAudio.nullable(),
    speechEngine: shownText(MAX_WORD).nullable(),
    promptEngine: shownText(MAX_WORD).nullable(),
    usage: z
      .object({ model: shownText(MAX_WORD), inputTokens: Count, outputTokens: Count })
      .nullable()
      .meta({ description: "What the language model was used for this task" }),
    timings: Timings,
    version: Version,
    createdAt: instant,
    updatedAt: instant,
    completedAt: instant.nullable(),
    urls: z.object({ self: shownText(MAX_WORD), cancel: shownText(MAX_WORD) }),
    transcript: Transcript.nullable().optional().meta({ description: "With include=transcript" }),
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
