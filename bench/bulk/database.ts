import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import pg from "pg";

import { startEmbeddedPostgres } from "../../packages/db/src/embedded-postgres.ts";
import { type Database, openDatabase } from "../../packages/db/src/index.ts";
import { migrate } from "../../packages/db/src/migrate.ts";
import { newId } from "../../packages/kernel/src/index.ts";

export type BenchDatabase = {
  /** What the service uses. */
  database: Database;
  /** What a hand-written program uses. */
  client: pg.Client;
  userId: string;
  close(): Promise<void>;
};

/** A server of its own with one account, whose tasks nobody works on. */
export const openBenchDatabase = async (): Promise<BenchDatabase> => {
  const server = await startEmbeddedPostgres({
    dataDir: await mkdtemp(join(tmpdir(), "phonoscene-bench-")),
    ephemeral: true,
  });
  const url = server.url("postgres");
  await migrate(url, fileURLToPath(new URL("../../prisma/migrations", import.meta.url)));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const userId = newId();
  await client.query("INSERT INTO users (id, email, name, password_hash) VALUES ($1, 'ada@example.com', 'Ada', '')", [
    userId,
  ]);
  const database = openDatabase({
    url,
    onPoolError: (error) => {
      throw error;
    },
  });
  const close = async () => {
    await database.close();
    await client.end();
    await server.stop();
  };
  return { database, client, userId, close };
};

/** Ids of `tasks` completed tasks, each with the ids of `promptsEach` prompts. */
export const seed = async (
  { client, userId }: BenchDatabase,
  { tasks, promptsEach }: { tasks: number; promptsEach: number },
): Promise<{ id: string; promptIds: string[] }[]> => {
  const rows = Array.from({ length: tasks }, () => ({
    id: newId(),
    promptIds: Array.from({ length: promptsEach }, newId),
  }));
  await client.query(
    `INSERT INTO tasks (id, user_id, kind, status, text, options)
     SELECT id, $2, 'text', 'completed', repeat('Words of a text. ', 30), '{}' FROM unnest($1::uuid[]) AS row (id)`,
    [rows.map(({ id }) => id), userId],
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
