import { z } from "zod";

/** The image generators a storyboard can be written for. */
export const TARGETS = ["midjourney", "flux", "sdxl", "gpt-image"] as const;
export const Target = z.enum(TARGETS);
export type Target = z.infer<typeof Target>;

/** Where a slot's words come from: the scene's own text, an earlier scene, a guess from the text, or the set's style. */
export const SLOT_ORIGINS = ["text", "carried", "inferred", "style"] as const;

/** One filled place of the formula. */
export const Slot = z
  .object({ name: z.string(), value: z.string(), origin: z.enum(SLOT_ORIGINS) })
  .meta({ id: "Slot", description: "One filled place of the formula, with where its words come from" });
export type Slot = z.infer<typeof Slot>;

const nullableMs = z.int().min(0).nullable();

/** A stretch of the transcript; `startMs`/`endMs` are null where the source is text. */
export const Segment = z
  .object({
    id: z.int().min(0).meta({ description: "Place in the transcript, from 0" }),
    startMs: nullableMs,
    endMs: nullableMs,
    text: z.string(),
    confidence: z.number().min(0).max(1).nullable(),
    speaker: z.string().nullish().meta({ description: "The engine's label; null or absent where it tells none apart" }),
  })
  .meta({ id: "Segment" });
export type Segment = z.infer<typeof Segment>;

export const Word = z
  .object({
    startMs: z.int().min(0),
    endMs: z.int().min(0),
    text: z.string(),
    confidence: z.number().min(0).max(1).nullable(),
  })
  .meta({ id: "Word" });
export type Word = z.infer<typeof Word>;

export const SegmentWithWords = Segment.extend({
  words: z.array(Word).nullable().meta({ description: "Null where the engine gives no times of words" }),
}).meta({ id: "SegmentWithWords" });

export const Transcript = z
  .object({
    language: z.string().meta({ description: "BCP 47 tag", example: "en" }),
    text: z.string(),
    engine: z.string().meta({ example: "local/moonshine-base" }),
    durationMs: nullableMs,
    segments: z.array(Segment),
  })
  .meta({ id: "Transcript" });
export type Transcript = z.infer<typeof Transcript>;

/** What the JSON export has; `include=transcript` leaves the words out for their size. */
export const TranscriptWithWords = Transcript.extend({ segments: z.array(SegmentWithWords) }).meta({
  id: "TranscriptWithWords",
});
export type TranscriptWithWords = z.infer<typeof TranscriptWithWords>;

export const Scene = z
  .object({
    index: z.int().min(0),
    startMs: nullableMs,
    endMs: nullableMs,
    segmentIds: z.array(z.int().min(0)),
    excerpt: z.string().meta({ description: "The scene's own words" }),
    place: z.string().nullable(),
    timeOfDay: z.string().nullable(),
    mood: z.string().nullable(),
  })
  .meta({ id: "Scene" });
export type Scene = z.infer<typeof Scene>;

export const Prompt = z
  .object({
    id: z.uuid(),
    position: z.int().min(0),
    sceneIndex: z.int().min(0).nullable().meta({ description: "Null for a prompt that was added to no scene" }),
    startMs: nullableMs,
    endMs: nullableMs,
    segmentIds: z.array(z.int().min(0)),
    excerpt: z.string(),
    content: z.string().meta({ description: "Ready to paste into the target" }),
    negative: z.string().nullable(),
    slots: z.array(Slot),
    locked: z.boolean().meta({ description: "A locked prompt refuses changes until it is unlocked" }),
    version: z.int().min(1),
  })
  .meta({ id: "Prompt" });
export type Prompt = z.infer<typeof Prompt>;
