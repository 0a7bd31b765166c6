import type { Prompt } from "@phonoscene/contracts";
import type { PromptRow } from "@phonoscene/db";

/** What a client sees of a prompt, once a contract has parsed it; one that belongs to no scene has no times and no excerpt. */
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
  // As a contract had it when it was stored.
  slots: row.slots as Prompt["slots"],
  locked: row.locked,
  version: row.version,
});
