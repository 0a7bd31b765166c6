import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { run } from "./programs.ts";

/** What an image's configuration says, as Docker reads it. */
export type ImageConfig = {
  User: string;
  Env: string[];
  Cmd: string[];
  WorkingDir: string;
  StopSignal: string;
  Healthcheck?: { Test: string[] };
};

export type RunOptions = {
  command: readonly string[];
  env: Record<string, string>;
  /** A folder of this machine that the container has as /data. */
  dataDir: string;
};

/** A container's process; it has this machine's network. */
export type Running = {
  /** What it wrote to standard output and standard error so far. */
  output(): string;
  /** Sends SIGTERM to the process itself, as a container engine does, and resolves to its exit code. */
  stop(): Promise<number | null>;
  /** Resolves to the exit code once the process has ended by itself. */
  ended: Promise<number | null>;
  /** Ends what still runs, at once. */
  kill(): Promise<void>;
};

export type Buildah = {
  run(...args: string[]): Promise<string>;
  hasImage(name: string): Promise<boolean>;
  build(dockerfile: string, tag: string, contextDir: string): Promise<string>;
  config(image: string): Promise<ImageConfig>;
  /** Makes a container and resolves to the folder where its files can be seen. */
  create(image: string, container: string): Promise<string>;
  start(container: string, options: RunOptions): Running;
};

const isBuildah = async (pid: number): Promise<boolean> =>
  (await readFile(`/proc/${pid}/cmdline`, "utf8")).startsWith("buildah");

/** Children belong to threads, and buildah has several. */
const childrenOf = async (pid: number): Promise<number[]> => {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, "utf8")));
  return lists.flatMap((list) => list.split(" ").filter((word) => word.trim() !== "")).map(Number);
};

/** `buildah run` starts two processes of its own before the one that was asked for. */
const findContained = async (pid: number): Promise<number> => {
  if (!(await isBuildah(pid))) return pid;
  const [child] = await childrenOf(pid);
  if (child === undefined) throw new Error(`The process ${pid} of buildah has started nothing.`);
  return findContained(child);
};

const follow = (child: ChildProcess): Running => {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  const ended = once(child, "close").then(([code]: (number | null)[]) => code ?? null);
  return {
    output: () => text,
    ended,
    kill: async () => {
      // What buildah started ends with it.
      child.kill("SIGKILL");
      await ended;
    },
    stop: async () => {
      if (child.pid === undefined) throw new Error("buildah was not started.");
      if (child.exitCode === null) process.kill(await findContained(child.pid), "SIGTERM");
      return ended;
    },
  };
};

/** Debian's buildah with images and containers of our own below `cacheDir`; containers are no more than a chroot. */
export const openBuildah = (cacheDir: string): Buildah => {
  const store = ["--root", path.join(cacheDir, "storage"), "--runroot", path.join(cacheDir, "run")];
  const isolation = ["--isolation", "chroot"];
  const buildah = (...args: string[]): Promise<string> => run("buildah", [...store, ...args]);
  return {
    run: buildah,
    hasImage: async (name) =>
      (await buildah("images", "--noheading", "--quiet", "--filter", `reference=${name}`)) !== "",
    build: (dockerfile, tag, contextDir) => {
      const file = path.join(contextDir, dockerfile);
      // HEALTHCHECK belongs to Docker's format and not to OCI's.
      const format = ["--format", "docker"];
      return buildah("bud", ...isolation, ...format, "--pull-never", "--file", file, "--tag", tag, contextDir);
    },
    config: async (image) => {
      const inspected = JSON.parse(await buildah("inspect", "--type", "image", image)) as {
        Docker: { config: ImageConfig };
      };
      return inspected.Docker.config;
    },
    create: async (image, container) => {
      await buildah("from", "--pull-never", "--name", container, image);
      return (await buildah("mount", container)).trim();
    },
    start: (container, { command, env, dataDir }) => {
      const variables = Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
      const args = ["run", ...isolation, ...variables, "--volume", `${dataDir}:/data`, container, "--", ...command];
      return follow(spawn("buildah", [...store, ...args], { stdio: ["ignore", "pipe", "pipe"] }));
    },
  };
};
