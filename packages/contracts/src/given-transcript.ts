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
    startMs: withinLimit.optional(),
    endMs: withinLimit.optional(),
    text: z
      .string()
      .max(10_000)
      .refine((text) => text.trim() !== "", "The segment has no words: leave it out")
      .meta(ANY_TEXT),
  })
  .refine(({ startMs, endMs }) => (startMs === undefined) === (endMs === undefined), "Give both times, or neither")
  .meta({
    id: "GivenSegment",
    description: "Without times only beside its recording, in which the words are then found",
    example: { startMs: 0, endMs: 2400, text: "At dawn she rowed out." },
  });
export type GivenSegment = z.infer<typeof GivenSegment>;

type Fault = { path: (string | number)[]; message: string };

const fault = ({ issues }: z.core.ParsePayload, { path, message }: Fault, input: unknown): void => {
  issues.push({ code: "custom", path, message, input });
};

const inOrder = (payload: z.core.ParsePayload<GivenSegment[]>): void => {
  let characters = 0;
  for (const [index, { startMs, endMs, text }] of payload.value.entries()) {
    const previousMs = payload.value[index - 1]?.startMs;
    characters += text.length;
    if (startMs === undefined || endMs === undefined) continue;
    if (endMs <= startMs) {
      fault(payload, { path: [index, "endMs"], message: `Segment ${index} ends before it has begun` }, endMs);
    }
    if (previousMs !== undefined && startMs < previousMs) {
      const message = `Segment ${index} starts before segment ${index - 1}: sort them by startMs`;
      fault(payload, { path: [index, "startMs"], message }, startMs);
    }
  }
  if (characters > MAX_TRANSCRIPT_CHARACTERS) {
    fault(payload, { path: [], message: `A transcript has at most ${MAX_TRANSCRIPT_CHARACTERS} characters` }, null);
  }
};

/** A transcript that the caller has already: as segments, as plain text, or as the text of a subtitle or lyrics file. */
export const GivenTranscript = z
  .strictObject({
    segments: z
      .array(GivenSegment)
      .min(1, "A transcript has at least one segment")
      .max(MAX_TRANSCRIPT_SEGMENTS, `A transcript has at most ${MAX_TRANSCRIPT_SEGMENTS} segments`)
      .check(inOrder)
      .optional()
      .meta({ description: "Ordered by startMs; each ends after it starts" }),
    text: z
      .string()
      .max(MAX_TRANSCRIPT_CHARACTERS)
      .refine((text) => text.trim() !== "", "The text is empty: give the words of the recording")
      .optional()
      .meta({ ...ANY_TEXT, description: "All that is said in the recording that comes with it" }),
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
  .superRefine(({ segments, text, format, content }, context) => {
    const hasFile = format !== undefined || content !== undefined;
    if ([segments !== undefined, text !== undefined, hasFile].filter(Boolean).length !== 1) {
      const message = "Give one of `segments`, `text`, and `format` with `content`";
      context.addIssue({ code: "custom", message });
    } else if (hasFile && format === undefined) {
      context.addIssue({ code: "custom", path: ["format"], message: "Say what the content is: srt, vtt or lrc" });
    } else if (hasFile && content === undefined) {
      context.addIssue({ code: "custom", path: ["content"], message: "Give the file's text" });
    }
  })
  .meta({
    id: "GivenTranscript",
    description:
      "A transcript of your own: `segments`, or `format` and `content`, in place of audio; beside its recording also `text`, or segments without times: each word is then found in the recording (English only), and times that are given are found anew",
  });
export type GivenTranscript = z.infer<typeof GivenTranscript>;

/** What begins as an object is one; anything else is what somebody says. */
const fromForm = (field: string): unknown => {
  if (!field.trimStart().startsWith("{")) return { text: field };
  try {
    return JSON.parse(field);
  } catch (error) {
    if (error instanceof SyntaxError) return { text: field };
    throw error;
  }
};

/** In a form: one field with JSON, or the words themselves. */
export const FormTranscript = z
  .preprocess((input) => (typeof input === "string" ? fromForm(input) : input), GivenTranscript)
  .meta({ description: "The words of the recording: plain text, or a `GivenTranscript` as JSON" });

type Sources = {
  text?: string | undefined;
  transcript?: GivenTranscript | undefined;
  audioUrl?: string | undefined;
  audioId?: string | undefined;
  language: string;
};

type Place = { path: (string | number)[]; message: string };

/** Without its recording a transcript needs times. */
const needsTimes = ({ segments, text }: GivenTranscript): Place | null => {
  const message =
    "Without times a transcript needs its recording: add an `audioUrl` or an `audioId`, send both as multipart, or give the words as the task's `text`";
  if (text !== undefined) return { path: ["transcript", "text"], message };
  const index = (segments ?? []).findIndex(({ startMs }) => startMs === undefined);
  return index === -1 ? null : { path: ["transcript", "segments", index, "startMs"], message };
};

const ALIGNED_LANGUAGE = /^(auto|en(-.*)?)$/iu;

/** @returns what is wrong with a transcript beside its recording, or null. */
export const alignmentFault = (transcript: GivenTranscript, language: string): Place | null => {
  const spoken = transcript.language ?? language;
  if (ALIGNED_LANGUAGE.test(spoken)) return null;
  const message = `Words are found in English recordings only, not in "${spoken}": leave the transcript out to have the recording heard, or leave the recording out and give the words' times`;
  return { path: [transcript.language === undefined ? "language" : "transcript"], message };
};

/** A refinement: exactly one source, save that a transcript may come with its recording, and one language at most. */
export const oneSource = (sources: Sources, context: z.RefinementCtx): void => {
  const { text, transcript, audioUrl, audioId, language } = sources;
  const recording = audioUrl ?? audioId;
  const words = recording === undefined ? { transcript } : {};
  const [first, second] = Object.entries({ text, ...words, audioUrl, audioId }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  const place = transcript && (recording === undefined ? needsTimes(transcript) : alignmentFault(transcript, language));
  if (place) context.addIssue({ code: "custom", ...place });
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
