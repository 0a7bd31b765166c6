import { z } from "zod";

/** Payloads hold ids, never blobs. A new field is `.optional()` for one release, so that jobs in flight keep working. */
const TaskPayload = z.object({ taskId: z.uuid() });

const MaintenancePayload = z.discriminatedUnion("action", [
  z.object({ action: z.literal("sweep") }),
  z.object({ action: z.literal("delete-audio"), storageKey: z.string() }),
  z.object({ action: z.literal("delete-provider-copy"), provider: z.string(), providerJobId: z.string() }),
]);

/**
 * Every kind of job, once: the queue it waits in (ops scale queues apart), its payload, and the key by which a second
 * ask for the same work is ignored while the first is waiting or running.
 */
export const JOBS = {
  "transcribe-audio": {
    queue: "transcription",
    payload: TaskPayload,
    key: (payload: { taskId: string }) => payload.taskId,
  },
  "write-prompts": {
    queue: "prompting",
    payload: TaskPayload,
    key: (payload: { taskId: string }) => payload.taskId,
  },
  maintenance: {
    queue: "maintenance",
    payload: MaintenancePayload,
    key: (payload: z.output<typeof MaintenancePayload>) => {
      if (payload.action === "sweep") return "sweep";
      if (payload.action === "delete-audio") return `delete-audio-${payload.storageKey}`;
      return `delete-provider-copy-${payload.provider}-${payload.providerJobId}`;
    },
  },
} as const;

export type JobName = keyof typeof JOBS;
export type JobPayload<Name extends JobName> = z.output<(typeof JOBS)[Name]["payload"]>;

export const QUEUE_NAMES = ["transcription", "prompting", "maintenance"] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

export const isJobName = (name: string): name is JobName => Object.hasOwn(JOBS, name);

/** Checks a payload against the catalog and finds its deduplication key. */
export const parseJob = (name: JobName, payload: unknown): { data: object; key: string } => {
  const job = JOBS[name];
  const data = job.payload.parse(payload);
  // The same row of the catalog parsed the payload, so its key function takes it.
  return { data, key: (job.key as (payload: unknown) => string)(data) };
};
