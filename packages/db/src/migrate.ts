import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { AppError, SECOND } from "@phonoscene/kernel";
import pg from "pg";

/** The number under which Prisma's own engine locks: nobody migrates at the same time as anybody else. */
const ADVISORY_LOCK = 72_707_369;
const LOCK_WAIT_MS = 60 * SECOND;
const CONNECT_WAIT_MS = 15 * SECOND;
const CONNECT_TRY_MS = 5 * SECOND;

/** Written the way Prisma writes it, so that its tools go on with a database that we migrated, and we with theirs. */
const MIGRATIONS_TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

type Migration = { name: string; sql: string; checksum: string };
type AppliedRow = { migration_name: string; checksum: string; finished_at: Date | null };

const unavailable = (detail: string, cause?: unknown): AppError =>
  new AppError("database/unavailable", { detail }, cause === undefined ? undefined : { cause });

const migrationFailed = (detail: string, cause?: unknown): AppError =>
  new AppError("database/migration-failed", { detail }, cause === undefined ? undefined : { cause });

/** `host:port/database` of a connection URL: what may be shown of it. */
const addressOf = (databaseUrl: string): string => {
  if (!URL.canParse(databaseUrl) || !/^postgres(ql)?:/.test(databaseUrl)) {
    throw unavailable(
      "DATABASE_URL is not a PostgreSQL URL: it should look like postgresql://user:password@host:5432/name.",
    );
  }
  const { hostname, port, pathname } = new URL(databaseUrl);
  return `${hostname === "" ? "localhost" : hostname}:${port === "" ? "5432" : port}${pathname}`;
};

/** Waiting helps with none of these; whatever else goes wrong may be a server that is still on its way up. */
const FINAL: Record<string, string> = {
  "28P01": "refuses the password: correct the one in DATABASE_URL",
  "28000": "refuses the user: correct the one in DATABASE_URL, or allow it in pg_hba.conf",
  "3D000": "has no such database: create it, or correct its name in DATABASE_URL",
  "42501": "does not let this user in: grant it CONNECT on the database",
};

const connect = async (databaseUrl: string, waitMs: number): Promise<pg.Client> => {
  const address = addressOf(databaseUrl);
  const deadlineMs = Date.now() + waitMs;
  for (let delayMs = 100; ; delayMs = Math.min(delayMs * 2, SECOND)) {
    const client = new pg.Client({
      connectionString: databaseUrl,
      connectionTimeoutMillis: Math.max(1, Math.min(CONNECT_TRY_MS, deadlineMs - Date.now())),
      options: `-c TimeZone=UTC -c lock_timeout=${LOCK_WAIT_MS}`,
      application_name: "phonoscene-migrate",
    });
    // A connection lost in the middle fails the query that waits on it; without a listener it would end the process.
    client.on("error", () => undefined);
    try {
      await client.connect();
      return client;
    } catch (cause) {
      const code = (cause as { code?: string }).code ?? "";
      if (FINAL[code] !== undefined) throw unavailable(`PostgreSQL at ${address} ${FINAL[code]}.`, cause);
      if (Date.now() + delayMs >= deadlineMs) {
        throw unavailable(
          `PostgreSQL at ${address} does not answer (${code === "" ? (cause as Error).message : code}): ` +
            "start it, correct DATABASE_URL, or leave DATABASE_URL empty to use the built-in database.",
          cause,
        );
      }
    }
    await delay(delayMs);
  }
};

const readMigration = async (migrationsDir: string, name: string): Promise<Migration> => {
  const sql = await readFile(join(migrationsDir, name, "migration.sql"), "utf8");
  return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
};

const readMigrations = async (migrationsDir: string): Promise<Migration[]> => {
  try {
    const entries = await readdir(migrationsDir, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    return await Promise.all(names.sort().map((name) => readMigration(migrationsDir, name)));
  } catch (cause) {
    throw migrationFailed(`The migrations cannot be read (${(cause as Error).message}): restore the folder.`, cause);
  }
};

/** Rows of migrations that are not in the folder belong to a newer version, beside which this one may run. */
const checkApplied = (rows: AppliedRow[], migrations: Migration[]): void => {
  const checksums = new Map(migrations.map(({ name, checksum }) => [name, checksum]));
  for (const { migration_name: name, checksum, finished_at: finishedAt } of rows) {
    if (finishedAt === null) {
      throw migrationFailed(
        `The migration ${name} failed earlier and may be half done: finish it by hand and set finished_at of its row in ` +
          "_prisma_migrations, or undo it by hand and set rolled_back_at.",
      );
    }
    if ((checksums.get(name) ?? checksum) !== checksum) {
      throw migrationFailed(
        `The migration ${name} was edited after it was applied: restore its file, and put the change into a new migration.`,
      );
    }
  }
};

const applyMigration = async (client: pg.Client, { name, sql, checksum }: Migration): Promise<void> => {
  try {
    await client.query("BEGIN");
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (cause) {
    // The connection is closed next, and its open transaction rolled back with it.
    throw migrationFailed(
      `The migration ${name} failed and was rolled back (${(cause as Error).message}): correct its SQL or the data it trips over.`,
      cause,
    );
  }
};

const lock = async (client: pg.Client): Promise<void> => {
  try {
    await client.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK]);
  } catch (cause) {
    throw unavailable(
      "Another process has been migrating this database for a minute: wait for it, or end it, and start again.",
      cause,
    );
  }
};

/**
 * Brings a database up to date with `prisma/migrations`, as `prisma migrate deploy` does but without its download:
 * same table, same checksums, same lock, each file in one transaction. Any number of processes may start at once.
 * Returns the names of the migrations that were applied by this call.
 * @throws AppError "database/unavailable" when nothing answers within `waitMs` (15 s unless told),
 *   "database/migration-failed" when a migration failed, failed earlier, or was edited; the detail names the fix and never the password.
 */
export const migrate = async (
  databaseUrl: string,
  migrationsDir: string,
  options: { waitMs?: number } = {},
): Promise<string[]> => {
  const migrations = await readMigrations(migrationsDir);
  const client = await connect(databaseUrl, options.waitMs ?? CONNECT_WAIT_MS);
  try {
    await lock(client);
    await client.query(MIGRATIONS_TABLE);
    const { rows } = await client.query<AppliedRow>(
      "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
    );
    checkApplied(rows, migrations);
    const applied = new Set(rows.map((row) => row.migration_name));
    const pending = migrations.filter(({ name }) => !applied.has(name));
    for (const migration of pending) await applyMigration(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
};
