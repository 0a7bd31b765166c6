import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { type AppError, pause, SECOND } from "@phonoscene/kernel";

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

/** Tries ever more slowly until a server runs; null when the signal came first. */
const relaunch = async (cluster: Cluster, options: Launch, stopping: AbortSignal): Promise<Postmaster | null> => {
  for (let delayMs = 100; !stopping.aborted; delayMs = Math.min(delayMs * 2, LONGEST_RESTART_DELAY_MS)) {
    try {
      return await launch(cluster, options);
    } catch (error) {
      options.onLog(`The embedded PostgreSQL could not be started again: ${String(error)}`);
    }
    await pause(delayMs, stopping);
  }
  return null;
};

export type Supervised = { stop: () => Promise<void> };

/**
 * Keeps a server running on its port until `stop`: one that was killed is started again, because its clients hold
 * its address. A normal exit of our process stops it too.
 */
export const supervise = (cluster: Cluster, first: Postmaster, onLog: (line: string) => void): Supervised => {
  let current = first;
  let isUp = true;
  let relaunched: Promise<Postmaster | null> = Promise.resolve(null);
  const stopping = new AbortController();
  const onExit = () => {
    if (isUp) requestStop(cluster, current);
  };
  process.once("exit", onExit);

  const guard = async (): Promise<void> => {
    for (;;) {
      const sinceMs = Date.now();
      await current.exited;
      isUp = false;
      if (stopping.signal.aborted) return;
      onLog(`The embedded PostgreSQL (process ${current.pid}) ended unasked: it is started again.`);
      // One that dies as soon as it runs must not keep the machine busy.
      if (Date.now() - sinceMs < SECOND) {
        await pause(SECOND, stopping.signal);
      }
      relaunched = relaunch(cluster, { port: first.port, onLog }, stopping.signal);
      const next = await relaunched;
      if (next === null) return;
      current = next;
      isUp = true;
    }
  };
  void guard();

  const stop = async (): Promise<void> => {
    stopping.abort();
    // A server that is on its way up at this moment has to be stopped too.
    await stopPostmaster(cluster, (await relaunched) ?? current);
    process.off("exit", onExit);
  };
  return { stop };
};
