import { AppError, DAY, HOUR, SECOND } from "@phonoscene/kernel";
import type { JobsOptions, Queue } from "bullmq";

import type { QueueBackend } from "./backend.ts";
import { type JobName, JOBS, parseJob, QUEUE_NAMES, type QueueName } from "./catalog.ts";

/** A job to enqueue, as the outbox holds it. */
export type JobRequest = { name: JobName; payload: unknown };

export type Producer = {
  /**
   * Enqueues all or throws; a job whose key is waiting or running already is ignored.
   * @throws AppError "queue/unavailable" after five seconds without an answer.
   */
  enqueue(requests: readonly JobRequest[]): Promise<void>;
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

const ENQUEUE_TIMEOUT_MS = 5 * SECOND;

export const createProducer = (backend: QueueBackend): Producer => {
  const queues = new Map<QueueName, Queue>();
  for (const name of QUEUE_NAMES) queues.set(name, backend.createQueue(name));
  // BullMQ repeats connection errors on every queue object; the backend's own connection logs them once.
  for (const queue of queues.values()) queue.on("error", () => undefined);

  const addTo = async (name: QueueName, requests: readonly JobRequest[]): Promise<void> => {
    const jobs = requests.map((request) => {
      const { data, key } = parseJob(request.name, request.payload);
      return { name: request.name, data, opts: { ...RETENTION, ...RETRY, deduplication: { id: key } } };
    });
    await queues.get(name)?.addBulk(jobs);
  };

  return {
    enqueue: async (requests) => {
      const groups = QUEUE_NAMES.map((name) => [name, requests.filter((r) => JOBS[r.name].queue === name)] as const);
      const adds = groups.filter(([, group]) => group.length > 0).map(([name, group]) => addTo(name, group));
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<never>((_resolve, reject) => {
        const error = new AppError("queue/unavailable", { detail: "The queue did not take the jobs in time." });
        timer = setTimeout(() => reject(error), ENQUEUE_TIMEOUT_MS);
      });
      try {
        await Promise.race([Promise.all(adds), timeout]);
      } finally {
        clearTimeout(timer);
      }
    },
    obliterate: async () => {
      for (const queue of queues.values()) await queue.obliterate({ force: true });
    },
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
};
