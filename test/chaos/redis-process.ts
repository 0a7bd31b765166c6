import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

import { Redis } from "ioredis";

import { SECOND } from "../../packages/kernel/src/index.ts";
import { freePort, isProgram, redisAnswers } from "../redis-server.ts";

/** A Redis of the row's own, which it may flush, freeze and kill. It keeps its data on disk, as a deployed one does. */
export type RedisProcess = {
  url: string;
  kill(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void;
  /** Starts it again on its port and data; resolves once it answers. */
  restart(): Promise<void>;
  flushAll(): Promise<void>;
  stop(): Promise<void>;
};

/** Prints the server's process id, and kills it when our end of the pipe is closed: when we die, too. */
const KEEPER = `"$@" </dev/null >/dev/null 2>&1 & echo $!; read -r _; kill -9 $! 2>/dev/null; wait $! 2>/dev/null; exit 0`;

type Running = { pid: number; stop(): Promise<void> };

const start = async (port: number, dir: string): Promise<Running> => {
  const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir];
  const flags = [...place, "--save", "", "--appendonly", "yes", "--maxmemory-policy", "noeviction"];
  const keeper = spawn("/bin/sh", ["-c", KEEPER, "sh", "redis-server", ...flags], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const [line] = (await once(keeper.stdout, "data")) as [Buffer];
  const stop = async (): Promise<void> => {
    const exited = once(keeper, "exit");
    keeper.stdin.end();
    await exited;
  };
  for (const deadlineMs = Date.now() + 10 * SECOND; !(await redisAnswers(`redis://127.0.0.1:${port}`));) {
    if (Date.now() > deadlineMs) {
      await stop();
      throw new Error(`redis-server was started and does not answer on port ${port}.`);
    }
    await delay(20);
  }
  return { pid: Number(line.toString("latin1")), stop };
};

/** Null where this machine has no `redis-server`. */
export const startRedisProcess = async (dir: string): Promise<RedisProcess | null> => {
  if (!(await isProgram("redis-server"))) return null;
  await mkdir(dir, { recursive: true });
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let running = await start(port, dir);
  return {
    url,
    kill: (signal) => void process.kill(running.pid, signal),
    restart: async () => {
      await running.stop();
      running = await start(port, dir);
    },
    flushAll: async () => {
      const client = new Redis(url);
      await client.flushall();
      await client.quit();
    },
    stop: () => running.stop(),
  };
};
