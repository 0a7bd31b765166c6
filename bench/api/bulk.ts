import { newId } from "../../packages/kernel/src/index.ts";
import { median, type Row } from "./report.ts";
import type { Effort } from "./requests.ts";
import type { World } from "./world.ts";

const TASKS = 10_000;
const AT_MOST = 1.5;
const PROMPT =
  "a red fishing boat fighting the waves, a young woman standing at the wheel, 35mm, documentary photograph";

type Call = { method: "POST" | "PATCH"; path: string; body: unknown };
type Contest = { name: string; prepare(world: World): Promise<Call> };

type SeededTask = { id: string; promptIds: string[] };

/** Completed tasks of the owner's with two prompts each. */
const addTasks = async ({ client, ownerId }: World): Promise<SeededTask[]> => {
  const rows = Array.from({ length: TASKS }, () => ({ id: newId(), promptIds: [newId(), newId()] }));
  await client.query(
    `INSERT INTO tasks (id, user_id, kind, status, text, options)
     SELECT id, $2, 'text', 'completed', repeat('Words of a text. ', 30), '{}' FROM unnest($1::uuid[]) AS row (id)`,
    [rows.map(({ id }) => id), ownerId],
  );
  const prompts = rows.flatMap(({ id, promptIds }) => promptIds.map((promptId, position) => [promptId, id, position]));
  await client.query(
    `INSERT INTO prompts (id, task_id, position, content, slots)
     SELECT id, task_id, position, repeat('an old keeper lighting the lamp, ', 8), '[]'
     FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS row (id, task_id, position)`,
    [0, 1, 2].map((column) => prompts.map((row) => row[column])),
  );
  return rows;
};

const CONTESTS: Contest[] = [
  {
    name: "bulk update, 10,000 tasks, 20,000 prompts",
    prepare: async (world) => {
      const rows = await addTasks(world);
      const items = rows.map(({ id, promptIds }, index) => ({
        id,
        name: `Storyboard ${index}`,
        prompts: promptIds.map((promptId, position) => ({
          id: promptId,
          content: `${PROMPT} ${newId()}`,
          position: 1 - position,
        })),
      }));
      return { method: "PATCH", path: "/v1/tasks/bulk", body: { items } };
    },
  },
  {
    name: "bulk create, 10,000 tasks",
    prepare: async () => {
      const items = Array.from({ length: TASKS }, (_value, index) => ({
        text: `${PROMPT} ${index}`,
        name: `Text ${index}`,
      }));
      return { method: "POST", path: "/v1/tasks/bulk", body: { items } };
    },
  },
  {
    name: "bulk delete, 10,000 tasks",
    prepare: async (world) => {
      const rows = await addTasks(world);
      return { method: "POST", path: "/v1/tasks/bulk/delete", body: { ids: rows.map(({ id }) => id) } };
    },
  },
];

const timeMs = async (url: string, { method, path, body }: Call, headers: Record<string, string>): Promise<number> => {
  const json = JSON.stringify(body);
  const startMs = performance.now();
  const answer = await fetch(`${url}${path}`, { method, headers, body: json });
  const text = await answer.text();
  const spentMs = performance.now() - startMs;
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`);
  return spentMs;
};

const compare = async (world: World, effort: Effort, { name, prepare }: Contest): Promise<Row> => {
  const times: Record<"api" | "floor", number[]> = { api: [], floor: [] };
  for (let round = 0; round <= effort.rounds; round += 1) {
    effort.onRound(name, round, effort.rounds + 1);
    for (const side of round % 2 === 0 ? (["api", "floor"] as const) : (["floor", "api"] as const)) {
      const call = await prepare(world);
      await world.client.query("CHECKPOINT");
      const spentMs = await timeMs(world[side].url, call, await world.login());
      // The first round warms up.
      if (round > 0) times[side].push(spentMs);
      await world.clean();
    }
  }
  const against = { against: "floor", other: median(times.floor) };
  return { name, unit: "ms", ours: median(times.api), ...against, target: { atMost: AT_MOST } };
};

/** Calls of 10,000 items, from the first byte of the request to the last one of the answer. */
export async function* bulkRows(world: World, effort: Effort): AsyncGenerator<Row> {
  for (const contest of CONTESTS) yield await compare(world, effort, contest);
}
