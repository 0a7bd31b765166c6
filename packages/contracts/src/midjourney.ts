import { z } from "zod";

import { jsonField } from "./json-field.ts";
import { MIDJOURNEY_VERSIONS, type TargetVersion } from "./targets.ts";

const ALL: readonly TargetVersion[] = MIDJOURNEY_VERSIONS;
const V8: readonly TargetVersion[] = ["8.2", "8.1"];
const V7: readonly TargetVersion[] = ["7"];
const NONE: readonly TargetVersion[] = [];

/** How a parameter is written: `--name` alone, with a number, with words, or with one or more references. */
export type MidjourneyParameter = { versions: readonly TargetVersion[]; short?: string; needs?: string } & (
  | { kind: "flag" | "ratio" | "words" | "version" }
  | { kind: "number"; min: number; max: number; isWhole: boolean }
  | { kind: "choice"; values: readonly number[] }
  | { kind: "references"; takesCodes: boolean }
);

const whole = <Min extends number, Max extends number>(min: Min, max: Max) =>
  ({ kind: "number", min, max, isWhole: true }) as const;

/**
 * Every parameter by name, in the order they are written, with the versions that take it: as of October 2026. `needs`
 * names what it is of no use without; `image` is an address in front of the words. Those that no version here takes are
 * listed because people still write them.
 */
export const MIDJOURNEY_PARAMETERS = {
  ar: { kind: "ratio", versions: ALL, short: "aspect" },
  no: { kind: "words", versions: ALL },
  seed: { ...whole(0, 4_294_967_295), versions: ALL },
  stylize: { ...whole(0, 1000), versions: ALL, short: "s" },
  chaos: { ...whole(0, 100), versions: ALL, short: "c" },
  weird: { ...whole(0, 3000), versions: ALL, short: "w" },
  raw: { kind: "flag", versions: ALL },
  tile: { kind: "flag", versions: ALL },
  hd: { kind: "flag", versions: V8 },
  quality: { kind: "choice", values: [1, 2, 4], versions: V7, short: "q" },
  sref: { kind: "references", takesCodes: true, versions: ALL },
  sw: { ...whole(0, 1000), versions: ALL, needs: "sref" },
  oref: { kind: "references", takesCodes: false, versions: V7 },
  ow: { ...whole(1, 1000), versions: V7, needs: "oref" },
  cref: { kind: "references", takesCodes: false, versions: NONE },
  cw: { ...whole(0, 100), versions: NONE, needs: "cref" },
  iw: { kind: "number", min: 0, max: 3, isWhole: false, versions: ALL, needs: "image" },
  draft: { kind: "flag", versions: V7 },
  turbo: { kind: "flag", versions: V7 },
  stop: { ...whole(10, 100), versions: NONE },
  v: { kind: "version", versions: ALL, short: "version" },
  niji: { kind: "version", versions: ALL },
} as const satisfies Record<string, MidjourneyParameter>;

const Whole = (name: "stylize" | "chaos" | "weird" | "sw" | "ow") => {
  const { min, max } = MIDJOURNEY_PARAMETERS[name];
  return z.int().min(min).max(max);
};

const MAX_REFERENCE = 500;

/** An address without spaces, so that it stays one word of the prompt. */
const ImageUrl = z
  .string()
  .max(MAX_REFERENCE)
  .regex(/^https?:\/\/[\w.~:/?#@!$&'()*+,;=%-]+$/, "An image is an address that starts with https:// or http://");

const StyleReference = z
  .string()
  .max(MAX_REFERENCE)
  .regex(
    /^(?:https?:\/\/[\w.~:/?#@!$&'()*+,;=%-]+|\d{1,10}|random)$/,
    "A style reference is an address, a number, or random",
  );

/**
 * What a caller may set beside the words. Ranges are those of every version; what the chosen one does not take is left
 * out with a warning, so that a storyboard can go from one version to another and back.
 */
export const TargetParameters = z
  .strictObject({
    stylize: Whole("stylize")
      .optional()
      .meta({ description: "How much of Midjourney's own taste; its default is 100" }),
    chaos: Whole("chaos").optional().meta({ description: "How far the pictures of one prompt differ" }),
    weird: Whole("weird").optional(),
    raw: z.boolean().optional().meta({ description: "Less of Midjourney's own taste" }),
    tile: z.boolean().optional().meta({ description: "A pattern without seams" }),
    hd: z.boolean().optional().meta({ description: "8.1 and 8.2; with an aspect ratio of at most 4:1" }),
    quality: z
      .union(MIDJOURNEY_PARAMETERS.quality.values.map((value) => z.literal(value)))
      .optional()
      .meta({ description: "7 only" }),
    draft: z.boolean().optional().meta({ description: "7 only" }),
    sref: z
      .array(StyleReference)
      .min(1)
      .max(8)
      .optional()
      .meta({
        description: "Style references: addresses of images, codes, or random",
        example: ["3812276591"],
      }),
    sw: Whole("sw").optional().meta({ description: "The weight of `sref`" }),
    oref: ImageUrl.optional().meta({ description: "An image of who or what shall be in the picture; 7 only" }),
    ow: Whole("ow").optional().meta({ description: "The weight of `oref`" }),
    image: ImageUrl.optional().meta({ description: "An image to start from: goes in front of the words" }),
    iw: z
      .number()
      .min(MIDJOURNEY_PARAMETERS.iw.min)
      .max(MIDJOURNEY_PARAMETERS.iw.max)
      .optional()
      .meta({ description: "The weight of `image`" }),
  })
  .meta({
    id: "TargetParameters",
    description: "Midjourney's parameters. What the target or its version does not take is left out, with a warning",
    example: { stylize: 250, raw: true },
  });
export type TargetParameters = z.infer<typeof TargetParameters>;

/** In a form: one field with JSON. */
export const FormParameters = jsonField(TargetParameters.nullable().default(null));
