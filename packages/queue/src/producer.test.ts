import { createServer, connect, type Server } from "node:net";

import { createLogger, newId } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import { afterAll, beforeAll, expect, it } from "vitest";

import { openQueueBackend } from "./backend.ts";
import { createProducer } from "./producer.ts";

const database = useDatabase();
const logger = createLogger({ name: "producer-test", level: "silent" });
let isOpen = false;
let gate: Server;

/** The database's address by way of a gate that hangs up on everybody until it is open. */
const gatedUrl = (): string => {
  const address = gate.address();
  if (address === null || typeof address === "string") throw new Error("the gate listens on a port");
  return Object.assign(new URL(database.url), { host: `127.0.0.1:${address.port}` }).href;
};

beforeAll(async () => {
  gate = createServer((client) => {
    client.on("error", () => undefined);
    if (!isOpen) return client.destroy();
    const { port, hostname } = new URL(database.url);
    const server = connect(Number(port), hostname);
    server.on("error", () => client.destroy());
    return client.pipe(server).pipe(client);
  });
  await new Promise<void>((resolve) => gate.listen(0, "127.0.0.1", resolve));
});
afterAll(() => gate.close());

it("a queue whose first connection fails takes jobs once there is one", async () => {
  const backend = openQueueBackend({ url: gatedUrl(), logger });
  const producer = createProducer(backend);
  const request = { name: "write-prompts" as const, payload: { taskId: newId() } };
  await expect(producer.enqueue([request])).rejects.toThrow(/connection|ECONNRESET|terminated|hang up/i);
  isOpen = true;
  const waiting = async (): Promise<number> => {
    await producer.enqueue([request]);
    return (await producer.counts()).find(({ name }) => name === "prompting")?.waiting ?? 0;
  };
  await expect.poll(() => waiting().catch((error: Error) => error.message), { timeout: 20_000 }).toBe(1);
  await producer.close();
  await backend.close();
});
