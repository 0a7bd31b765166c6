import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { startEmbeddedPostgres } from "../../packages/db/src/embedded-postgres.ts";
import { migrate } from "../../packages/db/src/migrate.ts";
import { createThrowAwayDatabase } from "../../packages/db/src/throw-away-database.ts";
import { migrateQueue } from "../../packages/queue/src/index.ts";
import type { DatabaseServer } from "./row.ts";

const MIGRATIONS = fileURLToPath(new URL("../../prisma/migrations", import.meta.url));

/** Brings an empty database to where the service and its queue can use it. */
export const prepareDatabase = async (url: string): Promise<void> => {
  await migrate(url, MIGRATIONS);
  await migrateQueue(url);
};

const startServer = async (): Promise<{ url: string; stop(): Promise<void> }> => {
  const dataDir = await mkdtemp(join(tmpdir(), "phonoscene-chaos-postgres-"));
  const server = await startEmbeddedPostgres({ dataDir, ephemeral: true });
  return { url: server.url("postgres"), stop: server.stop };
};

/** The server that was named, else one of our own, with the database that rows copy; both gone after `stop`. */
export const openDatabaseServer = async (
  namedUrl: string | undefined,
): Promise<{ server: DatabaseServer; stop(): Promise<void> }> => {
  const own = namedUrl === undefined ? await startServer() : { url: namedUrl, stop: async () => undefined };
  const template = await createThrowAwayDatabase(own.url);
  await prepareDatabase(template.url);
  return {
    server: { url: own.url, template: new URL(template.url).pathname.slice(1) },
    stop: async () => {
      await template.drop();
      await own.stop();
    },
  };
};
