import path from "node:path";

import { type Database, hasUsersTable, lockDataDir, openDatabase } from "@phonoscene/db";
import { findEmbeddedPostgres } from "@phonoscene/db/embedded-postgres";
import { AppError } from "@phonoscene/kernel";

import type { CliConfig } from "../config.ts";
import { DATABASE_NAME, openServiceDatabase, postgresDirOf, type Undo } from "./stores.ts";

const unavailable = (detail: string, cause?: unknown): AppError =>
  new AppError("database/unavailable", { detail }, cause === undefined ? undefined : { cause });

/** The configured database, the embedded one that a running service serves, or that one started for the time being. */
const findUrl = async (config: CliConfig, undo: Undo): Promise<string> => {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  const dataDir = path.resolve(config.dataDir);
  const found = await findEmbeddedPostgres(postgresDirOf(dataDir));
  if (found.state === "running") return found.url(DATABASE_NAME);
  if (found.state === "nothing") {
    throw unavailable(
      `There is no database in ${dataDir} yet: run \`npx pnpm start\` once, or name yours with DATABASE_URL or PHONOSCENE_DATA_DIR.`,
    );
  }
  const lock = await lockDataDir(dataDir);
  undo.push(() => lock.release());
  return openServiceDatabase({ config, dataDir, isEphemeral: false, onStep: () => undefined }, undo);
};

const check = async (database: Database, url: string): Promise<void> => {
  const { host, pathname } = new URL(url);
  await database.ping().catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw unavailable(
      `The database at ${host}${pathname} cannot be used (${reason}): start it, or correct DATABASE_URL.`,
      cause,
    );
  });
  if (await hasUsersTable(database.db)) return;
  throw unavailable(
    `The database at ${host}${pathname} has no accounts yet, because it was never migrated: start the service with it once.`,
  );
};

/**
 * Runs `use` on the database of the service, whether or not that is running, and leaves everything as it was.
 * @throws AppError "database/unavailable" where there is none, where it does not answer, or where it was never migrated.
 */
export const withOwnDatabase = async <Result>(
  config: CliConfig,
  use: (database: Database) => Promise<Result>,
): Promise<Result> => {
  const undo: Undo = [];
  try {
    const url = await findUrl(config, undo);
    // What breaks a connection breaks the statement that waits on it.
    const database = openDatabase({ url, poolSize: 1, onPoolError: () => undefined });
    undo.push(() => database.close());
    await check(database, url);
    return await use(database);
  } finally {
    for (const step of undo.toReversed()) await step();
  }
};
