// What the same work costs with the queue alone: two chained jobs, one UPDATE each.
import pg from "pg";

import { createLogger } from "../../packages/kernel/src/index.ts";
import { openQueueBackend } from "../../packages/queue/src/index.ts";
import { reportUsage } from "./usage.ts";

const { DATABASE_URL: databaseUrl = "", BENCH_QUEUE_URL: url = "", QUEUE_PREFIX: prefix = "" } = process.env;
const concurrency = Number(process.env["WORKER_CONCURRENCY"]);
const backend = openQueueBackend({ url, prefix, logger: createLogger({ name: "raw", level: "error" }) });
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
const second = backend.createQueue("raw-second");

const advance = (id: unknown, stage: number) => {
  const text = "UPDATE raw_tasks SET stage = $2, completed_at = now() WHERE id = $1";
  return pool.query({ name: "advance", text, values: [id, stage] });
};

const workers = [
  backend.createWorker(
    "raw-first",
    async (job) => {
      const { id } = job.data as { id: string };
      await advance(id, 1);
      await second.add("second", { id }, { removeOnComplete: { count: 1000 } });
    },
    { concurrency },
  ),
  backend.createWorker("raw-second", async (job) => void (await advance((job.data as { id: string }).id, 2)), {
    concurrency,
  }),
];
for (const worker of workers) await worker.waitUntilReady();
reportUsage(async () => {
  for (const worker of workers) await worker.close();
  await second.close();
  await backend.close();
  await pool.end();
});
