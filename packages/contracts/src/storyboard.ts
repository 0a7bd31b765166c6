import { z } from "zod";

import { Count, DurationMs, MAX_SENTENCE, MAX_WORD, shownList, shownText, Version } from "./bounds.ts";

/** Where a slot's words come from: the scene's own text, an earlier scene, a guess from the text, or the set's style. */
export const SLOT_ORIGINS = ["text", "carried", "inferred", "style"] as const;

/** One filled place of the formula. */
export const Slot = z
  .object({ name: shownText(MAX_WORD), value: shownText(MAX_SENTENCE), origin: z.enum(SLOT_ORIGINS) })
  .meta({ id: "Slot", description: "One filled place of the formula, with where its words come from" });
export type Slot = z.infer<typeof Slot>;

const nullableMs = DurationMs.nullable();

/** A recording of ten hours has fewer. */
const MAX_SEGMENTS = 100_000;
const MAX_WORDS = 100_000;
const MAX_TEXT = 1_000_000;

/** A stretch of the transcript; `startMs`/`endMs` are null where the source is text. */
export const Segment = z
  .object({
    id: Count.meta({ description: "Place in the transcript, from 0" }),
    startMs: nullableMs,
    endMs: nullableMs,
    text: shownText(MAX_TEXT),
    confidence: z.number().min(0).max(1).nullable(),
    speaker: shownText(MAX_WORD)
      .nullish()
      .meta({ description: "The engine's label; null or absent where it tells none apart" }),
  })
  .meta({ id: "Segment" });
export type Segment = z.infer<typeof Segment>;

export const Word = z
  .object({
    startMs: DurationMs,
    endMs: DurationMs,
    text: shownText(MAX_SENTENCE),
    confidence: z.number().min(0).max(1).nullable(),
  })
  .meta({ id: "Word" });
export type Word = z.infer<typeof Word>;

export const SegmentWithWords = Segment.extend({
  words: shownList(Word, MAX_WORDS).nullable().meta({ description: "Null where the engine gives no times of words" }),
}).meta({ id: "SegmentWithWords" });

/**
 * How the times of words were found. `attention`: from where the recogniser listened for each word. `interpolated`: by the
 * words' lengths over the time with a voice. `provider`: as the provider gives them. `aligned`: given words, found in
 * their recording.
 */
export const WORD_TIMINGS = ["attention", "interpolated", "provider", "aligned"] as const;
export const WordTiming = z.enum(WORD_TIMINGS);
export type WordTiming = z.infer<typeof WordTiming>;

export const Transcript = z
  .object({
    language: shownText(MAX_WORD).meta({ description: "BCP 47 tag", example: "en" }),
    text: shownText(2 * MAX_TEXT),
    engine: shownText(MAX_WORD).meta({ example: "local/moonshine-base" }),
    durationMs: nullableMs,
    version: Version.meta({ description: "Counts its changes, by hand and by hearing anew" }),
    wordTiming: WordTiming.nullable().meta({
      description:
        "How the times of the words (in the JSON export) were found: by what the recogniser attended to, by the words' lengths, by the provider, or by aligning given words; null where words have no times",
    }),
    segments: shownList(Segment, MAX_SEGMENTS),
  })
  .meta({
    id: "Transcript",
    description: "What was heard, or the sentences of a text; in a task with include=transcript",
  });
export type Transcript = z.infer<typeof Transcript>;

/** What the JSON export has; `include=transcript` leaves the words out for their size. */
export const TranscriptWithWords = Transcript.extend({ segments: shownList(SegmentWithWords, MAX_SEGMENTS) }).meta({
  id: "TranscriptWithWords",
});
export type TranscriptWithWords = z.infer<typeof TranscriptWithWords>;

export const Scene = z
  .object({
    index: Count,
    startMs: nullableMs,
    endMs: nullableMs,
    segmentIds: shownList(Count, MAX_SEGMENTS),
    excerpt: shownText(MAX_TEXT).meta({ description: "The scene's own words" }),
    place: shownText(MAX_SENTENCE).nullable(),
    timeOfDay: shownText(MAX_WORD).nullable(),
    mood: shownText(MAX_WORD).nullable(),
  })
  .meta({ id: "Scene" });
export type Scene = z.infer<typeof Scene>;

export const Prompt = z
  .object({
    id: z.uuid(),
    position: Count,
    sceneIndex: Count.nullable().meta({ description: "Null for a prompt that was added to no scene" }),
    startMs: nullableMs,
    endMs: nullableMs,
    segmentIds: shownList(Count, MAX_SEGMENTS),
    excerpt: shownText(MAX_TEXT),
    content: shownText(32_000).meta({ description: "Ready to paste into the target" }),
    negative: shownText(4000).nullable(),
    slots: shownList(Slot, 100),
    locked: z.boolean().meta({ description: "A locked prompt refuses changes until it is unlocked" }),
    version: Version,
  })
  .meta({ id: "Prompt" });
export type Prompt = z.infer<typeof Prompt>;
