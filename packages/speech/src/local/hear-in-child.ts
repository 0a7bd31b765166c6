import type { Logger } from "@phonoscene/kernel";

import type { PieceStore } from "../port.ts";
import { keepChunks } from "./kept-chunks.ts";
import type { HeardChunk, LocalJob, LocalSummary } from "./messages.ts";
import { runChild } from "./run-child.ts";

export type HearingOptions = {
  /** Who hears, and how: what was kept of another hearing is of no use. */
  engine: string;
  pieces: PieceStore | undefined;
  saveEveryMs?: number | undefined;
  signal: AbortSignal;
  logger: Logger | undefined;
  onProgress(fraction: number): void;
  /** Asked after each chunk: an error ends the hearing, since nothing will come of it. */
  giveUp?(heard: readonly HeardChunk[]): Error | null;
};

type WithoutKnown<Job> = Job extends unknown ? Omit<Job, "known"> : never;

/** Hears a recording in a process of its own, goes on with what an earlier attempt heard, and keeps what it hears. */
export const hearInChild = async (
  job: WithoutKnown<LocalJob>,
  { engine, pieces, saveEveryMs, signal, logger, onProgress, giveUp }: HearingOptions,
): Promise<{ chunks: HeardChunk[]; summary: LocalSummary }> => {
  const keeper = await keepChunks(pieces, engine, saveEveryMs);
  const chunks: HeardChunk[] = [];
  const hopeless = new AbortController();
  const summary = await runChild(
    { ...job, known: keeper.known },
    {
      signal: AbortSignal.any([signal, keeper.failed, hopeless.signal]),
      logger,
      onHeard: (chunk) => {
        chunks.push(chunk);
        keeper.add(chunk);
        const reason = giveUp?.(chunks) ?? null;
        if (reason !== null) hopeless.abort(reason);
      },
      onProgress,
    },
  );
  await keeper.settled();
  keeper.failed.throwIfAborted();
  return { chunks, summary };
};
