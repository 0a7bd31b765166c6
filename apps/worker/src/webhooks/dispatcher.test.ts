import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { TaskOptions, WEBHOOK_EVENTS, WebhookMessage } from "@phonoscene/contracts";
import {
  cancelTask,
  createTask,
  createTestDelivery,
  createUser,
  createWebhook,
  type Database,
  deleteOldWebhookEvents,
  deleteUser,
  openDatabase,
  replayDelivery,
  rotateWebhookSecret,
} from "@phonoscene/db";
import { createLogger, newId } from "@phonoscene/kernel";
import { createAddressPolicy, createOutboundClient } from "@phonoscene/outbound";
import { useDatabase } from "@phonoscene/testing";
import { Webhook as Verifier } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";

import { type Dispatcher, startDispatcher } from "./dispatcher.ts";
import { startReceiver, type TestReceiver } from "./test-receiver.ts";

vi.setConfig({ testTimeout: 60_000 });

const SECRET = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
const NEW_SECRET = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;
const SOON = { timeout: 25_000, interval: 50 };
const logger = createLogger({ name: "dispatcher-test", level: "silent" });
const isAllowed = createAddressPolicy(["127.0.0.0/8"]);
const databaseOf = useDatabase();

let database: Database;
let receiver: TestReceiver;
let userId: string;
const running: Dispatcher[] = [];

const dispatch = (totalMs?: number): Dispatcher => {
  const outbound = createOutboundClient({ isAllowed });
  const options = { database, outbound, isAllowed, mayPoll: () => true, logger, pollMs: 50 };
  const dispatcher = startDispatcher(totalMs === undefined ? options : { ...options, totalMs });
  running.push(dispatcher);
  return dispatcher;
};

beforeAll(async () => {
  const onPoolError = (error: Error): void => logger.warn({ err: error }, "pool");
  database = openDatabase({ url: databaseOf.url, poolSize: 5, onPoolError });
  userId = (await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" })).id;
  receiver = await startReceiver((request, response) => {
    const kind = request.url?.split("/")[1] ?? "";
    if (kind === "hang") return;
    if (kind === "reset") request.socket.destroy();
    else if (kind === "drip") {
      response.writeHead(200);
      const timer = setInterval(() => response.write("."), 100);
      response.on("close", () => clearInterval(timer));
    } else if (kind === "huge")
      response.writeHead(200, { "content-length": "5000000" }).end(Buffer.alloc(5_000_000, "x"));
    else if (kind === "302") response.writeHead(302, { location: "/200/elsewhere" }).end();
    else if (kind === "429") response.writeHead(429, { "retry-after": "3600" }).end("slow down");
    else response.writeHead(Number(kind)).end(kind === "204" ? undefined : "answer\0");
  });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((dispatcher) => dispatcher.stop(0)));
});
afterAll(async () => {
  await receiver.close();
  await database.close();
});

/** A webhook at a path of the receiver, with one test event. */
const newDelivery = async (kind: string, owner = userId): Promise<{ id: string; webhookId: string; path: string }> => {
  const path = `/${kind}/${newId()}`;
  const fields = { description: null, events: [...WEBHOOK_EVENTS], secret: SECRET };
  const row = await createWebhook(database.db, { userId: owner, url: receiver.origin + path, ...fields }, 1000);
  const webhookId = row?.id ?? "";
  const event = { type: "webhook.test", body: '{"type":"webhook.test"}' };
  const id = await createTestDelivery(database.db, { id: webhookId, userId: owner }, event);
  return { id: id ?? "", webhookId, path };
};

const read = (id: string) =>
  database.db.webhookDelivery.findUniqueOrThrow({ where: { id }, include: { attempts: true, webhook: true } });

const attempted = async (id: string, count = 1) => {
  await expect.poll(async () => (await read(id)).attempts.length, SOON).toBe(count);
  return read(id);
};

const makeDue = (id: string) =>
  database.db.$executeRaw`UPDATE webhook_deliveries SET next_attempt_at = now() WHERE id = ${id}::uuid`;

it.each(["200", "204", "huge", "drip"])("an answer %s is a delivery, its excerpt at most a KiB", async (kind) => {
  const { id } = await newDelivery(kind);
  // What drips is cut off then.
  dispatch(kind === "drip" ? 2000 : undefined);
  const row = await attempted(id);
  expect(row).toMatchObject({ state: "delivered", lastStatus: kind === "204" ? 204 : 200, lastError: null });
  expect(Buffer.byteLength(row.attempts[0]?.excerpt ?? "")).toBeLessThanOrEqual(1030);
});

it.each([
  ["500", 500, "answered 500"],
  ["302", 302, "redirect"],
  ["429", 429, "answered 429"],
  ["reset", null, "broke off"],
])("an answer %s is tried again later", async (kind, status, error) => {
  const { id, path } = await newDelivery(kind);
  dispatch();
  const row = await attempted(id);
  expect(row).toMatchObject({ state: "pending", attempt: 1, lastError: expect.stringContaining(error) });
  expect(row.lastStatus).toBe(kind === "302" ? null : status);
  const waitMs = row.nextAttemptAt.getTime() - (row.attempts[0]?.createdAt.getTime() ?? 0);
  expect(waitMs).toBeGreaterThanOrEqual(kind === "429" ? 3_600_000 : 5000);
  expect(receiver.at(path)).toHaveLength(1);
  expect(receiver.at("/200/elsewhere")).toEqual([]);
});

it("410 disables the webhook and cancels what else it was to get", async () => {
  const { id, webhookId } = await newDelivery("410");
  const event = { type: "webhook.test", body: "{}" };
  const later = (await createTestDelivery(database.db, { id: webhookId, userId }, event)) ?? "";
  await database.db.webhookDelivery.update({ where: { id: later }, data: { nextAttemptAt: new Date("2100-01-01") } });
  dispatch();
  await expect.poll(async () => (await read(later)).state, SOON).toBe("canceled");
  expect(await read(id)).toMatchObject({ state: "exhausted", webhook: { status: "disabled", disabledReason: "gone" } });
});

it("after ten attempts it is exhausted, all under one id; a replay has the same", async () => {
  const { id, webhookId, path } = await newDelivery("500");
  dispatch();
  for (let made = 1; made <= 10; made += 1) {
    await makeDue(id);
    await attempted(id, made);
  }
  expect(await read(id)).toMatchObject({ state: "exhausted", attempt: 10 });
  expect(await replayDelivery(database.db, { id: webhookId, userId, deliveryId: id })).toBe(true);
  expect(await attempted(id, 11)).toMatchObject({ state: "pending", attempt: 1 });
  expect(new Set(receiver.at(path).map(({ headers }) => headers["webhook-id"])).size).toBe(1);
});

it("a receiver that hangs takes four places at most and holds up nobody else", async () => {
  const { webhookId, path } = await newDelivery("hang");
  for (let more = 0; more < 9; more += 1) {
    await createTestDelivery(database.db, { id: webhookId, userId }, { type: "webhook.test", body: "{}" });
  }
  dispatch();
  await expect.poll(() => receiver.at(path).length, SOON).toBe(4);
  const { id } = await newDelivery("200");
  expect(await attempted(id)).toMatchObject({ state: "delivered" });
  expect(receiver.at(path)).toHaveLength(4);
});

it("a dispatcher that stops before it knows the answer gives the delivery back; the next sends it under the same id", async () => {
  const { id, path } = await newDelivery("hang");
  const first = dispatch();
  await expect.poll(() => receiver.at(path).length, SOON).toBe(1);
  await first.stop(0);
  expect(await read(id)).toMatchObject({ state: "pending", attempt: 0, leaseToken: null });
  dispatch();
  await expect.poll(() => receiver.at(path).length, SOON).toBe(2);
  expect(new Set(receiver.at(path).map(({ headers }) => headers["webhook-id"])).size).toBe(1);
});

it("a death between the answer and its record sends it again once the lease is over", async () => {
  const { id, path } = await newDelivery("200");
  const hook = Symbol.for("phonoscene.crash-point");
  const die = (name: string): void => {
    if (name === "webhook/sent") throw new Error("as if killed");
  };
  Object.assign(globalThis, { [hook]: die });
  dispatch();
  await expect.poll(() => receiver.at(path).length, SOON).toBe(1);
  await running.splice(0)[0]?.stop(5000);
  Reflect.deleteProperty(globalThis, hook);
  expect(await read(id)).toMatchObject({ state: "pending", attempts: [] });
  await database.db.$executeRaw`UPDATE webhook_deliveries SET lease_until = now() WHERE id = ${id}::uuid`;
  dispatch();
  expect(await attempted(id)).toMatchObject({ state: "delivered" });
  expect(new Set(receiver.at(path).map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(receiver.at(path)).toHaveLength(2);
});

it("messages of a task are thin and signed; while the secret rotates both verify, the documented way too", async () => {
  const { webhookId, path } = await newDelivery("200");
  await rotateWebhookSecret(database.db, { id: webhookId, userId }, NEW_SECRET);
  const source = { kind: "text" as const, text: "A fox ran." };
  const options = TaskOptions.parse({});
  const task = await createTask(database.db, { userId, name: null, language: "en", options, source });
  await cancelTask(database.db, { id: task.id, userId });
  dispatch();
  await expect.poll(() => receiver.at(path).length, SOON).toBe(2);
  const message = receiver.at(path).find(({ body }) => body.includes("task.canceled"));
  if (message === undefined) throw new Error("no message of the task came");
  const { body } = message;
  expect(Buffer.byteLength(body)).toBeLessThan(20_000);
  const data = { id: task.id, status: "canceled", cancelReason: "requested", error: null };
  expect(WebhookMessage.parse(JSON.parse(body))).toMatchObject({ type: "task.canceled", data });
  const headers = message.headers as Record<string, string>;
  const docs = await readFile(fileURLToPath(new URL("../../../../docs/webhooks.md", import.meta.url)), "utf8");
  const snippet = /```js\n([\s\S]*?)```/.exec(docs)?.[1] ?? "";
  type Documented = { isGenuine(of: object, rawBody: string, secret: string): boolean };
  const module = `data:text/javascript,${encodeURIComponent(snippet)}`;
  const { isGenuine } = (await import(/* @vite-ignore */ module)) as Documented;
  for (const secret of [SECRET, NEW_SECRET]) {
    expect(new Verifier(secret).verify(body, headers)).toMatchObject({ type: "task.canceled" });
    expect(() => new Verifier(secret).verify(`${body} `, headers)).toThrow("No matching signature found");
    expect(isGenuine(headers, body, secret)).toBe(true);
    expect(isGenuine(headers, `${body} `, secret)).toBe(false);
  }
  await database.db.$executeRaw`UPDATE webhooks SET previous_until = now() WHERE id = ${webhookId}::uuid`;
  await createTestDelivery(database.db, { id: webhookId, userId }, { type: "webhook.test", body: "{}" });
  await expect.poll(() => receiver.at(path).length, SOON).toBe(3);
  expect(receiver.at(path).at(-1)?.headers["webhook-signature"]).toMatch(/^v1,\S+$/);
});

it("events older than 30 days are swept, and an account takes all along", async () => {
  const other = await createUser(database.db, { email: "bob@example.com", name: "Bob", passwordHash: "x" });
  const old = await newDelivery("200", other.id);
  const young = await newDelivery("200", other.id);
  dispatch();
  await attempted(old.id);
  await attempted(young.id);
  const { eventId } = await read(old.id);
  await database.db
    .$executeRaw`UPDATE webhook_events SET created_at = now() - interval '31 days' WHERE id = ${eventId}::uuid`;
  expect(await deleteOldWebhookEvents(database.db)).toBe(1);
  const left = () => database.db.webhookDelivery.findMany({ where: { webhook: { userId: other.id } } });
  expect((await left()).map(({ id }) => id)).toEqual([young.id]);
  const { eventId: youngEvent } = await read(young.id);
  await deleteUser(database.db, other.id);
  expect(await left()).toEqual([]);
  expect(await database.db.webhookEvent.count({ where: { id: youngEvent } })).toBe(0);
  expect(await database.db.webhookAttempt.count({ where: { deliveryId: young.id } })).toBe(0);
});
