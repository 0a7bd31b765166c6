import pg from "pg";
import { describe, expect, inject, it } from "vitest";

import { describeOnBackends } from "./backends.ts";
import { useDatabase } from "./database.ts";
import { redisUrl, uniquePrefix } from "./redis.ts";

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

const databases = (): Promise<unknown[]> =>
  query(inject("databaseServerUrl"), "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'");

describe("a test's database", () => {
  const first = useDatabase();
  const second = useDatabase();

  it("holds the queue's schema", async () => {
    const tables = await query(
      first.url,
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'bullmq'",
    );
    expect(tables.length).toBeGreaterThan(0);
  });

  it("is shared with no other", async () => {
    await query(first.url, "CREATE TABLE only_here (id int)");
    await expect(query(second.url, "SELECT * FROM only_here")).rejects.toThrow(/does not exist/);
  });

  it("keeps its time in UTC", async () => {
    expect(await query(first.url, "SHOW timezone")).toEqual([{ TimeZone: "UTC" }]);
  });
});

describe("the database of a finished suite", () => {
  let url = "";
  describe("while the suite runs", () => {
    const database = useDatabase();
    it("is there", async () => {
      url = database.url;
      expect(await databases()).toContainEqual({ datname: new URL(url).pathname.slice(1) });
    });
  });
  it("is gone", async () => {
    expect(await databases()).not.toContainEqual({ datname: new URL(url).pathname.slice(1) });
  });
});

describe("the url of a test's database", () => {
  const database = useDatabase();
  let early: unknown = null;
  try {
    early = database.url;
  } catch (error) {
    early = error;
  }
  it("is not to be had before the first test", () => {
    expect(early).toMatchObject({ message: expect.stringContaining("before the first test") });
  });
});

describeOnBackends("a suite for both backends", (backend) => {
  it("gets what its backend needs", async () => {
    expect(backend.redisUrl).toBe(backend.kind === "redis" ? redisUrl() : null);
    expect(await query(backend.database.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(backend.prefix).not.toBe(uniquePrefix());
  });
});
