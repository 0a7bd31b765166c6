import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, readdir, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

import { Redis } from "ioredis";

import { SECOND } from "../packages/kernel/src/index.ts";

export type TestRedis = { url: string; source: string; stop: () => Promise<void> };

const run = promisify(execFile);
const READY_MS = 10 * SECOND;

/** Whether a Redis that needs nothing more than the URL answers there. */
export const redisAnswers = async (url: string): Promise<boolean> => {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: SECOND,
    commandTimeout: SECOND,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let fault: Error | null = null;
  client.on("error", (error: Error) => {
    fault = error;
  });
  try {
    await client.connect();
    return (await client.ping()) === "PONG" && fault === null;
  } catch {
    // No server, or one that wants a password: not for us.
    return false;
  } finally {
    client.disconnect();
  }
};

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

/** The shell ends the server when its input ends, and so also when this process is killed. */
const KEEPER = `"$@" </dev/null >/dev/null 2>&1 & server=$!; read -r _; kill "$server"; wait "$server"; exit 0`;

const endKeeper = async (keeper: ChildProcess): Promise<void> => {
  const exited = once(keeper, "exit");
  keeper.stdin?.end();
  await exited;
};

/** A Redis of our own, in memory only. */
export const spawnRedis = async (program: string, libraryDirs: readonly string[] = []): Promise<TestRedis> => {
  const port = await freePort();
  const flags = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", "/tmp"];
  const keeper = spawn("/bin/sh", ["-c", KEEPER, "sh", program, ...flags], {
    env: { LD_LIBRARY_PATH: libraryDirs.join(":"), PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" },
    stdio: ["pipe", "ignore", "ignore"],
  });
  const url = `redis://127.0.0.1:${port}`;
  const deadlineMs = Date.now() + READY_MS;
  while (!(await redisAnswers(url))) {
    if (Date.now() > deadlineMs) {
      await endKeeper(keeper);
      throw new Error(`${program} was started and does not answer on port ${port}.`);
    }
    await delay(50);
  }
  return { url, source: `${program} on port ${port}`, stop: () => endKeeper(keeper) };
};

export const isProgram = (name: string): Promise<boolean> =>
  run(name, ["--version"]).then(
    () => true,
    // It is not there, or does not run here: both mean that another way is needed.
    () => false,
  );

const debianPackages = async (): Promise<string[]> => {
  const flags = ["no-recommends", "no-suggests", "no-conflicts", "no-breaks", "no-replaces", "no-enhances"];
  const { stdout } = await run("apt-cache", [
    "depends",
    ...flags.map((flag) => `--${flag}`),
    "redis-server",
    "redis-tools",
  ]);
  // Every Debian has these already, and a second C library beside the loader's own does not work.
  const basic = new Set(["libc6", "libgcc-s1", "libstdc++6"]);
  const names = [...stdout.matchAll(/^ +\|?Depends: ([a-z0-9.+-]+)$/gm)].map((match) => match[1] ?? "");
  return [
    ...new Set(["redis-server", "redis-tools", ...names.filter((name) => /^(lib|lua)/.test(name) && !basic.has(name))]),
  ];
};

const downloadDebian = async (cacheDir: string): Promise<void> => {
  const making = `${cacheDir}.${process.pid}`;
  await rm(making, { recursive: true, force: true });
  await mkdir(join(making, "packages"), { recursive: true });
  try {
    await run("apt-get", ["download", ...(await debianPackages())], { cwd: join(making, "packages") });
    for (const file of await readdir(join(making, "packages"))) {
      await run("dpkg", ["-x", join(making, "packages", file), join(making, "root")]);
    }
    await rename(making, cacheDir);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
};

/** Debian's Redis, unpacked into the cache folder without being installed: needs apt's lists, but not root. */
export const unpackedRedis = async (cacheDir: string): Promise<TestRedis | null> => {
  const root = join(cacheDir, "root");
  const program = join(root, "usr", "bin", "redis-server");
  try {
    await access(program);
  } catch {
    if (!(await isProgram("apt-get")) || !(await isProgram("dpkg"))) return null;
    await downloadDebian(cacheDir);
  }
  const triplets = await readdir(join(root, "usr", "lib"));
  const libraryDirs = triplets.flatMap((name) => [join(root, "usr", "lib", name), join(root, "lib", name)]);
  return spawnRedis(program, libraryDirs);
};

export type RedisSearch = { url: string | undefined; defaultUrl: string; cacheDir: string };

/** A server that was running before us runs on after us. */
const leaveRunning = (): Promise<void> => Promise.resolve();

/**
 * The Redis of the tests: the one that was named, else one that answers on the usual port, else one of our own; null
 * without any. It may be shared with others: tests use prefixes of their own and never flush.
 * @throws Error when the one that was named does not answer: running fewer tests would hide that.
 */
export const findRedis = async ({ url, defaultUrl, cacheDir }: RedisSearch): Promise<TestRedis | null> => {
  if (url !== undefined && url !== "") {
    if (await redisAnswers(url)) return { url, source: "TEST_REDIS_URL", stop: leaveRunning };
    throw new Error("TEST_REDIS_URL is set, and no Redis answers there: start it, or unset the variable.");
  }
  if (await redisAnswers(defaultUrl)) return { url: defaultUrl, source: defaultUrl, stop: leaveRunning };
  if (await isProgram("redis-server")) return spawnRedis("redis-server");
  return unpackedRedis(cacheDir);
};
