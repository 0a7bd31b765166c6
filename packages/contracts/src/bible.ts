import { z } from "zod";

import { Count, MAX_SENTENCE, MAX_WORD, shownList, shownText, Version } from "./bounds.ts";

export const MAX_BIBLE_ENTITIES = 100;
export const MAX_ALIASES = 20;
/** Longer names and descriptions would leave a prompt no room for what happens. */
export const MAX_ENTITY_NAME = 80;
export const MAX_ENTITY_DESCRIPTION = 300;

export const ENTITY_KINDS = ["character", "place", "object"] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

/** Who or what the text said it was, who or what was guessed, and what its owner wrote. */
export const ENTITY_ORIGINS = ["text", "inferred", "edited"] as const;

/** Somebody or something of a story, which looks the same in every picture. */
export const BibleEntity = z
  .object({
    id: shownText(MAX_WORD).meta({
      description: "Stays the same as long as the task has it",
      example: "character-tomas-berg",
    }),
    kind: z.enum(ENTITY_KINDS),
    name: shownText(MAX_WORD).meta({ description: "As the text calls it", example: "Tomas Berg" }),
    aliases: shownList(shownText(MAX_WORD), MAX_ALIASES).meta({ description: "Other names that the text has for it" }),
    description: shownText(MAX_SENTENCE).meta({
      description: "How it looks: the words that stand for it in every prompt",
      example: "an old fisherman in a yellow oilskin coat",
    }),
    sceneIndexes: shownList(Count, 10_000).meta({ description: "The scenes that name it" }),
    origin: z.enum(ENTITY_ORIGINS),
  })
  .meta({ id: "BibleEntity" });
export type BibleEntity = z.infer<typeof BibleEntity>;

/** One look for the whole set. */
export const BibleStyle = z
  .object({
    camera: shownText(MAX_SENTENCE),
    lens: shownText(MAX_SENTENCE),
    photography: shownText(MAX_SENTENCE).meta({ description: "The style of photograph, or another art" }),
    film: shownText(MAX_SENTENCE),
    isEdited: z.boolean().meta({ description: "Its owner wrote it: another run keeps it" }),
  })
  .meta({ id: "BibleStyle" });
export type BibleStyle = z.infer<typeof BibleStyle>;

/** Who, where and what the pictures of a task show, and in which look. */
export const Bible = z
  .object({
    object: z.literal("bible"),
    version: Version,
    entities: shownList(BibleEntity, MAX_BIBLE_ENTITIES),
    style: BibleStyle,
    engine: shownText(MAX_WORD).meta({ description: "What read the text", example: "local" }),
  })
  .meta({ id: "Bible" });
export type Bible = z.infer<typeof Bible>;
