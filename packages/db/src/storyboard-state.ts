import type { BibleEntity, BibleStyle } from "@phonoscene/contracts";

import { Prisma } from "./generated/client.ts";

/** What a run is to write again or anew; it stays on the task until another run is asked for. */
export type RewriteScope = {
  /** Of the request that asked: made again, it asks for nothing new. */
  id: string;
  promptIds: string[];
  /** So many more prompts, behind the one of `promptIds`; null: those named are written again. */
  variationCount: number | null;
  /** Null: the task's own. */
  seed: number | null;
  /** For this run, beside the task's own. */
  instruction: string | null;
};

export type StoredPromptPlace = {
  id: string;
  position: number;
  locked: boolean;
  /** Null for one that belongs to no scene. */
  sceneIndex: number | null;
  startMs: number | null;
  segmentIds: number[] | null;
};

export type StyleFields = {
  camera: string | null;
  lens: string | null;
  photography: string | null;
  film: string | null;
  style: string | null;
  negative: string | null;
  aspectRatio: string | null;
};

/** What the prompting stage finds there. */
export type StoryboardState = {
  /** Null: the whole storyboard is to be written. */
  scope: RewriteScope | null;
  bible: { entities: BibleEntity[]; style: BibleStyle; removedIds: string[] } | null;
  /** What the task's `styleId` names; null where it has none or the style was deleted. */
  savedStyle: StyleFields | null;
  scenes: { index: number; segmentIds: number[] }[];
  /** In order. */
  prompts: StoredPromptPlace[];
};

/** The fields of `styles`, as JSON. */
export const STYLE_FIELDS = Prisma.sql`'camera', camera, 'lens', lens, 'photography', photography, 'film', film, 'style', style,
  'negative', negative, 'aspectRatio', aspect_ratio`;

/** The style that the options of `tasks` name, if it is the owner's. */
export const SAVED_STYLE = Prisma.sql`(SELECT json_build_object(${STYLE_FIELDS}) FROM styles
  WHERE styles.id = (options ->> 'styleId')::uuid AND styles.user_id = tasks.user_id)`;

/** Of the task at hand, a `StoryboardState`. */
export const STORYBOARD_STATE = Prisma.sql`json_build_object(
  'scope', scope,
  'bible', (SELECT json_build_object('entities', entities, 'style', style, 'removedIds', removed_ids) FROM bibles
    WHERE task_id = tasks.id),
  'savedStyle', ${SAVED_STYLE},
  'scenes', coalesce((SELECT json_agg(json_build_object('index', index, 'segmentIds', segment_ids) ORDER BY index)
    FROM scenes WHERE task_id = tasks.id), '[]'),
  'prompts', coalesce((SELECT json_agg(json_build_object('id', prompts.id, 'position', position, 'locked', locked,
      'sceneIndex', scenes.index, 'startMs', scenes.start_ms, 'segmentIds', scenes.segment_ids) ORDER BY position)
    FROM prompts LEFT JOIN scenes ON scenes.id = prompts.scene_id WHERE prompts.task_id = tasks.id), '[]'))`;
