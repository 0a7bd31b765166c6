import { rm, rmdir } from "node:fs/promises";

import pg from "pg";

import { type Cluster, findCluster, prepareCluster } from "./embedded/cluster.ts";
import { isServerOf, readPidFile } from "./embedded/pid-file.ts";
import { connectionUrl } from "./embedded/postmaster.ts";
import { reapAfterUs } from "./embedded/reaper.ts";
import { launch, supervise } from "./embedded/supervisor.ts";

/** A PostgreSQL server of our own, on 127.0.0.1 and a port of its choice. */
export type EmbeddedPostgres = {
  /** A superuser's connection URL, password included. */
  url: (database: string) => string;
  port: number;
  /** The server was left running by a process that was killed, and serves on. */
  adopted: boolean;
  ensureDatabase: (name: string) => Promise<void>;
  /** Fast shutdown; resolves once the server has ended. An ephemeral one takes its data along. */
  stop: () => Promise<void>;
};

export type EmbeddedPostgresOptions = {
  /** Made when missing. Holds one folder, `cluster`; one process at a time should use it (`lockDataDir`). */
  dataDir: string;
  /** For tests: nothing is flushed to disk, and the data goes with us, even after a SIGKILL. */
  ephemeral?: boolean;
  /** The server's log, a line at a time; free of statements and values. */
  onLog?: (line: string) => void;
};

const ALREADY_THERE = new Set(["42P04", "23505"]);

const ensureDatabase = async (adminUrl: string, name: string): Promise<void> => {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } catch (error) {
    // Somebody else made it between the two statements.
    if (!(error instanceof pg.DatabaseError && ALREADY_THERE.has(error.code ?? ""))) throw error;
  } finally {
    await client.end();
  }
};

const removeData = async (dataDir: string, cluster: Cluster): Promise<void> => {
  await rm(cluster.dir, { recursive: true, force: true });
  await rmdir(dataDir).catch((error: NodeJS.ErrnoException) => {
    // Files of the caller stay, and so does their folder.
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes(error.code ?? "")) throw error;
  });
};

/**
 * Runs PostgreSQL from npm's binaries in UTC, without anything having been installed, as root too (then under an
 * unprivileged account). It is restarted on its port when it is killed, stops when our process exits, and is adopted by
 * the next start when our process was killed.
 * @throws AppError "database/unavailable"; the detail names the fix.
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const onLog = options.onLog ?? (() => undefined);
  const ephemeral = options.ephemeral ?? false;
  const cluster = await prepareCluster({ dataDir: options.dataDir, ephemeral });
  const reaper = ephemeral ? reapAfterUs(cluster) : null;
  const first = await launch(cluster, { port: null, onLog });
  const server = supervise(cluster, first, onLog);
  const url = (database: string) => connectionUrl(cluster, first.port, database);
  const stop = async () => {
    await server.stop();
    reaper?.dismiss();
    if (ephemeral) await removeData(options.dataDir, cluster);
  };
  return {
    url,
    port: first.port,
    adopted: first.adopted,
    ensureDatabase: (name) => ensureDatabase(url("postgres"), name),
    stop,
  };
};

/** `nothing`: no data was ever kept there. `stopped`: there is data, and nobody serves it. */
export type FoundPostgres = { state: "running"; url: (database: string) => string } | { state: "stopped" | "nothing" };

/** Looks for the server that another process runs on this data directory, to be used beside it: starts and stops none. */
export const findEmbeddedPostgres = async (dataDir: string): Promise<FoundPostgres> => {
  const cluster = await findCluster(dataDir);
  if (cluster === null) return { state: "nothing" };
  const server = await readPidFile(cluster);
  if (server === null || server.port === 0 || !(await isServerOf(cluster, server.pid))) return { state: "stopped" };
  return { state: "running", url: (database) => connectionUrl(cluster, server.port, database) };
};
