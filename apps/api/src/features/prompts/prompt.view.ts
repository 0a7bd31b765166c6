import { type Prompt, Slot } from "@phonoscene/contracts";
import type { PromptRow } from "@phonoscene/db";
import { z } from "zod";

// Made once: making a schema costs far more than using it.
const Slots = z.array(Slot);

/** What a client sees of a prompt; one that belongs to no scene has no times and no excerpt. */
export const toPromptView = (row: PromptRow): Prompt => ({
  id: row.id,
  position: row.position,
  sceneIndex: row.scene?.index ?? null,
  startMs: row.scene?.startMs ?? null,
  endMs: row.scene?.endMs ?? null,
  segmentIds: row.scene?.segmentIds ?? [],
  excerpt: row.scene?.excerpt ?? "",
  content: row.content,
  negative: row.negative,
  slots: Slots.parse(row.slots),
  locked: row.locked,
  version: row.version,
});
