import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { TaskOptions } from "@phonoscene/contracts";
import { claimTask, createTask, createUser, type Database, failTask, openDatabase } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";

vi.setConfig({ testTimeout: 120_000 });

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const databaseOf = useDatabase();
let database: Database;
let userId: string;

beforeAll(async () => {
  const onPoolError = (error: Error): void => {
    throw error;
  };
  database = openDatabase({ url: databaseOf.url, poolSize: 1, onPoolError });
  userId = (await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" })).id;
});
beforeEach(async () => {
  await database.db.task.deleteMany();
  await database.db.outbox.deleteMany();
});
afterAll(() => database.close());

const run = async (...argv: string[]) => {
  const child = spawn(process.execPath, [...process.execArgv.slice(-3), MAIN, "dead-letters", ...argv], {
    env: { ...process.env, NO_COLOR: "1", DATABASE_URL: databaseOf.url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { stdout, stderr, exitCode: child.exitCode };
};

const deadLetter = async (): Promise<string> => {
  const source = { kind: "text" as const, text: "words that stay private" };
  const fields = { userId, name: null, language: "en", options: TaskOptions.parse({}), source };
  const { id } = await createTask(database.db, fields);
  const claim = await claimTask(database.db, id, "prompting");
  if (claim.outcome !== "claimed") throw new Error("not claimed");
  const failure = { code: "internal", message: "It was given up.", stage: "prompting", retryable: false } as const;
  await failTask(database.db, claim.task, { ...failure, isDead: true });
  await database.db.outbox.deleteMany();
  return id;
};

it("dead letters are listed without their content, for people and for programs", async () => {
  expect(await run("list")).toMatchObject({ stdout: "There are no dead letters.\n", exitCode: 0 });
  const id = await deadLetter();
  const listed = await run("list");
  expect(listed.stdout).toMatch(new RegExp(`^${id}  .*  prompting  internal  1 attempts  It was given up.\n$`));
  const { deadLetters } = JSON.parse((await run("list", "--json")).stdout) as { deadLetters: unknown[] };
  expect(deadLetters).toMatchObject([{ taskId: id, userId, stage: "prompting", code: "internal" }]);
  expect(JSON.stringify(deadLetters)).not.toContain("private");
});

it("one is queued again by its id, the rest with --all; an id that is none of them is told, and the others go", async () => {
  const ids = [await deadLetter(), await deadLetter(), await deadLetter()];
  const stranger = newId();
  const some = await run("redrive", ids[0] ?? "", stranger, "--json");
  expect(JSON.parse(some.stdout)).toEqual({ redriven: [ids[0]] });
  expect(some).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(stranger) });
  expect(await run("redrive", "--all")).toMatchObject({ stdout: "Queued again: 2.\n", exitCode: 0 });
  const jobs = await database.db.outbox.findMany();
  expect(jobs.map(({ payload }) => payload)).toHaveLength(3);
});
