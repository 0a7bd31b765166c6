import { z } from "zod";

/** 10 hours, as for recordings. */
export const MAX_TRANSCRIPT_MS = 10 * 60 * 60 * 1000;
export const MAX_TRANSCRIPT_SEGMENTS = 20_000;
/** About as many as ten hours of speech have. */
export const MAX_TRANSCRIPT_CHARACTERS = 1_000_000;

/** The whole body is at most 2 MB. */
const MAX_SUBTITLE_CHARACTERS = 2_000_000;

export const SUBTITLE_FORMATS = ["srt", "vtt", "lrc"] as const;
export type SubtitleFormat = (typeof SUBTITLE_FORMATS)[number];

const withinLimit = z.int().min(0).max(MAX_TRANSCRIPT_MS, "A time is at most 10 hours (36000000 ms)");

/** Files hold what they hold: characters that cannot be stored are taken out, not refused. */
const ANY_TEXT = { pattern: "^" };

export const LanguageTag = z
  .string()
  .max(35)
  .regex(/^(auto|[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3})$/, "A language is `auto` or a BCP 47 tag such as en");

export const GivenSegment = z
  .strictObject({
    startMs: withinLimit,
    endMs: withinLimit,
    text: z
      .string()
      .max(10_000)
      .refine((text) => text.trim() !== "", "The segment has no words: leave it out")
      .meta(ANY_TEXT),
  })
  .meta({ id: "GivenSegment", example: { startMs: 0, endMs: 2400, text: "At dawn she rowed out." } });
export type GivenSegment = z.infer<typeof GivenSegment>;

type Fault = { path: (string | number)[]; message: string };

const fault = ({ issues }: z.core.ParsePayload, { path, message }: Fault, input: unknown): void => {
  issues.push({ code: "custom", path, message, input });
};

const inOrder = (payload: z.core.ParsePayload<GivenSegment[]>): void => {
  let characters = 0;
  for (const [index, { startMs, endMs, text }] of payload.value.entries()) {
    const previous = payload.value[index - 1];
    characters += text.length;
    if (endMs <= startMs) {
      fault(payload, { path: [index, "endMs"], message: `Segment ${index} ends before it has begun` }, endMs);
    }
    if (previous !== undefined && startMs < previous.startMs) {
      const message = `Segment ${index} starts before segment ${index - 1}: sort them by startMs`;
      fault(payload, { path: [index, "startMs"], message }, startMs);
    }
  }
  if (characters > MAX_TRANSCRIPT_CHARACTERS) {
    fault(payload, { path: [], message: `A transcript has at most ${MAX_TRANSCRIPT_CHARACTERS} characters` }, null);
  }
};

/** A transcript that the caller has already: as segments, or as the text of a subtitle or lyrics file. */
export const GivenTranscript = z
  .strictObject({
    segments: z
      .array(GivenSegment)
      .min(1, "A transcript has at least one segment")
      .max(MAX_TRANSCRIPT_SEGMENTS, `A transcript has at most ${MAX_TRANSCRIPT_SEGMENTS} segments`)
      .check(inOrder)
      .optional()
      .meta({ description: "Ordered by startMs; each ends after it starts" }),
    format: z.enum(SUBTITLE_FORMATS).optional().meta({ description: "What `content` is written in" }),
    content: z
      .string()
      .max(MAX_SUBTITLE_CHARACTERS)
      .optional()
      .meta({
        ...ANY_TEXT,
        description: "The whole file, as text",
      }),
    language: LanguageTag.optional().meta({
      description: "BCP 47 tag of the words; `language` of the task where left out",
      example: "en",
    }),
  })
  .superRefine(({ segments, format, content }, context) => {
    const hasFile = format !== undefined || content !== undefined;
    if ((segments !== undefined) === hasFile) {
      const message = "Give either `segments`, or `format` and `content`";
      context.addIssue({ code: "custom", message });
    } else if (hasFile && format === undefined) {
      context.addIssue({ code: "custom", path: ["format"], message: "Say what the content is: srt, vtt or lrc" });
    } else if (hasFile && content === undefined) {
      context.addIssue({ code: "custom", path: ["content"], message: "Give the file's text" });
    }
  })
  .meta({
    id: "GivenTranscript",
    description: "A transcript of your own instead of audio: either `segments`, or `format` and `content`",
  });
export type GivenTranscript = z.infer<typeof GivenTranscript>;

type Sources = {
  text?: string | undefined;
  transcript?: GivenTranscript | undefined;
  audioUrl?: string | undefined;
  audioId?: string | undefined;
  language: string;
};

/** A refinement: exactly one source, and one language at most. */
export const oneSource = (sources: Sources, context: z.RefinementCtx): void => {
  const { text, transcript, audioUrl, audioId, language } = sources;
  const [first, second] = Object.entries({ text, transcript, audioUrl, audioId }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  if (first === undefined) {
    const message = "Give what to illustrate: `text`, a `transcript` with times, an `audioUrl` or an `audioId`";
    context.addIssue({ code: "custom", path: ["text"], message });
  } else if (second !== undefined) {
    context.addIssue({
      code: "custom",
      path: [second],
      message: `Give either \`${first}\` or \`${second}\`, not both`,
    });
  }
  if (transcript?.language !== undefined && language !== "auto" && transcript.language !== language) {
    const message = `The task says "${language}": give the language once`;
    context.addIssue({ code: "custom", path: ["transcript", "language"], message });
  }
};
