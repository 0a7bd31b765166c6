import { AppError, crashPoint, type Logger, MINUTE, pause, SECOND } from "@phonoscene/kernel";
import { DelayedError, type Job, type Worker } from "bullmq";

import type { QueueBackend } from "./backend.ts";
import { isJobName, type JobName, type JobPayload, JOBS, type QueueName } from "./catalog.ts";

export type JobContext = { signal: AbortSignal; logger: Logger };

/** `again` puts the job back for later without counting as a failure: somebody else holds the work right now. */
export type JobOutcome = { again?: { delayMs: number } } | undefined;

/** One handler for each job of the catalog: a missing one does not compile. */
export type Handlers = {
  [Name in JobName]: (payload: JobPayload<Name>, context: JobContext) => Promise<JobOutcome>;
};

export type WorkersOptions = {
  backend: QueueBackend;
  handlers: Handlers;
  queues: readonly QueueName[];
  /** Jobs at a time, a queue. */
  concurrency: number;
  logger: Logger;
  lockDurationMs?: number;
  /** Before the second attempt of a job that failed; doubled for each one after. */
  retryBaseMs?: number;
};

export type Workers = {
  /** Resolves once every queue is being served. */
  ready: Promise<void>;
  /**
   * Waits for running jobs at most `graceMs`, then aborts their signals; they go back to their queue. One that does not
   * listen is left behind two seconds later: whoever supervises the process kills it soon, and its lease ends by itself.
   */
  close(graceMs: number): Promise<void>;
};

/** Two deaths of a worker must not end a job: poison is counted on the task's own row, not by the queue. */
const MAX_STALLED_COUNT = 10;

/** How long an aborted job may take to stop. */
const ABORT_MS = 2 * SECOND;

const NEVER_ABORTED = new AbortController().signal;

/** A provider's `Retry-After` wins; else 1 s, 2 s, 4 s ... one minute (from a base of 1 s), with a quarter of jitter. */
const backoffMs = (baseMs: number, attemptsMade: number, error: unknown): number => {
  if (error instanceof AppError && error.retryAfterMs !== undefined) return Math.min(error.retryAfterMs, 10 * MINUTE);
  const delayMs = Math.min(MINUTE, baseMs * 2 ** Math.min(attemptsMade - 1, 6));
  return Math.round(delayMs * (0.875 + Math.random() / 4));
};

const handle = async (handlers: Handlers, job: Job, context: JobContext): Promise<JobOutcome> => {
  if (!isJobName(job.name)) throw new Error(`no handler for a job named ${job.name}`);
  const payload = JOBS[job.name].payload.parse(job.data);
  // The catalog's schema for this very name parsed the payload.
  return (handlers[job.name] as (payload: unknown, context: JobContext) => Promise<JobOutcome>)(payload, context);
};

const createWorker = (options: WorkersOptions, queue: QueueName): Worker => {
  const { backend, handlers, concurrency, logger } = options;
  const { lockDurationMs = 30 * SECOND, retryBaseMs = SECOND } = options;
  const worker = backend.createWorker(
    queue,
    // Three declared parameters: BullMQ makes a signal only for a processor whose `length` says that it takes one.
    async (job, token, signal) => {
      const jobLogger = logger.child({ queue, job: job.name, jobId: job.id, ...job.data });
      const outcome = await handle(handlers, job, { signal: signal ?? NEVER_ABORTED, logger: jobLogger });
      crashPoint("job/handled");
      if (outcome?.again === undefined) return;
      await job.moveToDelayed(Date.now() + outcome.again.delayMs, token);
      throw new DelayedError();
    },
    {
      autorun: false,
      concurrency,
      lockDuration: lockDurationMs,
      stalledInterval: lockDurationMs / 2,
      maxStalledCount: MAX_STALLED_COUNT,
      settings: { backoffStrategy: (attemptsMade, _type, error) => backoffMs(retryBaseMs, attemptsMade, error) },
    },
  );
  worker.on("error", (error) => logger.warn({ err: error, queue }, "worker connection error"));
  worker.on("failed", (job, error) => logger.warn({ err: error, queue, jobId: job?.id }, "job attempt failed"));
  return worker;
};

/**
 * Makes a worker and waits until it is ready, again and again until it works. A BullMQ worker whose first connection
 * failed keeps the rejection and spins, so a new one is made each time, and `run` comes only after readiness.
 */
const startWorker = async (options: WorkersOptions, queue: QueueName, stopped: AbortSignal): Promise<Worker | null> => {
  for (let delayMs = 200; !stopped.aborted; delayMs = Math.min(delayMs * 2, 2 * SECOND)) {
    const worker = createWorker(options, queue);
    try {
      await worker.waitUntilReady();
      void worker.run().catch((error: unknown) => options.logger.error({ err: error, queue }, "worker loop ended"));
      return worker;
    } catch (error) {
      options.logger.warn({ err: error, queue }, "queue is not ready; trying again");
      await worker.close(true).catch((closeError: unknown) => {
        options.logger.debug({ err: closeError, queue }, "closing an unready worker failed");
      });
      await pause(delayMs, stopped);
    }
  }
  return null;
};

/** Serves the named queues until closed. */
export const startWorkers = (options: WorkersOptions): Workers => {
  const stopped = new AbortController();
  const starting = Promise.all(options.queues.map((queue) => startWorker(options, queue, stopped.signal)));
  return {
    ready: starting.then(() => undefined),
    close: async (graceMs) => {
      stopped.abort();
      const workers = (await starting).filter((worker) => worker !== null);
      const grace = setTimeout(() => {
        for (const worker of workers) worker.cancelAllJobs("the worker is stopping");
      }, graceMs);
      const closed = Promise.all(workers.map((worker) => worker.close())).then(() => true);
      const deadline = new AbortController();
      const isClosed = await Promise.race([closed, pause(graceMs + ABORT_MS, deadline.signal).then(() => false)]);
      deadline.abort();
      clearTimeout(grace);
      if (isClosed) return;
      closed.catch((error: unknown) => options.logger.warn({ err: error }, "closing a worker failed"));
      options.logger.error("a job did not stop when it was aborted; it is left behind");
    },
  };
};
