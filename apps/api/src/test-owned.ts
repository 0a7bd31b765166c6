import { createHash } from "node:crypto";

import { newStoryboard } from "./test-storyboard.ts";
import type { ApiWorld } from "./test-world.ts";

const PASSWORD = "correct horse battery";

export type Person = { email: string; token: string; refreshToken: string; userId: string };

/** Another login of somebody who is registered. */
export const logIn = async (world: ApiWorld, email: string): Promise<Person> => {
  const answer = await world.request("/v1/auth/login", { method: "POST", json: { email, password: PASSWORD } });
  // The contract's shape; a failed login has none of it and shows at the first use.
  const body = (await answer.json()) as { accessToken: string; refreshToken: string; user: { id: string } };
  return { email, token: body.accessToken, refreshToken: body.refreshToken, userId: body.user.id };
};

export const newPerson = async (world: ApiWorld, email: string): Promise<Person> => {
  await world.newUser(email);
  return logIn(world, email);
};

export const newApiKey = async (
  world: ApiWorld,
  token: string,
  scopes: string[],
): Promise<{ id: string; key: string }> => {
  const answer = await world.request("/v1/api-keys", { method: "POST", token, json: { name: "key", scopes } });
  return (await answer.json()) as { id: string; key: string };
};

/** A recording with its task. */
const newAudioId = async (world: ApiWorld, token: string): Promise<string> => {
  const form = new FormData();
  const wav = Buffer.concat([Buffer.from("RIFF\u0024\0\0\0WAVEfmt ", "latin1"), Buffer.alloc(64)]);
  form.set("audio", new Blob([wav]), "a.wav");
  const answer = await world.request("/v1/tasks", { method: "POST", token, body: form });
  const { id } = (await answer.json()) as { id: string };
  const row = await world.database.db.task.findUniqueOrThrow({ where: { id } });
  return row.audioId ?? "";
};

/** Ids of rows of one person, one of each kind that a route can name. */
export type OwnedIds = { task: string; prompt: string; session: string; apiKey: string; audio: string };

/** Makes one row of each kind; the prompt has an earlier version. */
export const newOwnedRows = async (world: ApiWorld, person: Person): Promise<OwnedIds> => {
  const { token } = person;
  const task = await newStoryboard(world, token, ["first", "second"]);
  const { id: prompt } = await world.database.db.prompt.findFirstOrThrow({ where: { taskId: task, position: 0 } });
  const path = `/v1/tasks/${task}/prompts/${prompt}`;
  await world.request(path, { method: "PATCH", token, json: { content: "other words" } });
  await logIn(world, person.email);
  const session = await world.database.db.session.findFirstOrThrow({
    where: { userId: person.userId },
    orderBy: { createdAt: "desc" },
  });
  const { id: apiKey } = await newApiKey(world, token, ["tasks:read"]);
  return { task, prompt, session: session.id, apiKey, audio: await newAudioId(world, token) };
};

/** Tables that hold nothing of one person alone, or only hints of work. */
const NOBODYS = new Set([
  "_prisma_migrations",
  "rate_limits",
  "outbox",
  "leases",
  "provider_deletions",
  "provider_states",
  "provider_slots",
  "provider_spend",
]);

/** How a table's rows are known to be somebody's, by a column of it. */
const OWNERSHIP: readonly [column: string, condition: string][] = [
  ["user_id", "user_id = $1::uuid"],
  ["task_id", "task_id IN (SELECT id FROM tasks WHERE user_id = $1::uuid)"],
  [
    "prompt_id",
    "prompt_id IN (SELECT p.id FROM prompts p JOIN tasks t ON t.id = p.task_id WHERE t.user_id = $1::uuid)",
  ],
];

const conditionOf = (table: string, columns: readonly string[]): string => {
  if (table === "users") return "id = $1::uuid";
  const found = OWNERSHIP.find(([column]) => columns.includes(column));
  if (found !== undefined) return found[1];
  throw new Error(`whose rows are those of ${table}? Say it in OWNERSHIP or NOBODYS`);
};

/** A digest of each table's rows of one person, every column of them. */
export const snapshotOf = async ({ database: { db } }: ApiWorld, userId: string): Promise<Record<string, string>> => {
  const tables = await db.$queryRaw<{ name: string; columns: string[] }[]>`
    SELECT table_name::text AS name, array_agg(column_name::text) AS columns FROM information_schema.columns
    WHERE table_schema = 'public' GROUP BY 1 ORDER BY 1`;
  const digests: Record<string, string> = {};
  for (const { name, columns } of tables.filter((table) => !NOBODYS.has(table.name))) {
    const statement = `SELECT t::text AS row FROM "${name}" t WHERE ${conditionOf(name, columns)} ORDER BY 1`;
    const rows = await db.$queryRawUnsafe<{ row: string }[]>(statement, userId);
    const hash = createHash("sha256");
    for (const { row } of rows) hash.update(row);
    digests[name] = `${rows.length} rows ${hash.digest("hex")}`;
  }
  return digests;
};
