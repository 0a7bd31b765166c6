import { readdir, readFile, utimes } from "node:fs/promises";
import { join } from "node:path";

import { HOUR, MINUTE, SECOND } from "../../packages/kernel/src/index.ts";
import { findFaultsInHistory } from "./history.ts";
import { until } from "./tally.ts";
import type { World } from "./world.ts";

const REST_MS = MINUTE;

/** Of the acknowledged tasks: which are gone, and which break a rule of the rows that belong to them. */
const FAULTS_OF_TASKS = `
  WITH wanted AS (SELECT unnest($1::uuid[]) AS id), faults AS (
    SELECT 'an acknowledged task is gone' AS fault, id FROM wanted WHERE id NOT IN (SELECT id FROM tasks)
    UNION ALL
    SELECT 'a completed task has no prompts', id FROM tasks
    WHERE status = 'completed' AND NOT EXISTS (SELECT FROM prompts WHERE task_id = tasks.id)
    UNION ALL
    SELECT 'the prompts are not numbered 0 to n-1', task_id FROM prompts GROUP BY task_id
    HAVING min(position) <> 0 OR max(position) <> count(*) - 1 OR count(DISTINCT position) <> count(*)
    UNION ALL
    SELECT 'a scene has more than one prompt', task_id FROM prompts WHERE scene_id IS NOT NULL
    GROUP BY task_id, scene_id HAVING count(*) > 1
    UNION ALL
    SELECT 'a completed recording has no transcript', id FROM tasks
    WHERE status = 'completed' AND kind = 'audio' AND NOT EXISTS (SELECT FROM transcripts WHERE task_id = tasks.id)
    UNION ALL
    SELECT 'a task that is over is still held', id FROM tasks
    WHERE status IN ('completed', 'failed', 'canceled') AND (attempt_token IS NOT NULL OR lease_until > now())
  )
  SELECT fault, min(id::text) AS task, count(*)::int AS count FROM faults GROUP BY fault`;

const findFaultsOfTasks = async ({ client, api }: World): Promise<string[]> => {
  type Fault = { fault: string; task: string; count: number };
  const { rows } = await client.query<Fault>(FAULTS_OF_TASKS, [[...api.acknowledged]]);
  return rows.map(({ fault, task, count }) => `${fault}, ${count} times, such as task ${task}`);
};

/** Waits until nothing is left to do. */
const untilRest = async ({ client }: World): Promise<string[]> => {
  const look = async (): Promise<string | null> => {
    const { rows } = await client.query<{ left: number; outbox: number }>(`
      SELECT (SELECT count(*)::int FROM tasks WHERE status IN ('queued', 'processing')) AS left,
        (SELECT count(*)::int FROM outbox) AS outbox`);
    const [{ left, outbox } = { left: 0, outbox: 0 }] = rows;
    return left + outbox === 0 ? null : `${left} tasks are not over and ${outbox} rows are in the outbox`;
  };
  try {
    await until("rest", REST_MS, async () => ((await look()) === null ? true : null));
    return [];
  } catch {
    const still = await look();
    return still === null ? [] : [`after ${REST_MS / SECOND} s ${still}`];
  }
};

const storedFiles = async (world: World): Promise<{ dir: string; names: string[] }> => {
  const dir = join(world.dataDir, "audio", "stored");
  return { dir, names: await readdir(dir) };
};

/** What a sweep leaves that no row names, once such files are old enough for it; and rows whose file is gone. */
const findFaultsOfFiles = async (world: World): Promise<string[]> => {
  const { client } = world;
  const known = async (): Promise<Set<string>> => {
    const { rows } = await client.query<{ key: string }>("SELECT storage_key AS key FROM audio");
    return new Set(rows.map(({ key }) => key));
  };
  const orphans = async (): Promise<string[]> => {
    const keys = await known();
    return (await storedFiles(world)).names.filter((name) => !keys.has(name));
  };
  const { dir, names } = await storedFiles(world);
  const missing = [...(await known())].filter((key) => !names.includes(key));
  const faults = missing.length === 0 ? [] : [`${missing.length} recordings of tasks are not stored any more`];
  const left = await orphans();
  if (left.length === 0) return faults;
  const longAgo = new Date(Date.now() - 3 * HOUR);
  for (const name of left) await utimes(join(dir, name), longAgo, longAgo);
  await client.query(`INSERT INTO outbox (job, payload) VALUES ('maintenance', '{"action": "sweep"}')`);
  await until("the sweep of orphans", 20 * SECOND, async () => ((await orphans()).length === 0 ? true : null)).catch(
    (error: Error) => faults.push(`${left.length} orphan recordings stay: ${error.message}`),
  );
  return faults;
};

/** What must be true after every row, whatever happened. Empty: it is. */
export const findBrokenInvariants = async (world: World): Promise<string[]> => [
  ...(await untilRest(world)),
  ...(await findFaultsOfTasks(world)),
  ...(await findFaultsInHistory(world.client)),
  ...(await findFaultsOfFiles(world)),
];

/** Processes that carry the world's folder in their environment: its services, and whatever they started. */
export const findLeakedProcesses = async (dataDir: string): Promise<string[]> => {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const leaked: string[] = [];
  for (const pid of pids) {
    // It may have ended since, or be somebody else's.
    const env = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
    if (env.includes(`PHONOSCENE_DATA_DIR=${dataDir}\0`)) leaked.push(`process ${pid} was left running`);
  }
  return leaked;
};
