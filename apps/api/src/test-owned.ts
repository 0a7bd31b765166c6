import { createHash } from "node:crypto";

import { createTestDelivery, createWebhook } from "@phonoscene/db";
import { newId } from "@phonoscene/kernel";

import { newStoryboard } from "./test-storyboard.ts";
import type { ApiWorld } from "./test-world.ts";

/** Of everybody who registers in a test. */
export const PASSWORD = "correct horse battery";

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

/** Enough of a recording to be taken for one. */
export const WAV = Buffer.concat([Buffer.from("RIFF\u0024\0\0\0WAVEfmt ", "latin1"), Buffer.alloc(64)]);

/** A recording with its task. */
const newAudioId = async (world: ApiWorld, token: string): Promise<string> => {
  const form = new FormData();
  form.set("audio", new Blob([WAV]), "a.wav");
  const answer = await world.request("/v1/tasks", { method: "POST", token, body: form });
  const { id } = (await answer.json()) as { id: string };
  const row = await world.database.db.task.findUniqueOrThrow({ where: { id } });
  return row.audioId ?? "";
};

/** A webhook with a test that waits to be sent. */
const newWebhook = async (world: ApiWorld, userId: string): Promise<{ webhook: string; delivery: string }> => {
  const { db } = world.database;
  // Past the route's limit: some tests make these rows again and again.
  const fields = { description: null, events: ["task.completed"], secret: "whsec_AAAA" };
  const row = await createWebhook(db, { userId, url: "https://example.com/hook", ...fields }, 1000);
  const webhook = row?.id ?? "";
  const delivery = await createTestDelivery(db, { id: webhook, userId }, { type: "webhook.test", body: "{}" });
  return { webhook, delivery: delivery ?? "" };
};

const newStyle = async ({ database: { db } }: ApiWorld, userId: string): Promise<string> => {
  const { id } = await db.style.create({ data: { id: newId(), userId, name: newId(), film: "sheet film" } });
  return id;
};

/** Ids of rows of one person, one of each kind that a route can name. */
export type OwnedIds = {
  task: string;
  prompt: string;
  session: string;
  apiKey: string;
  audio: string;
  webhook: string;
  delivery: string;
  style: string;
};

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
  return {
    task,
    prompt,
    session: session.id,
    apiKey,
    audio: await newAudioId(world, token),
    style: await newStyle(world, person.userId),
    ...(await newWebhook(world, person.userId)),
  };
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
  ["webhook_id", "webhook_id IN (SELECT id FROM webhooks WHERE user_id = $1::uuid)"],
  [
    "delivery_id",
    "delivery_id IN (SELECT d.id FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id WHERE w.user_id = $1::uuid)",
  ],
  [
    "prompt_id",
    "prompt_id IN (SELECT p.id FROM prompts p JOIN tasks t ON t.id = p.task_id WHERE t.user_id = $1::uuid)",
  ],
];

const conditionOf = (table: string, columns: readonly string[]): string => {
  if (table === "users") return "id = $1::uuid";
  const found = OWNERSHIP.filter(([column]) => columns.includes(column)).map(([, condition]) => condition);
  if (found.length > 0) return found.join(" OR ");
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
