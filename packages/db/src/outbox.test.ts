import { newId } from "@phonoscene/kernel";
import { useDatabase } from "@phonoscene/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";

import { type Database, openDatabase } from "./client.ts";
import { addToOutbox, drainOutbox } from "./outbox.repo.ts";

const databaseOf = useDatabase();
let database: Database;
let outsider: pg.Client;
const told: Error[] = [];

beforeAll(async () => {
  database = openDatabase({ url: databaseOf.url, poolSize: 2, onPoolError: (error) => void told.push(error) });
  outsider = new pg.Client({ connectionString: databaseOf.url });
  await outsider.connect();
});
afterAll(async () => {
  await outsider.end();
  await database.close();
});

const endOtherConnections = async (): Promise<void> => {
  await outsider.query(`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`);
};

it("a relay whose connection ends while it sends is told so, and the rows stay for the next round", async () => {
  const payload = { taskId: newId() };
  await addToOutbox(database.db, [{ job: "write-prompts", payload }]);
  const cut = drainOutbox(database.db, async () => {
    await endOtherConnections();
    await expect.poll(() => told.length).toBeGreaterThan(0);
  });
  await expect(cut).rejects.toThrow(/connection/i);
  const sent: unknown[] = [];
  await expect.poll(() => drainOutbox(database.db, async (rows) => void sent.push(...rows)).catch(() => 0)).toBe(1);
  expect(sent).toEqual([{ job: "write-prompts", payload }]);
});
