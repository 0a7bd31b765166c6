import { INCLUDES, type Include, TaskOptions } from "@phonoscene/contracts";
import { newId } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { createTasks } from "./bulk-tasks.repo.ts";
import { type Database, openDatabase } from "./client.ts";
import { commitStoryboard, commitTranscript } from "./results.repo.ts";
import { findSessionUser } from "./sessions.repo.ts";
import { claimTask } from "./task-state.ts";
import { createTask, findTask, listTasks, type NewTask } from "./tasks.repo.ts";

const databaseOf = useDatabase();
let database: Database;
const userId = newId();
const options = TaskOptions.parse({});

beforeAll(async () => {
  database = openDatabase({
    url: databaseOf.url,
    onPoolError: (error) => {
      throw error;
    },
  });
  await database.db.user.create({ data: { id: userId, email: "ada@example.com", name: "Ada", passwordHash: "" } });
  const item = { name: null, language: "en", metadata: { shot: "1" }, text: "Words.", options };
  const items = Array.from({ length: 120 }, () => ({ item }));
  const outcomes = await createTasks(database.db, userId, { items, isAtomic: true });
  const ids = outcomes.flatMap((outcome) => ("done" in outcome ? [outcome.done.id] : []));
  const sceneIds = ids.map(() => newId());
  await database.db.transcript.createMany({
    data: ids.map((taskId) => ({ taskId, language: "en", engine: "local", text: "Words." })),
  });
  await database.db.scene.createMany({
    data: ids.map((taskId, index) => ({
      id: sceneIds[index] ?? "",
      taskId,
      index: 0,
      segmentIds: [0],
      excerpt: "Words.",
    })),
  });
  await database.db.prompt.createMany({
    data: ids.flatMap((taskId, index) =>
      [1, 0].map((position) => {
        const sceneId = position === 0 ? (sceneIds[index] ?? null) : null;
        return { id: newId(), taskId, sceneId, position, content: `p${position}`, slots: [] };
      }),
    ),
  });
});
afterAll(() => database.close());

/** What really goes to the server while `run` runs, BEGIN and COMMIT included. */
const statementsOf = async (run: () => Promise<unknown>): Promise<string[]> => {
  const query = vi.spyOn(pg.Client.prototype, "query");
  try {
    await run();
    // Each overload begins with the statement, or with an object that has it.
    return query.mock.calls.map(([first]) => (typeof first === "string" ? first : (first as { text: string }).text));
  } finally {
    query.mockRestore();
  }
};

/** One clause a line, so that a change shows where it is. */
const readable = (statements: readonly string[]): string =>
  statements
    .map((statement) =>
      statement
        .replaceAll(/\s+/g, " ")
        .replaceAll(/ (FROM|WHERE|ORDER BY|LEFT JOIN|JOIN|RETURNING|LIMIT|VALUES) /g, "\n$1 ")
        .trim(),
    )
    .join(";\n\n")
    .concat(";\n");

const includes: Include[][] = [[], ...INCLUDES.map((include) => [include]), [...INCLUDES]];

const page = { order: "desc" as const, after: null };

describe("a page of tasks is one statement", () => {
  it.each([1, 20, 100])("of %i tasks, whatever is included", async (limit) => {
    for (const include of includes) {
      let count = 0;
      const statements = await statementsOf(async () => {
        const rows = await listTasks(database.db, userId, { ...page, limit, include });
        count = rows.length;
        for (const row of rows) {
          expect(row.prompts?.map(({ content, scene }) => [content, scene?.excerpt])).toEqual(
            include.includes("prompts")
              ? [
                  ["p0", "Words."],
                  ["p1", undefined],
                ]
              : undefined,
          );
        }
      });
      expect(statements).toHaveLength(1);
      expect(count).toBe(limit + 1);
    }
  });

  it("with every filter too", async () => {
    const [, , last] = await listTasks(database.db, userId, { ...page, limit: 2, include: [] });
    if (last === undefined) throw new Error("there are more than two tasks");
    const times = { createdAfter: new Date(0), createdBefore: new Date(Date.now() + 60_000) };
    const filter = { status: "queued" as const, kind: "text" as const, q: "wor", metadata: { shot: "1" }, ...times };
    const statements = await statementsOf(async () => {
      const rows = await listTasks(database.db, userId, {
        ...page,
        ...filter,
        after: last,
        limit: 20,
        include: [...INCLUDES],
      });
      expect(rows).toHaveLength(21);
    });
    expect(statements).toHaveLength(1);
    await expect(readable(statements)).toMatchFileSnapshot("__snapshots__/list-tasks-filtered.sql");
  });
});

const newTask = (source: NewTask["source"]): NewTask => ({ userId, name: null, language: "en", options, source });

const lostClaim = { taskId: newId(), token: newId() };
const heard = {
  language: "en",
  engine: "local",
  durationMs: 1000,
  segments: [{ startMs: 0, endMs: 900, text: "Words.", confidence: null }],
};

describe("what each request and each stage sends", () => {
  let waitingId: string;
  beforeAll(async () => {
    ({ id: waitingId } = await createTask(database.db, newTask({ kind: "text", text: "Words." })));
  });

  it.each<[string, () => Promise<unknown>]>([
    ["list-tasks", () => listTasks(database.db, userId, { ...page, limit: 20, include: [...INCLUDES] })],
    ["find-task", () => findTask(database.db, { id: newId(), userId }, [...INCLUDES])],
    ["find-session-user", () => findSessionUser(database.db, { id: newId(), userId })],
    ["create-text-task", () => createTask(database.db, newTask({ kind: "text", text: "Words." }))],
    [
      "create-audio-task",
      () => {
        const audio = { filename: "a.mp3", format: "mp3", sizeBytes: 3_000_000_000, storageKey: newId() };
        return createTask(database.db, newTask({ kind: "audio", audio }));
      },
    ],
    [
      "claim-task",
      async () => expect(await claimTask(database.db, waitingId, "prompting")).toMatchObject({ task: {} }),
    ],
    ["commit-transcript", () => commitTranscript(database.db, lostClaim, { ...heard, warnings: [] })],
    [
      "commit-storyboard",
      () => {
        const storyboard = { language: "en", engine: "local", scenes: [], prompts: [], warnings: [] };
        return commitStoryboard(database.db, lostClaim, { ...storyboard, segments: [] });
      },
    ],
  ])("%s: one statement, as it is on file", async (name, run) => {
    const statements = await statementsOf(run);
    expect(statements).toHaveLength(1);
    await expect(readable(statements)).toMatchFileSnapshot(`__snapshots__/${name}.sql`);
  });
});

it("a task is the same when it was just made, when it is found, and inside a transaction", async () => {
  const audio = { filename: "a.mp3", format: "mp3", sizeBytes: 3_000_000_000, storageKey: newId() };
  const made = await createTask(database.db, newTask({ kind: "audio", audio }));
  const where = { id: made.id, userId };
  const found = await findTask(database.db, where);
  expect(found).toEqual(made);
  expect(await database.db.$transaction((tx) => findTask(tx, where))).toEqual(made);
  expect(made.audio).toMatchObject({ sizeBytes: 3_000_000_000, durationMs: null });
  expect(made.createdAt).toBeInstanceOf(Date);
  expect(made).not.toHaveProperty("text");
});

it("a column whose type a migration changes does not break the connections that are open", async () => {
  const where = { id: newId(), userId };
  for (let time = 0; time < 10; time += 1) await findTask(database.db, where);
  await database.pool.query("ALTER TABLE tasks ALTER COLUMN language TYPE varchar(300)");
  for (let time = 0; time < 10; time += 1) expect(await findTask(database.db, where)).toBeNull();
});
