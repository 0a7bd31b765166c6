import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { AppError, SECOND } from "@phonoscene/kernel";
import { z } from "zod";

export type ChildName = "api" | "worker";

const Ready = z.object({ ready: z.literal(true), port: z.int().optional() });
export type Ready = z.infer<typeof Ready>;

export type ChildOptions = {
  name: ChildName;
  env: NodeJS.ProcessEnv;
  onLog(line: string): void;
};

const STDERR_TAIL = 4000;

/** The entry point of an app beside this one: compiled where this module is, else its source. */
const entryOf = (name: ChildName): string => {
  const entry = import.meta.url.endsWith(".ts") ? "src/main.ts" : "dist/main.js";
  return fileURLToPath(new URL(`../../../${name}/${entry}`, import.meta.url));
};

const startOnce = (options: ChildOptions): { child: ChildProcess; ready: Promise<Ready> } => {
  const child = fork(entryOf(options.name), [], { env: options.env, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let tail = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    tail = (tail + text).slice(-STDERR_TAIL);
    options.onLog(text);
  });
  const ready = new Promise<Ready>((resolve, reject) => {
    child.on("message", (message) => {
      const parsed = Ready.safeParse(message);
      if (parsed.success) resolve(parsed.data);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      const said = tail.trim();
      const detail =
        said === "" ? `The ${options.name} process ended with exit code ${code} before it was ready.` : said;
      reject(new AppError("config/invalid", { detail }));
    });
  });
  return { child, ready };
};

const endOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once("exit", () => resolve());
  });

export type SupervisedChild = {
  ready: Ready;
  /** SIGTERM, then SIGKILL once `graceMs` is over. */
  stop(graceMs: number): Promise<void>;
};

/** Starts a process and keeps it running: one that dies is started again, after a second. */
export const superviseChild = async (options: ChildOptions): Promise<SupervisedChild> => {
  let isStopping = false;
  const first = startOnce(options);
  let current = first.child;
  const ready = await first.ready;
  const env = { ...options.env, ...(ready.port !== undefined && { PORT: String(ready.port) }) };

  const watch = (child: ChildProcess): void => {
    void endOf(child).then(async () => {
      if (isStopping) return;
      options.onLog(`The ${options.name} process ended unexpectedly; starting it again.\n`);
      await sleep(SECOND);
      if (isStopping) return;
      const next = startOnce({ ...options, env });
      current = next.child;
      next.ready.catch((error: unknown) =>
        options.onLog(`${error instanceof Error ? error.message : String(error)}\n`),
      );
      watch(current);
    });
  };
  watch(current);

  return {
    ready,
    stop: async (graceMs) => {
      isStopping = true;
      const child = current;
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await endOf(child);
      clearTimeout(force);
    },
  };
};
