import { newId } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { createTasks, deleteTasks } from "./bulk-tasks.repo.ts";
import { type Database, openDatabase } from "./client.ts";
import { changeTasks } from "./task-changes.repo.ts";

const databaseOf = useDatabase();
let database: Database;
const userId = newId();

beforeAll(async () => {
  database = openDatabase({
    url: databaseOf.url,
    onPoolError: (error) => {
      throw error;
    },
  });
  await database.db.user.create({ data: { id: userId, email: "ada@example.com", name: "Ada", passwordHash: "" } });
});
afterAll(() => database.close());

/** Counts what really goes to the server while `run` runs, BEGIN and COMMIT included. */
const statementsOf = async (run: () => Promise<unknown>): Promise<number> => {
  const query = vi.spyOn(pg.Client.prototype, "query");
  try {
    await run();
    return query.mock.calls.length;
  } finally {
    query.mockRestore();
  }
};

const seed = async (count: number) => {
  const tasks = Array.from({ length: count }, () => ({ id: newId(), promptIds: [newId(), newId(), newId()] }));
  await database.db.task.createMany({
    data: tasks.map(({ id }) => ({ id, userId, kind: "text", status: "completed", options: {} })),
  });
  await database.db.scene.createMany({
    data: tasks.map(({ id }) => ({ id: newId(), taskId: id, index: 0, segmentIds: [], excerpt: "" })),
  });
  await database.db.prompt.createMany({
    data: tasks.flatMap(({ id: taskId, promptIds }) =>
      promptIds.map((id, position) => ({ id, taskId, position, content: `p${position}`, slots: [] })),
    ),
  });
  return tasks;
};

const update = async (count: number) => {
  const items = (await seed(count)).map(({ id, promptIds: [first, second] }) => {
    const prompts = [
      { id: first, delete: true as const },
      { id: second, content: "changed", negative: null, position: 1 },
      { content: 'a "quoted", {braced} back\\slash', sceneIndex: 0, position: 0 },
    ];
    return { item: { id, name: "NULL", prompts } };
  });
  return () => changeTasks(database.db, userId, { items, isAtomic: true });
};

describe("the statements of a bulk call", () => {
  it.each([1, 100, 1000])(
    "update: nine for %i items that use everything, the transaction's two included",
    async (count) => {
      const run = await update(count);
      expect(await statementsOf(run)).toBe(9);
    },
  );

  it.each([1, 100, 10_000])("create: one for %i items", async (count) => {
    const item = { name: null, language: "auto", metadata: {}, text: "Words.", options: {} as never };
    const items = Array.from({ length: count }, () => ({ item }));
    expect(await statementsOf(() => createTasks(database.db, userId, { items, isAtomic: true }))).toBe(1);
  });

  it.each([1, 100, 1000])(
    "delete: four for %i items without recordings, the transaction's two included",
    async (count) => {
      const items = (await seed(count)).map(({ id }) => ({ item: id }));
      expect(await statementsOf(() => deleteTasks(database.db, userId, { items, isAtomic: true }))).toBe(4);
    },
  );
});

it("words with quotes, braces and backslashes are stored as they are, and the word NULL is no null", async () => {
  const run = await update(1);
  const [outcome] = await run();
  if (outcome === undefined || "fault" in outcome) throw new Error("the change was refused");
  const task = await database.db.task.findUniqueOrThrow({
    where: { id: outcome.done.id },
    include: { prompts: { orderBy: { position: "asc" } } },
  });
  expect(task.name).toBe("NULL");
  expect(task.prompts.map(({ content }) => content)).toEqual(['a "quoted", {braced} back\\slash', "changed", "p2"]);
});
