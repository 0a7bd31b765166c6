import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import pg from "pg";
import { z } from "zod";

import { startEmbeddedPostgres } from "../../packages/db/src/embedded-postgres.ts";
import { createThrowAwayDatabase } from "../../packages/db/src/index.ts";
import { migrate } from "../../packages/db/src/migrate.ts";
import { migrateQueue } from "../../packages/queue/src/index.ts";
import { startApi, startFloor, type Side } from "./processes.ts";
import type { Progress } from "./progress.ts";
import { seed } from "./seed.ts";

export type World = {
  api: Side;
  floor: Side;
  client: pg.Client;
  ownerId: string;
  ownerEmail: string;
  /** Headers of a caller whom both sides know; access tokens last ten minutes, so each round asks for its own. */
  login(): Promise<Record<string, string>>;
  /** Takes away what a round has made, so that each finds the database as it was seeded. */
  clean(): Promise<void>;
  close(): Promise<void>;
};

export type WorldOptions = {
  tasks: number;
  progress: Progress;
  /** A server on which a database of our own is made; without it, one is started that flushes nothing to disk. */
  databaseUrl: string | undefined;
  profileDir: string | undefined;
};

type Undo = (() => Promise<unknown>)[];

const MIGRATIONS_DIR = fileURLToPath(new URL("../../prisma/migrations", import.meta.url));
const ACCOUNT = { email: "owner@bench.example", password: "correct horse battery" };

const openDatabase = async ({ databaseUrl }: WorldOptions, undo: Undo): Promise<string> => {
  if (databaseUrl !== undefined) {
    const database = await createThrowAwayDatabase(databaseUrl);
    undo.push(database.drop);
    return database.url;
  }
  const dataDir = await mkdtemp(join(tmpdir(), "phonoscene-bench-"));
  const server = await startEmbeddedPostgres({ dataDir, ephemeral: true });
  undo.push(server.stop);
  return server.url("postgres");
};

const post = async (url: string, body: unknown): Promise<unknown> => {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`POST ${url} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
};

const Login = z.object({ accessToken: z.string() });

const open = async (options: WorldOptions, undo: Undo): Promise<World> => {
  const { tasks, progress } = options;
  progress.show("database", 0, 1);
  const url = await openDatabase(options, undo);
  await migrate(url, MIGRATIONS_DIR);
  await migrateQueue(url);
  const client = new pg.Client({ connectionString: url, options: "-c TimeZone=UTC" });
  await client.connect();
  undo.push(() => client.end());
  const api = await startApi(url, options.profileDir);
  undo.push(api.stop);
  const floor = await startFloor(url);
  undo.push(floor.stop);
  const { id: ownerId } = z
    .object({ id: z.string() })
    .parse(await post(`${api.url}/v1/auth/register`, { ...ACCOUNT, name: "Ada" }));
  await seed(client, { ownerId, tasks, onStep: (done, total) => progress.show("database", done, total) });
  const login = async (): Promise<Record<string, string>> => {
    const { accessToken } = Login.parse(await post(`${api.url}/v1/auth/login`, ACCOUNT));
    return { authorization: `Bearer ${accessToken}`, "x-user": ownerId, "content-type": "application/json" };
  };
  return {
    api,
    floor,
    client,
    ownerId,
    ownerEmail: ACCOUNT.email,
    login,
    clean: () => clean(client, ownerId),
    close: async () => undefined,
  };
};

/** Only what was seeded was ever started. Outbox first: the relay has nothing left to do then. */
const clean = async (client: pg.Client, ownerId: string): Promise<void> => {
  await client.query("TRUNCATE outbox");
  await client.query("DELETE FROM tasks WHERE user_id = $1 AND started_at IS NULL", [ownerId]);
  await client.query("VACUUM ANALYZE tasks, prompts, prompt_revisions");
};

const undoAll = async (undo: Undo): Promise<void> => {
  for (const step of undo.splice(0).toReversed()) await step();
};

/** A database of its own that is thrown away, filled, and both programs before it. */
export const openWorld = async (options: WorldOptions): Promise<World> => {
  const undo: Undo = [];
  try {
    return { ...(await open(options, undo)), close: () => undoAll(undo) };
  } catch (error) {
    await undoAll(undo);
    throw error;
  }
};
