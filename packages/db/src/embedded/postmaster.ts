import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { SECOND } from "@phonoscene/kernel";
import pg from "pg";

import { SERVER_ENV } from "./account.ts";
import { type Cluster, SUPERUSER } from "./cluster.ts";
import { unavailable } from "./faults.ts";
import { isServerOf } from "./pid-file.ts";

/** A running server: ours, or one that a killed run left behind. `exited` never rejects. */
export type Postmaster = { pid: number; port: number; adopted: boolean; exited: Promise<void> };

const FAST_STOP_MS = 15 * SECOND;
const IMMEDIATE_STOP_MS = 10 * SECOND;
/** After a crash the write-ahead log is replayed first, on a slow disk for a minute. */
const READY_MS = 120 * SECOND;
const LOG_TAIL_CHARACTERS = 4000;

export const connectionUrl = (cluster: Pick<Cluster, "password">, port: number, database: string): string =>
  `postgresql://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;

/** Whether a server that knows this cluster's password takes connections on the port. */
export const answers = async (cluster: Cluster, port: number): Promise<boolean> => {
  const client = new pg.Client({
    connectionString: connectionUrl(cluster, port, "postgres"),
    connectionTimeoutMillis: 2 * SECOND,
  });
  let lost = false;
  client.on("error", () => {
    lost = true;
  });
  try {
    await client.connect();
    await client.end();
    return !lost;
  } catch {
    // Not yet, or not ours: the caller asks again until its deadline.
    return false;
  }
};

/** Windows has no signals: there PostgreSQL's own tool delivers them. */
const send = (cluster: Cluster, pid: number, signal: "SIGINT" | "SIGQUIT"): void => {
  if (process.platform === "win32") {
    spawnSync(cluster.binaries.pgCtl, ["kill", signal.slice(3), String(pid)], { windowsHide: true });
    return;
  }
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It is gone, which is what every signal sent here asks for.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};

/** Asks for a fast shutdown without waiting: all that an exiting process can do. */
export const requestStop = (cluster: Cluster, postmaster: Postmaster): void => send(cluster, postmaster.pid, "SIGINT");

const endsWithin = async (exited: Promise<void>, waitMs: number): Promise<boolean> => {
  const timer = new AbortController();
  const timeout = delay(waitMs, false, { signal: timer.signal }).catch(() => false);
  const ended = await Promise.race([exited.then(() => true), timeout]);
  timer.abort();
  return ended;
};

/**
 * Fast shutdown: open transactions are rolled back, data is flushed. After 15 s the immediate one, which is safe
 * too and costs a replay at the next start.
 */
export const stopPostmaster = async (
  cluster: Cluster,
  { pid, exited }: Postmaster,
  fastStopMs = FAST_STOP_MS,
): Promise<void> => {
  // Of a server that is gone, the process id may be another's by now.
  if (await endsWithin(exited, 0)) return;
  send(cluster, pid, "SIGINT");
  if (await endsWithin(exited, fastStopMs)) return;
  send(cluster, pid, "SIGQUIT");
  if (await endsWithin(exited, IMMEDIATE_STOP_MS)) return;
  throw unavailable(`The embedded PostgreSQL (process ${pid}) does not stop: end it by hand with \`kill -9 ${pid}\`.`);
};

const SETTINGS = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "max_connections=200",
  "timezone=UTC",
  "log_timezone=UTC",
  "lc_messages=C",
  // Statements and key values hold people's words: they stay out of the log.
  "log_error_verbosity=terse",
  "log_min_error_statement=panic",
];
const EPHEMERAL_SETTINGS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/** `detached`: a Ctrl-C in the terminal must not stop the database under a process that still drains its work. */
const spawnServer = (cluster: Cluster, port: number): ChildProcess => {
  const settings = cluster.ephemeral ? [...SETTINGS, ...EPHEMERAL_SETTINGS] : SETTINGS;
  const flags = ["-D", cluster.serverDir, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
  return spawn(cluster.binaries.postgres, flags, {
    ...cluster.account,
    cwd: cluster.dir,
    env: SERVER_ENV,
    detached: true,
    windowsHide: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
};

type ServerProcess = { pid: number; exited: Promise<void>; isOver: () => boolean; lastWords: () => Promise<string> };

const watchServer = (child: ChildProcess, onLog: (line: string) => void): ServerProcess => {
  let log = "";
  let over = false;
  const exited = new Promise<void>((resolve) => {
    const end = (fault: string) => {
      log += fault;
      over = true;
      resolve();
    };
    child.once("error", (error) => end(error.message));
    child.once("exit", () => end(""));
  });
  const drained = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-LOG_TAIL_CHARACTERS);
    for (const line of text.split("\n")) if (line !== "") onLog(line);
  });
  const lastWords = async () => {
    await endsWithin(drained, SECOND);
    return log;
  };
  return { pid: child.pid ?? 0, exited, isOver: () => over, lastWords };
};

/** Starts the server and waits until it answers, or returns the last words of one that did not. */
export const startPostmaster = async (
  cluster: Cluster,
  options: { port: number; onLog: (line: string) => void },
): Promise<Postmaster | { lastWords: string }> => {
  const child = spawnServer(cluster, options.port);
  const server = watchServer(child, options.onLog);
  const deadlineMs = Date.now() + READY_MS;
  while (!server.isOver()) {
    if (await answers(cluster, options.port)) {
      child.unref();
      // A pipe of a child process is a socket, although its type does not say so.
      (child.stderr as Socket | null)?.unref();
      return { pid: server.pid, port: options.port, adopted: false, exited: server.exited };
    }
    if (Date.now() > deadlineMs) child.kill("SIGQUIT");
    await endsWithin(server.exited, 25);
  }
  return { lastWords: await server.lastWords() };
};

/** A server that is not our child: its end can only be watched for. */
export const adoptPostmaster = (cluster: Cluster, { pid, port }: { pid: number; port: number }): Postmaster => {
  const watch = async (): Promise<void> => {
    while (await isServerOf(cluster, pid)) await delay(200, undefined, { ref: false });
  };
  return { pid, port, adopted: true, exited: watch() };
};
