import type { Stage } from "@phonoscene/contracts";
import {
  claimTaskFor,
  type ClaimedTask,
  type Database,
  failTask,
  isDatabaseUnavailable,
  MAX_ATTEMPTS,
  releaseTask,
} from "@phonoscene/db";
import { AppError, crashPoint, pause, SECOND, toTaskFailure } from "@phonoscene/kernel";
import type { JobContext, JobOutcome } from "@phonoscene/queue";

import type { ClaimWatch } from "./claim-watch.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { ProviderBusy } from "./providers/provider-busy.ts";

export type StageWork = {
  task: ClaimedTask;
  /** Aborts when the worker stops or the claim is lost. */
  signal: AbortSignal;
  onProgress(fraction: number): void;
  logger: JobContext["logger"];
};

export type StageEnd = "done" | "parked" | "lost" | "look-again";

export type StageDefinition = {
  stage: Stage;
  database: Database;
  watch: ClaimWatch;
  /** How long a claim outlives a worker that died. */
  leaseMs: number;
  /**
   * Does the work and stores its result. "lost": the claim was lost and nothing was stored. "parked": a provider
   * works for the task, and the claim was given back until it has; "look-again": it was given back, and has already.
   */
  run(work: StageWork): Promise<StageEnd>;
};

/** Ends a failed attempt: another try where that can help and is allowed, else a failed task that says why. */
const settleFailure = async (
  { database, stage }: StageDefinition,
  { task, logger }: Pick<StageWork, "task" | "logger">,
  error: unknown,
): Promise<void> => {
  const failure = toTaskFailure(error);
  const isLast = task.attempt >= MAX_ATTEMPTS;
  logger.warn({ err: error, code: failure.code, attempt: task.attempt, isLast }, "stage failed");
  // Nothing but time helps here, more of it than attempts take; who made the task may try again then.
  const isOverCap = failure.code === "spend_limit";
  if (failure.retryable && !isLast && !isOverCap) {
    await releaseTask(database.db, task, { isCounted: true });
    throw failure;
  }
  const { code, message, retryable } = failure;
  await failTask(database.db, task, { code, message, stage, retryable, isDead: retryable && !isOverCap });
};

/**
 * After a lost claim. A task that was canceled and at once retried asked for this very job while it was running, so the
 * queue ignored the ask; where the task is gone or over, the second look finds nothing to do.
 */
const LOOK_AGAIN: JobOutcome = { again: { delayMs: 0 } };

/** Vendors' connections are refused too, but those arrive as an AppError. */
const isDatabaseTrouble = (error: unknown): boolean => !(error instanceof AppError) && isDatabaseUnavailable(error);

const RELEASE_AGAIN_MS = SECOND / 2;
/** Where the pool is what everybody waits for, coming back at once would make it worse. */
const DATABASE_REST_MS = SECOND;

/** Gives the claim back uncounted, as often as it takes to reach the database, while there is a claim to give back. */
const outlastDatabase = async ({ database, leaseMs }: StageDefinition, task: ClaimedTask, signal: AbortSignal) => {
  for (const deadline = performance.now() + leaseMs; ;) {
    try {
      return await releaseTask(database.db, task, { isCounted: false });
    } catch (error) {
      if (!isDatabaseUnavailable(error) || signal.aborted || performance.now() > deadline) throw error;
    }
    await pause(RELEASE_AGAIN_MS, signal);
  }
};

/** Runs one stage of a task under a claim: at most one worker at a time, and nothing is lost when this one dies. */
export const runStage = async (
  definition: StageDefinition,
  taskId: string,
  { signal, logger }: JobContext,
): Promise<JobOutcome> => {
  const { database, watch, stage, leaseMs } = definition;
  const claim = await claimTaskFor(database.db, { taskId, stage, leaseMs });
  if (claim.outcome === "obsolete") {
    logger.info("nothing to do: the task is gone, over or past this stage");
    return undefined;
  }
  if (claim.outcome === "busy") return { again: { delayMs: claim.retryInMs + 100 } };

  const { task } = claim;
  crashPoint("claim/taken");
  if (task.attempt > MAX_ATTEMPTS) {
    const message = `This task ended its worker ${MAX_ATTEMPTS} times, so it was given up. The log has the details.`;
    await failTask(database.db, task, { code: "internal", message, stage, retryable: false, isDead: true });
    return undefined;
  }
  const heartbeat = startHeartbeat({ database, watch, claim: task, logger });
  const { lost, onProgress } = heartbeat;
  const work = { task, logger, signal: AbortSignal.any([signal, lost]), onProgress };
  try {
    const end = await definition.run(work);
    if (end === "done" || end === "parked") return undefined;
    if (end === "look-again") return LOOK_AGAIN;
    logger.info("the claim was lost; the result was dropped");
    return LOOK_AGAIN;
  } catch (error) {
    if (lost.aborted) {
      logger.info({ reason: lost.reason }, "stopped: the claim is lost");
      return LOOK_AGAIN;
    }
    if (signal.aborted) {
      logger.info({ err: error }, "stopped with its worker; another one goes on");
      await releaseTask(database.db, task, { isCounted: false });
      return LOOK_AGAIN;
    }
    if (error instanceof ProviderBusy) {
      logger.info({ reason: error.message, delayMs: error.delayMs }, "put back: a provider cannot be called now");
      await releaseTask(database.db, task, { isCounted: false });
      return { again: { delayMs: error.delayMs } };
    }
    if (isDatabaseTrouble(error)) {
      logger.warn({ err: error }, "put back: the database cannot be asked now");
      await outlastDatabase(definition, task, signal);
      return { again: { delayMs: DATABASE_REST_MS } };
    }
    await settleFailure(definition, work, error);
    return undefined;
  } finally {
    heartbeat.stop();
  }
};
