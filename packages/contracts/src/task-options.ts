import { z } from "zod";

import { FormulaTemplate } from "./formula.ts";
import { TargetParameters } from "./midjourney.ts";
import { isStorable, NOT_STORABLE } from "./stored-text.ts";
import { Target, TargetVersion, versionFault } from "./targets.ts";

export const MAX_PROMPTS = 200;

/** An integer ratio such as `16:9`, no wider or taller than 14:1. */
export const AspectRatio = z
  .string()
  .max(9)
  .regex(/^[1-9]\d{0,3}:[1-9]\d{0,3}$/, "An aspect ratio is two whole numbers with a colon, such as 16:9")
  .refine((ratio) => {
    const [width = 1, height = 1] = ratio.split(":").map(Number);
    return Math.max(width / height, height / width) <= 14;
  }, "An aspect ratio is at most 14:1")
  .meta({ example: "16:9" });

export const MIN_SECONDS_PER_SCENE = 2;
export const MAX_SECONDS_PER_SCENE = 600;
export const SecondsPerScene = z.number().min(MIN_SECONDS_PER_SCENE).max(MAX_SECONDS_PER_SCENE);

export const CONTENT_TYPES = ["song", "podcast", "audiobook", "story", "talk"] as const;
export const ContentType = z.enum(CONTENT_TYPES);
export type ContentType = z.infer<typeof ContentType>;

const isLanguageTag = (tag: string): boolean => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

const PROMPT_LANGUAGE = "A prompt language is a BCP 47 tag such as en or pt-BR";

/** The language that prompts are written in, whatever the audio's. */
export const PromptLanguage = z
  .string()
  .max(35)
  .regex(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}$/, PROMPT_LANGUAGE)
  .refine(isLanguageTag, PROMPT_LANGUAGE)
  .meta({ example: "en" });

/** What a caller may choose about a storyboard; everything has a default. */
export const TaskOptions = z
  .strictObject({
    target: Target.default("midjourney").meta({ description: "The image generator to write for" }),
    targetVersion: TargetVersion.nullable().default(null).meta({
      description: "Which of Midjourney's models; null is its default, 8.2. Other targets have none",
    }),
    parameters: TargetParameters.nullable().default(null),
    contentType: ContentType.nullable().default(null).meta({
      description: "What the text or recording is: guides the length of the scenes and the choice of style",
    }),
    promptLanguage: PromptLanguage.default("en").meta({
      description: "The prompts' language, whatever the audio's. The built-in engine writes English only, and warns",
    }),
    count: z.int().min(1).max(MAX_PROMPTS).nullable().default(null).meta({
      description: "How many prompts; null lets `secondsPerScene` decide, or the length",
    }),
    secondsPerScene: SecondsPerScene.nullable()
      .default(null)
      .meta({
        description:
          "A scene for each so many seconds of the audio, cut at the nearest sentence; of a text, for each so many seconds " +
          "of reading (168 words a minute). In place of `count`",
        example: 10,
      }),
    aspectRatio: AspectRatio.nullable().default(null),
    seed: z.int().min(0).max(4_294_967_295).default(0).meta({
      description: "Same text, options and seed: same prompts. Another seed: another style",
    }),
    style: z.string().trim().min(1).max(500).refine(isStorable, NOT_STORABLE).nullable().default(null).meta({
      description: "A style for the whole set, in place of the one the seed chooses",
    }),
    styleId: z.uuid().toLowerCase().nullable().default(null).meta({
      description:
        "A style of `/v1/styles`, read when the prompts are written. What the task says itself (style, negative, aspectRatio) comes first",
    }),
    negative: z.string().trim().min(1).max(500).refine(isStorable, NOT_STORABLE).nullable().default(null).meta({
      description: "What must not be in the pictures, comma separated",
    }),
    formula: FormulaTemplate.nullable().default(null),
    instruction: z.string().trim().min(1).max(4000).refine(isStorable, NOT_STORABLE).nullable().default(null).meta({
      description:
        "Guidance for the language model, in your own words. The built-in engine cannot follow it, and warns",
    }),
  })
  .meta({ id: "TaskOptions" });
export type TaskOptions = z.infer<typeof TaskOptions>;

const ONE_LENGTH = "Give either `count` or `secondsPerScene`: each decides how many scenes there are";

type Combined = {
  [Name in "count" | "secondsPerScene" | "target" | "targetVersion"]?: TaskOptions[Name] | undefined;
};

/** Two options that do not go together: one may be sent to a task that has the other. */
export type OptionConflict = {
  fields: readonly ["secondsPerScene", "count"] | readonly ["targetVersion", "target"];
  message: string;
};

/** What in the options does not go together; null where all does. */
export const optionConflict = (options: Combined): OptionConflict | null => {
  const { count = null, secondsPerScene = null } = options;
  if (count !== null && secondsPerScene !== null) return { fields: ["secondsPerScene", "count"], message: ONE_LENGTH };
  const message = versionFault(options);
  return message === null ? null : { fields: ["targetVersion", "target"], message };
};

/** A refinement: no two options that exclude each other. */
export const consistentOptions = (options: Combined, context: z.RefinementCtx): void => {
  const conflict = optionConflict(options);
  if (conflict === null) return;
  context.addIssue({ code: "custom", path: [conflict.fields[0]], message: conflict.message });
};
