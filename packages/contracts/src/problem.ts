import { z } from "zod";

import { Count, MAX_FILE, MAX_SENTENCE, MAX_WORD, shownText } from "./bounds.ts";

/** `application/problem+json`, RFC 9457. */
export const Problem = z
  .object({
    type: shownText(MAX_WORD).meta({ description: "The page that explains the code" }),
    title: shownText(MAX_WORD),
    status: z.int().min(400).max(599),
    detail: shownText(MAX_FILE),
    code: shownText(MAX_WORD).meta({ example: "request/invalid" }),
    requestId: shownText(MAX_WORD),
    errors: z
      .array(
        z.object({
          path: shownText(MAX_FILE),
          code: shownText(MAX_WORD),
          message: shownText(MAX_SENTENCE),
          index: Count.optional().meta({ description: "The item, in a bulk call" }),
        }),
      )
      .optional()
      .meta({ maxItems: 20_000, description: "One entry a fault, for invalid requests" }),
    current: z.record(z.string(), z.unknown()).optional().meta({ description: "With 412: the resource as it is now" }),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;
export type Fault = NonNullable<Problem["errors"]>[number];
