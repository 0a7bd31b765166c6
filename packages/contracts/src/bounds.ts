import { z } from "zod";

const MAX_INT32 = 2_147_483_647;
/** As far as a Date reaches. */
const MAX_MS = 8_640_000_000_000_000;

/** Text of an answer. Its longest is a promise to the client; what is read back is never refused for its length. */
export const shownText = (maxLength: number) => z.string().meta({ maxLength });

/** A list of an answer, with its longest as in `shownText`. */
export const shownList = <Item extends z.ZodType>(item: Item, maxItems: number) => z.array(item).meta({ maxItems });

/** A whole number of things, as wide as the database's integers. */
export const Count = z.int().min(0).max(MAX_INT32);

/** Counts the changes of a row, from 1. */
export const Version = z.int().min(1).max(MAX_INT32);

/** A duration, or an offset from the start of the audio. */
export const DurationMs = z.int().min(0).max(MAX_MS);

/** Where the next page of a list starts; null on the last one. */
export const NextCursor = shownText(500).nullable();

/** Bounds of what an answer holds, in characters. */
export const MAX_WORD = 200;
export const MAX_SENTENCE = 2000;
export const MAX_FILE = 16_000_000;
