import { fork, type ChildProcess } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { z } from "zod";

const Ready = z.object({ ready: z.literal(true), port: z.int() });

export type Side = { url: string; pid: number; stop(): Promise<void> };

const STDERR_TAIL = 4000;

const whenReady = (child: ChildProcess, name: string): Promise<number> =>
  new Promise((resolve, reject) => {
    let tail = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      tail = (tail + text).slice(-STDERR_TAIL);
    });
    child.on("message", (message) => resolve(Ready.parse(message).port));
    child.once("exit", (code) => reject(new Error(`${name} ended with exit code ${code}: ${tail.trim()}`)));
  });

const start = async (
  name: string,
  entry: string,
  options: { env: NodeJS.ProcessEnv; execArgv: string[] },
): Promise<Side> => {
  const nowhere = await open("/dev/null", "w");
  const child = fork(fileURLToPath(new URL(entry, import.meta.url)), [], {
    ...options,
    stdio: ["ignore", nowhere.fd, "pipe", "ipc"],
  });
  const port = await whenReady(child, name);
  await nowhere.close();
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  };
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop };
};

const NO_LIMITS = Object.fromEntries(
  [
    "API_PER_MINUTE",
    "BULK_PER_MINUTE",
    "REGISTER_PER_HOUR",
    "LOGIN_PER_MINUTE",
    "LOGIN_FAILURES",
    "REFRESH_PER_MINUTE",
  ].map((name) => [`RATE_LIMIT_${name}`, "0"]),
);

/** The compiled API as it runs in production, its log written to nowhere. `profileDir`: where it leaves a CPU profile. */
export const startApi = async (databaseUrl: string, profileDir: string | undefined): Promise<Side> => {
  const dataDir = await mkdtemp(join(tmpdir(), "phonoscene-bench-data-"));
  const api = await start("The API", "../../apps/api/dist/main.js", {
    env: {
      PATH: process.env["PATH"],
      ...NO_LIMITS,
      NODE_ENV: "production",
      DATABASE_URL: databaseUrl,
      JWT_SECRET: "a secret of the benchmark, which nobody else uses",
      PHONOSCENE_DATA_DIR: dataDir,
      PORT: "0",
    },
    execArgv: profileDir === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileDir}`],
  });
  const stop = async (): Promise<void> => {
    await api.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { ...api, stop };
};

/** Bare Express and `pg`, with the same number of connections. */
export const startFloor = (databaseUrl: string): Promise<Side> =>
  start("The floor", "floor.ts", {
    env: { PATH: process.env["PATH"], NODE_ENV: "production", DATABASE_URL: databaseUrl },
    execArgv: ["--import", "tsx"],
  });
