import { z } from "zod";

import { MAX_SENTENCE, shownText } from "./bounds.ts";

/** What a person should know about a result that is usable all the same. */
export const Warning = z
  .object({
    code: z
      .enum([
        "language_low_confidence",
        "language_limited",
        "audio_truncated",
        "transcript_mismatch",
        "count_reduced",
        "text_short",
        "text_softened",
        "text_may_be_refused",
        "engine_fallback",
        // Of earlier versions: a formula with an unknown slot is refused now.
        "slot_unknown",
        "instruction_unused",
        "prompt_language_unused",
        "prompt_repaired",
        "parameter_dropped",
        "prompt_skipped",
        "style_missing",
      ])
      .meta({ description: "What happened, for a program" }),
    message: shownText(MAX_SENTENCE).meta({ description: "What happened and what to do, for a person" }),
  })
  .meta({ id: "Warning" });
export type Warning = z.infer<typeof Warning>;
