import { z } from "zod";

import type { SpeechSegment } from "./port.ts";

const Timed = { startMs: z.number(), endMs: z.number(), text: z.string(), confidence: z.number().nullable() };

/** Segments as a `PieceStore` gives them back. */
export const KeptSegments: z.ZodType<SpeechSegment[]> = z.array(
  z.object({ ...Timed, words: z.array(z.object(Timed)).nullable().exactOptional() }),
);
