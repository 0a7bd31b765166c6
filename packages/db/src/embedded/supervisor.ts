import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { type AppError, SECOND } from "@phonoscene/kernel";

import type { Cluster } from "./cluster.ts";
import { adviceFor, OTHER_SERVER, unavailable } from "./faults.ts";
import { isServerOf, readPidFile, removePidFile } from "./pid-file.ts";
import {
  adoptPostmaster,
  answers,
  type Postmaster,
  requestStop,
  startPostmaster,
  stopPostmaster,
} from "./postmaster.ts";

const PORT_TRIES = 5;
const LEFTOVER_MS = 60 * SECOND;
const LONGEST_RESTART_DELAY_MS = 10 * SECOND;

type Launch = { port: number | null; onLog: (line: string) => void };

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });

/** The server of an earlier run: adopted when it answers, waited for while it stops, forgotten when it is gone. */
const leftover = async (cluster: Cluster): Promise<Postmaster | null> => {
  const deadlineMs = Date.now() + LEFTOVER_MS;
  for (;;) {
    const found = await readPidFile(cluster);
    if (found === null) return null;
    if (!(await isServerOf(cluster, found.pid))) {
      await removePidFile(cluster);
      return null;
    }
    if (found.port > 0 && (await answers(cluster, found.port))) return adoptPostmaster(cluster, found);
    if (Date.now() > deadlineMs) {
      throw unavailable(
        `The PostgreSQL of an earlier run (process ${found.pid}) neither answers nor stops: end it with \`kill ${found.pid}\`.`,
      );
    }
    await delay(100);
  }
};

const PORT_TAKEN = /could not bind|could not create any TCP\/IP sockets|address already in use/i;
/** Children of a killed server still end, or another process started one at the same moment. */
const STILL_HELD = /pre-existing shared memory block|lock file "postmaster.pid" already exists/i;

const refusal = (cluster: Cluster, lastWords: string): AppError => {
  const cause = lastWords.split("\n").find((line) => /FATAL|PANIC/.test(line)) ?? lastWords.trim();
  const text = cause.replace(/^.*?(FATAL|PANIC):\s*/, "");
  return unavailable(
    `The embedded PostgreSQL in ${cluster.dir} does not start (${text}): ${adviceFor(lastWords)}.`,
    new Error(lastWords),
  );
};

/**
 * Gives the cluster a server: the one that still runs, or a new one.
 * @throws AppError "database/unavailable" with the server's own reason and the fix.
 */
export const launch = async (cluster: Cluster, { port, onLog }: Launch): Promise<Postmaster> => {
  const deadlineMs = Date.now() + LEFTOVER_MS;
  let portTries = 0;
  for (;;) {
    const running = await leftover(cluster);
    if (running !== null) return running;
    const started = await startPostmaster(cluster, { port: port ?? (await freePort()), onLog });
    if ("pid" in started) return started;
    if (PORT_TAKEN.test(started.lastWords)) {
      portTries += 1;
      if (portTries >= PORT_TRIES) {
        throw unavailable(
          `No port on 127.0.0.1 could be opened for the embedded PostgreSQL: end the process that holds ${port ?? "them"}, or ${OTHER_SERVER}.`,
          new Error(started.lastWords),
        );
      }
    } else if (!STILL_HELD.test(started.lastWords) || Date.now() > deadlineMs) {
      throw refusal(cluster, started.lastWords);
    }
    await delay(100);
  }
};

export type Supervised = { postmaster: () => Postmaster; stop: () => Promise<void> };

/**
 * Keeps a server running on its port until `stop`: one that was killed is started again, at first at once and then
 * ever more slowly, because its clients hold its address. A normal exit of our process stops it too.
 */
export const supervise = (cluster: Cluster, first: Postmaster, onLog: (line: string) => void): Supervised => {
  let current = first;
  let restarting: Promise<void> | null = null;
  const stopping = new AbortController();
  const onExit = () => requestStop(cluster, current);
  process.once("exit", onExit);

  const restart = async (): Promise<void> => {
    for (let delayMs = 100; !stopping.signal.aborted; delayMs = Math.min(delayMs * 2, LONGEST_RESTART_DELAY_MS)) {
      try {
        current = await launch(cluster, { port: first.port, onLog });
        return;
      } catch (error) {
        onLog(`The embedded PostgreSQL could not be started again: ${String(error)}`);
      }
      await delay(delayMs, undefined, { ref: false, signal: stopping.signal }).catch(() => undefined);
    }
  };
  const guard = async (): Promise<void> => {
    for (;;) {
      const sinceMs = Date.now();
      await current.exited;
      if (stopping.signal.aborted) return;
      onLog(`The embedded PostgreSQL (process ${current.pid}) ended unasked: it is started again.`);
      if (Date.now() - sinceMs < SECOND) await delay(SECOND, undefined, { ref: false });
      restarting = restart();
      await restarting;
      if (stopping.signal.aborted) return;
    }
  };
  void guard();

  const stop = async (): Promise<void> => {
    stopping.abort();
    await restarting;
    await stopPostmaster(cluster, current);
    process.off("exit", onExit);
  };
  return { postmaster: () => current, stop };
};
