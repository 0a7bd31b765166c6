import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

import { AppError, siblingModule } from "@phonoscene/kernel";
import { useTempDirs } from "@phonoscene/testing";
import pg from "pg";
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";

import { migrate } from "./migrate.ts";

const newDir = useTempDirs();

const rowsOf = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

/** What a rejected promise said, as a person would read it. */
const complaint = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no complaint";
};

describe("migrate", () => {
  let url = "";
  let migrationsDir = "";
  const server = inject("databaseServerUrl");

  const addMigration = async (name: string, sql: string): Promise<void> => {
    await mkdir(join(migrationsDir, name), { recursive: true });
    await writeFile(join(migrationsDir, name, "migration.sql"), sql);
  };

  beforeEach(async () => {
    const name = `migrate_${randomBytes(6).toString("hex")}`;
    await rowsOf(server, `CREATE DATABASE ${name}`);
    url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
    migrationsDir = await newDir();
    await writeFile(join(migrationsDir, "migration_lock.toml"), 'provider = "postgresql"\n');
    await addMigration("20260101000000_one", "CREATE TABLE one (id int); -- first; of two");
    await addMigration("20260102000000_two", "CREATE TABLE two (id int);\nINSERT INTO two VALUES (1);");
  });

  afterEach(async () => {
    await rowsOf(server, `DROP DATABASE ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
  });

  it("applies what is new, in order, once", async () => {
    expect(await migrate(url, migrationsDir)).toEqual(["20260101000000_one", "20260102000000_two"]);
    await addMigration("20260103000000_three", "ALTER TABLE two ADD COLUMN name text");
    expect(await migrate(url, migrationsDir)).toEqual(["20260103000000_three"]);
    expect(await migrate(url, migrationsDir)).toEqual([]);
  });

  it("is safe in three processes at once", async () => {
    await addMigration("20260103000000_slow", "SELECT pg_sleep(0.3); CREATE TABLE slow (id int)");
    const child = siblingModule(import.meta.url, "migrate.child");
    const runs = [1, 2, 3].map(() =>
      promisify(execFile)(process.execPath, [...process.execArgv, child, url, migrationsDir]),
    );
    const applied = (await Promise.all(runs)).flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
    expect(applied).toEqual(["20260101000000_one", "20260102000000_two", "20260103000000_slow"]);
    expect(await rowsOf(url, "SELECT * FROM two")).toEqual([{ id: 1 }]);
  });

  it("leaves nothing of a migration that fails, and goes on once it is corrected", async () => {
    await addMigration("20260103000000_bad", "CREATE TABLE three (id int); SELECT 1/0");
    expect(await complaint(migrate(url, migrationsDir))).toMatch(
      /^database\/migration-failed: The migration 20260103000000_bad failed and was rolled back \(division by zero\)/,
    );
    await addMigration("20260103000000_bad", "CREATE TABLE three (id int)");
    expect(await migrate(url, migrationsDir)).toEqual(["20260103000000_bad"]);
  });

  it("refuses a migration that was edited after it was applied", async () => {
    await migrate(url, migrationsDir);
    await addMigration("20260101000000_one", "CREATE TABLE one (id bigint)");
    expect(await complaint(migrate(url, migrationsDir))).toMatch(/_one was edited .* new migration/);
  });

  it("refuses a database in which another tool's migration failed half-way", async () => {
    await migrate(url, migrationsDir);
    await rowsOf(url, "UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name LIKE '%_two'");
    expect(await complaint(migrate(url, migrationsDir))).toMatch(/_two failed earlier .*: finish it by hand/);
  });

  it("runs beside a newer version that has migrated further", async () => {
    await addMigration("20260103000000_three", "CREATE TABLE three (id int)");
    await migrate(url, migrationsDir);
    const older = await newDir();
    await mkdir(join(older, "20260101000000_one"));
    const sql = await readFile(join(migrationsDir, "20260101000000_one", "migration.sql"));
    await writeFile(join(older, "20260101000000_one", "migration.sql"), sql);
    expect(await migrate(url, older)).toEqual([]);
  });
});

const closedPort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

describe("migrate, without a database that lets it in", () => {
  let nowhere = "";
  const server = inject("databaseServerUrl");
  const secret = new URL(server).password;

  beforeAll(async () => {
    nowhere = await newDir();
  });

  it("names host and port and the fix, and not the password, when nobody answers in time", async () => {
    const port = await closedPort();
    const startedMs = Date.now();
    const text = await complaint(migrate(`postgresql://me:s3cret@127.0.0.1:${port}/app`, nowhere, { waitMs: 600 }));
    expect(Date.now() - startedMs).toBeLessThan(5000);
    expect(text).toMatch(
      /^database\/unavailable: .*127\.0\.0\.1:\d+\/app does not answer \(ECONNREFUSED\): start it, correct DATABASE_URL/,
    );
    expect(text).toContain(String(port));
    expect(text).not.toContain("s3cret");
  });

  it("gives up on a server that takes the connection and says nothing", async () => {
    const silent = createServer(() => undefined);
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, "127.0.0.1", () => {
        const address = silent.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    try {
      const text = await complaint(migrate(`postgresql://me:s3cret@127.0.0.1:${port}/app`, nowhere, { waitMs: 500 }));
      expect(text).toContain("does not answer");
    } finally {
      silent.close();
    }
  });

  it("does not wait where waiting cannot help", async () => {
    const wrongPassword = Object.assign(new URL(server), { password: "wrong" }).href;
    const wrongName = Object.assign(new URL(server), { pathname: "/no_such" }).href;
    const startedMs = Date.now();
    expect(await complaint(migrate(wrongPassword, nowhere))).toMatch(/refuses the password: correct .*DATABASE_URL/);
    const text = await complaint(migrate(wrongName, nowhere));
    expect(text).toMatch(/no such database: create it/);
    expect(text).not.toContain(secret);
    expect(Date.now() - startedMs).toBeLessThan(5000);
  });

  it("says which migration is incomplete", async () => {
    const incomplete = await newDir();
    await mkdir(join(incomplete, "20260101000000_empty"));
    expect(await complaint(migrate(server, incomplete))).toMatch(/cannot be read .*20260101000000_empty.*restore/);
  });

  it("says what a URL should look like, without repeating a wrong one", async () => {
    const text = await complaint(migrate("postgresql//me:s3cret@host", nowhere));
    expect(text).toMatch(/DATABASE_URL is not a PostgreSQL URL: it should look like/);
    expect(text).not.toContain("s3cret");
  });
});
