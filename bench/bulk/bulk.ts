/**
 * Prints how long bulk calls of 10,000 tasks take (the update with 20,000 nested prompts), from the JSON of the request to the
 * JSON of the answer, against a program that trusts its input and sends one hand-written statement a table.
 *
 *   npx pnpm bench:bulk [ROUNDS]
 */
import { argv, stdout } from "node:process";

import { toBulkItems, toResults } from "../../apps/api/src/features/bulk/bulk-results.ts";
import {
  BulkCreate,
  BulkCreateResults,
  BulkDelete,
  BulkUpdate,
  BulkUpdateResults,
  TaskOptions,
} from "../../packages/contracts/src/index.ts";
import { changeTasks, createTasks, deleteTasks } from "../../packages/db/src/index.ts";
import { newId } from "../../packages/kernel/src/index.ts";
import { type BenchDatabase, openBenchDatabase, seed } from "./database.ts";

const TASKS = 10_000;
const ROUNDS = Number(argv[2] ?? 5);
const PROMPT =
  "a red fishing boat fighting the waves, a young woman standing at the wheel, 35mm, documentary photograph";

/** What both sides store with each task that is made. */
const DEFAULTS = JSON.stringify(TaskOptions.parse({}));

type Contest = { json: string; ours(json: string): Promise<string>; floor(json: string): Promise<string> };

const inTransaction = async ({ client }: BenchDatabase, statements: [string, unknown[]][]): Promise<void> => {
  await client.query("BEGIN");
  for (const [statement, values] of statements) await client.query(statement, values);
  await client.query("COMMIT");
};

type Update = { items: { id: string; name: string; prompts: { id: string; content: string; position: number }[] }[] };

const updateFloor = (bench: BenchDatabase) => async (json: string) => {
  const { items } = JSON.parse(json) as Update;
  const prompts = items.flatMap((item) => item.prompts.map((prompt) => ({ ...prompt, taskId: item.id })));
  const promptIds = prompts.map(({ id }) => id);
  await inTransaction(bench, [
    [
      `UPDATE tasks SET name = row.name, version = version + 1, updated_at = now()
       FROM unnest($1::uuid[], $2::text[]) AS row (id, name) WHERE tasks.id = row.id AND user_id = $3`,
      [items.map(({ id }) => id), items.map(({ name }) => name), bench.userId],
    ],
    [
      `INSERT INTO prompt_revisions (prompt_id, version, content, negative, created_at)
       SELECT id, version, content, negative, updated_at FROM prompts WHERE id = ANY($1::uuid[])`,
      [promptIds],
    ],
    [
      `UPDATE prompts SET content = row.content, position = row.position, version = version + 1, updated_at = now()
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[]) AS row (id, task_id, content, position)
       WHERE prompts.id = row.id AND prompts.task_id = row.task_id`,
      [
        promptIds,
        prompts.map(({ taskId }) => taskId),
        prompts.map(({ content }) => content),
        prompts.map(({ position }) => position),
      ],
    ],
  ]);
  return JSON.stringify({ results: items.map(({ id }, index) => ({ index, id })) });
};

const update = async (bench: BenchDatabase): Promise<Contest> => {
  const rows = await seed(bench, { tasks: TASKS, promptsEach: 2 });
  const items = rows.map(({ id, promptIds }, index) => ({
    id,
    name: `Storyboard ${index}`,
    prompts: promptIds.map((promptId, position) => ({
      id: promptId,
      content: `${PROMPT} ${newId()}`,
      position: 1 - position,
    })),
  }));
  return {
    json: JSON.stringify({ items }),
    ours: async (json) => {
      const body = BulkUpdate.parse(JSON.parse(json));
      const outcomes = await changeTasks(bench.database.db, bench.userId, {
        items: toBulkItems(body.items),
        isAtomic: body.atomic,
      });
      const results = toResults(outcomes, { isAtomic: body.atomic, list: "items" });
      return JSON.stringify(BulkUpdateResults.parse({ results }));
    },
    floor: updateFloor(bench),
  };
};

const createFloor = (bench: BenchDatabase) => async (json: string) => {
  const { items } = JSON.parse(json) as { items: { text: string; name: string }[] };
  const ids = items.map(newId);
  await inTransaction(bench, [
    [
      `INSERT INTO tasks (id, user_id, kind, name, text, options)
       SELECT id, $4, 'text', name, text, $5 FROM unnest($1::uuid[], $2::text[], $3::text[]) AS row (id, name, text)`,
      [ids, items.map(({ name }) => name), items.map(({ text }) => text), bench.userId, DEFAULTS],
    ],
    [
      "INSERT INTO outbox (job, payload) SELECT 'write-prompts', jsonb_build_object('taskId', id) FROM unnest($1::uuid[]) AS row (id)",
      [ids],
    ],
  ]);
  return JSON.stringify({ results: ids.map((id, index) => ({ index, id })) });
};

const create = (bench: BenchDatabase): Contest => ({
  json: JSON.stringify({
    items: Array.from({ length: TASKS }, (_value, index) => ({ text: `${PROMPT} ${index}`, name: `Text ${index}` })),
  }),
  ours: async (json) => {
    const { items, atomic: isAtomic } = BulkCreate.parse(JSON.parse(json));
    const tasks = toBulkItems(items).map((entry) => {
      if ("fault" in entry) return entry;
      const { text, name, language, metadata, ...options } = entry.item;
      return { item: { text, name, language, metadata, options } };
    });
    const outcomes = await createTasks(bench.database.db, bench.userId, { items: tasks, isAtomic });
    return JSON.stringify(BulkCreateResults.parse({ results: toResults(outcomes, { isAtomic, list: "items" }) }));
  },
  floor: createFloor(bench),
});

const remove = async (bench: BenchDatabase): Promise<Contest> => {
  const rows = await seed(bench, { tasks: TASKS, promptsEach: 2 });
  return {
    json: JSON.stringify({ ids: rows.map(({ id }) => id) }),
    ours: async (json) => {
      const { ids = [], atomic: isAtomic } = BulkDelete.parse(JSON.parse(json));
      const outcomes = await deleteTasks(bench.database.db, bench.userId, { items: toBulkItems(ids), isAtomic });
      return JSON.stringify({ results: toResults(outcomes, { isAtomic, list: "ids" }) });
    },
    floor: async (json) => {
      const { ids } = JSON.parse(json) as { ids: string[] };
      await bench.client.query("DELETE FROM tasks WHERE id = ANY($1::uuid[]) AND user_id = $2", [ids, bench.userId]);
      return JSON.stringify({ results: ids.map((id, index) => ({ index, id })) });
    },
  };
};

const timeMs = async (run: () => Promise<string>): Promise<number> => {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Each run on rows of its own, in tables that are otherwise empty, ours and the floor by turns. */
const compare = async (
  bench: BenchDatabase,
  name: string,
  prepare: (bench: BenchDatabase) => Contest | Promise<Contest>,
): Promise<void> => {
  const times: Record<"ours" | "floor", number[]> = { ours: [], floor: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const side of round % 2 === 0 ? (["ours", "floor"] as const) : (["floor", "ours"] as const)) {
      await bench.client.query("TRUNCATE tasks, outbox CASCADE");
      const contest = await prepare(bench);
      await bench.client.query("VACUUM ANALYZE");
      const spentMs = await timeMs(() => contest[side](contest.json));
      // The first round warms up.
      if (round > 0) times[side].push(spentMs);
    }
  }
  const [ours, floor] = [median(times.ours), median(times.floor)];
  stdout.write(
    `${name.padEnd(52)} ${ours.toFixed(0).padStart(6)} ms   floor ${floor.toFixed(0).padStart(6)} ms   ratio ${(ours / floor).toFixed(2)}\n`,
  );
};

const bench = await openBenchDatabase();
await compare(bench, "update 10,000 tasks with 20,000 nested prompts", update);
await compare(bench, "create 10,000 tasks", create);
await compare(bench, "delete 10,000 tasks", remove);
await bench.close();
