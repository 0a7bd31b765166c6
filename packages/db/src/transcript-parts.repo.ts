import type { Db } from "./client.ts";
import { toJsonb } from "./jsonb.ts";
import type { Claim } from "./task-state.ts";

/** What was heard of a piece of a recording; times in milliseconds from the start of the audio. */
export type TranscriptPart = { startMs: number; endMs: number; result: object };

/** The pieces that this engine has heard already, in order. `result` is as it was saved. */
export const findTranscriptParts = async (db: Db, taskId: string, engine: string): Promise<TranscriptPart[]> => {
  const rows = await db.transcriptPart.findMany({ where: { taskId, engine }, orderBy: { startMs: "asc" } });
  // Only objects are saved.
  return rows.map(({ startMs, endMs, result }) => ({ startMs, endMs, result: result as object }));
};

/** Keeps a piece, fenced by the claim. False: the claim is lost. */
export const saveTranscriptPart = async (
  db: Db,
  claim: Claim,
  { engine, startMs, endMs, result }: TranscriptPart & { engine: string },
): Promise<boolean> => {
  const saved = await db.$executeRaw`
    INSERT INTO transcript_parts (task_id, engine, start_ms, end_ms, result)
    SELECT id, ${engine}, ${startMs}, ${endMs}, ${toJsonb(result)}::jsonb FROM tasks
    WHERE id = ${claim.taskId}::uuid AND attempt_token = ${claim.token}::uuid FOR SHARE
    ON CONFLICT (task_id, engine, start_ms) DO UPDATE SET end_ms = excluded.end_ms, result = excluded.result`;
  return saved > 0;
};
