import { z } from "zod";

/** `application/problem+json`, RFC 9457. */
export const Problem = z
  .object({
    type: z.string().meta({ description: "The page that explains the code" }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ example: "request/invalid" }),
    requestId: z.string(),
    errors: z
      .array(
        z.object({
          path: z.string(),
          code: z.string(),
          message: z.string(),
          index: z.int().min(0).optional().meta({ description: "The item, in a bulk call" }),
        }),
      )
      .optional()
      .meta({ description: "One entry a fault, for invalid requests" }),
    current: z.record(z.string(), z.unknown()).optional().meta({ description: "With 412: the resource as it is now" }),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;
export type Fault = NonNullable<Problem["errors"]>[number];
