import { AppError, DAY, HOUR, SECOND } from "@phonoscene/kernel";
import type { JobsOptions, Queue } from "bullmq";

import type { QueueBackend } from "./backend.ts";
import { type JobName, JOBS, parseJob, QUEUE_NAMES, type QueueName } from "./catalog.ts";

/** A job to enqueue, as the outbox holds it. */
export type JobRequest = { name: JobName; payload: unknown };

/** How many jobs of a queue are in each state; completed and failed ones as long as they are kept. */
export type QueueCounts = {
  name: QueueName;
  waiting: number;
  active: number;
  delayed: number;
  completed: number;
  failed: number;
};

export type Producer = {
  /**
   * Enqueues all or throws; a job whose key is waiting or running already is ignored.
   * @throws AppError "queue/unavailable" after five seconds without an answer.
   */
  enqueue(requests: readonly JobRequest[]): Promise<void>;
  /** @throws AppError "queue/unavailable" after five seconds without an answer. */
  counts(): Promise<QueueCounts[]>;
  /** Deletes every job and every trace of the queues: for throw-away ones, after their workers are closed. */
  obliterate(): Promise<void>;
  close(): Promise<void>;
};

/** Without retention a queue grows for ever; with it, what happened lately can be looked at. */
const RETENTION = {
  removeOnComplete: { age: HOUR / SECOND, count: 1000 },
  removeOnFail: { age: (7 * DAY) / SECOND, count: 5000 },
} satisfies JobsOptions;

/** The task's row counts attempts and gives up (`MAX_ATTEMPTS`); the queue only has to outlast that. */
const RETRY = { attempts: 20, backoff: { type: "paced" } } satisfies JobsOptions;

const ANSWER_TIMEOUT_MS = 5 * SECOND;

const STATES = ["waiting", "active", "delayed", "completed", "failed"] as const;

/** @throws AppError "queue/unavailable" with this detail when the work takes longer than five seconds. */
const inTime = async <T>(work: Promise<T>, detail: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AppError("queue/unavailable", { detail })), ANSWER_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
};

type QueueHandle = { ready(): Promise<Queue>; close(): Promise<void> };

/**
 * A BullMQ queue keeps the failure of its first connection for ever: one that failed is let go, and the next ask makes
 * another.
 */
const openQueue = (backend: QueueBackend, name: QueueName): QueueHandle => {
  const make = (): Queue => {
    const queue = backend.createQueue(name);
    // BullMQ repeats connection errors on every queue object; the backend's own connection logs them once.
    queue.on("error", () => undefined);
    return queue;
  };
  let current: Queue | null = make();
  return {
    ready: async () => {
      const queue = (current ??= make());
      try {
        await queue.waitUntilReady();
        return queue;
      } catch (error) {
        if (current === queue) current = null;
        // It has no connection to end, and says so by failing the same way.
        void queue.close().catch(() => undefined);
        throw error;
      }
    },
    close: async () => {
      await current?.close();
    },
  };
};

export const createProducer = (backend: QueueBackend): Producer => {
  const queues = new Map(QUEUE_NAMES.map((name) => [name, openQueue(backend, name)]));

  const addTo = async (name: QueueName, requests: readonly JobRequest[]): Promise<void> => {
    const jobs = requests.map((request) => {
      const { data, key } = parseJob(request.name, request.payload);
      return { name: request.name, data, opts: { ...RETENTION, ...RETRY, deduplication: { id: key } } };
    });
    const queue = await queues.get(name)?.ready();
    await queue?.addBulk(jobs);
  };

  const countsOf = async (name: QueueName): Promise<QueueCounts> => {
    const queue = await queues.get(name)?.ready();
    const counts = (await queue?.getJobCounts(...STATES)) ?? {};
    const [waiting = 0, active = 0, delayed = 0, completed = 0, failed = 0] = STATES.map((s) => counts[s]);
    return { name, waiting, active, delayed, completed, failed };
  };

  return {
    counts: () => inTime(Promise.all(QUEUE_NAMES.map(countsOf)), "The queue did not tell its counts in time."),
    enqueue: async (requests) => {
      const groups = QUEUE_NAMES.map((name) => [name, requests.filter((r) => JOBS[r.name].queue === name)] as const);
      const adds = groups.filter(([, group]) => group.length > 0).map(([name, group]) => addTo(name, group));
      await inTime(Promise.all(adds), "The queue did not take the jobs in time.");
    },
    obliterate: async () => {
      for (const queue of queues.values()) await (await queue.ready()).obliterate({ force: true });
    },
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
};
