import { SECOND } from "@phonoscene/kernel";
import { z } from "zod";

import { KeptSegments } from "../kept-segments.ts";
import type { PieceStore } from "../port.ts";
import type { HeardChunk } from "./messages.ts";

/** A restart hears at most this much of work again; more often would write the same rows for little. */
const SAVE_EVERY_MS = 10 * SECOND;

const KeptResult = z.object({
  chunks: z.array(
    z.object({
      startMs: z.number(),
      endMs: z.number(),
      segments: KeptSegments,
      evidence: z.array(z.object({ tokens: z.number(), logProbability: z.number() })),
      language: z.object({ tag: z.string(), probability: z.number() }).nullable().default(null),
    }),
  ),
});

export type ChunkKeeper = {
  /** What an earlier attempt heard. */
  known: HeardChunk[];
  /** Saves it with what came before, once that is worth a row. */
  add(chunk: HeardChunk): void;
  /** Aborted when a row could not be saved: the claim is another's. */
  failed: AbortSignal;
  /** Resolves when nothing is being saved any more. */
  settled(): Promise<void>;
};

/**
 * Keeps what is heard over restarts, some chunks to a row.
 * @param engine Who hears, and how.
 */
export const keepChunks = async (
  pieces: PieceStore | undefined,
  engine: string,
  saveEveryMs: number = SAVE_EVERY_MS,
): Promise<ChunkKeeper> => {
  const rows = (await pieces?.find(engine)) ?? [];
  const known = rows.flatMap(({ result }) => KeptResult.parse(result).chunks);
  const knownStarts = new Set(known.map(({ startMs }) => startMs));
  const failure = new AbortController();
  let pending: HeardChunk[] = [];
  let savedAt = performance.now();
  let saving = Promise.resolve();

  const save = (store: PieceStore): void => {
    const chunks = pending;
    const [first, last] = [chunks[0], chunks.at(-1)];
    if (first === undefined || last === undefined) return;
    pending = [];
    savedAt = performance.now();
    const piece = { startMs: first.startMs, endMs: last.endMs, result: { chunks } };
    saving = saving.then(() => store.save(engine, piece)).catch((error: unknown) => failure.abort(error));
  };
  return {
    known,
    add: (chunk) => {
      if (pieces === undefined || knownStarts.has(chunk.startMs)) return;
      pending.push(chunk);
      if (performance.now() - savedAt >= saveEveryMs) save(pieces);
    },
    failed: failure.signal,
    settled: () => saving,
  };
};
