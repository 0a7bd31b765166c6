import { readFile, readlink, rm } from "node:fs/promises";
import { join } from "node:path";

import { isRunning } from "../processes.ts";
import { run } from "./account.ts";
import type { Cluster } from "./cluster.ts";

type Place = Pick<Cluster, "dir">;

const pathOf = (cluster: Place): string => join(cluster.dir, "postmaster.pid");

/** What PostgreSQL wrote about the server of this directory; null without one. The port is 0 until it listens. */
export const readPidFile = async (cluster: Place): Promise<{ pid: number; port: number } | null> => {
  const lines = (await readFile(pathOf(cluster), "utf8").catch(() => "")).split("\n");
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, port: Number(lines[3] ?? 0) } : null;
};

/**
 * Removes what a killed server left behind. PostgreSQL does so itself, except where its process id has since gone to
 * another process of the same account: then it would refuse to start until that one ends.
 */
export const removePidFile = (cluster: Cluster): Promise<void> => rm(pathOf(cluster), { force: true });

/** Whether the process is the server of this directory, and not a stranger who got its process id. */
export const isServerOf = async (cluster: Place, pid: number): Promise<boolean> => {
  if (!(await isRunning(pid))) return false;
  if (process.platform === "win32") return true;
  if (process.platform !== "linux") {
    const { stdout } = await run("ps", ["-o", "comm=", "-p", String(pid)]).catch(() => ({ stdout: "" }));
    return stdout.includes("postgres");
  }
  const directory = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
  return name.trim() === "postgres" && (directory === null || directory === cluster.dir);
};
