import { type ChildProcess, fork } from "node:child_process";
import { createWriteStream } from "node:fs";
import { fileURLToPath } from "node:url";

import { z } from "zod";

import type { CrashPoint } from "../../packages/kernel/src/index.ts";

export type AppName = "api" | "worker";

export type Ended = { code: number | null; signal: NodeJS.Signals | null };

/** A program of the service that runs from its source. */
export type ServiceProcess = {
  app: AppName;
  /** Its own in a world, and the key that it shows to the language model. */
  name: string;
  pid: number;
  /** 0 for a worker. */
  port: number;
  isRunning(): boolean;
  ended: Promise<Ended>;
  /** Sends the signal; what ends the process by it is no crash. */
  kill(signal: NodeJS.Signals): void;
  /** From now on it dies at this point. Resolves once it knows. */
  arm(point: CrashPoint): Promise<void>;
  /** SIGTERM, and SIGKILL after 20 s; resolves to how it ended. */
  stop(): Promise<Ended>;
};

export type StartOptions = {
  app: AppName;
  name: string;
  env: Record<string, string>;
  /** Where its log goes. */
  logFile: string;
  /** Called when it ends and nobody here wanted that. */
  onCrash(ended: Ended): void;
};

const Ready = z.object({ ready: z.literal(true), port: z.int().optional() });
const Armed = z.object({ armed: z.string() });

/** Loaded before the program. */
const PRELOADED = [
  "tsx",
  new URL("./skew-clock.ts", import.meta.url).href,
  new URL("./arm-crash-point.ts", import.meta.url).href,
];
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const STOP_MS = 20_000;

const messageOf = <Message>(child: ChildProcess, schema: z.ZodType<Message>): Promise<Message> =>
  new Promise((resolve, reject) => {
    const onMessage = (message: unknown): void => {
      const parsed = schema.safeParse(message);
      if (!parsed.success) return;
      child.off("message", onMessage);
      resolve(parsed.data);
    };
    child.on("message", onMessage);
    child.once("exit", (code, signal) => reject(new Error(`it ended (${signal ?? code}) before it answered`)));
  });

const spawnApp = ({ app, name, env, logFile }: StartOptions): ChildProcess => {
  const child = fork(fileURLToPath(new URL(`../../apps/${app}/src/main.ts`, import.meta.url)), [], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"], ...env, OPENAI_API_KEY: name },
    execArgv: ["--conditions=phonoscene-source", ...PRELOADED.flatMap((module) => ["--import", module])],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  child.stderr?.pipe(createWriteStream(logFile));
  return child;
};

/** Starts it and waits until it serves. @throws Error naming the log where it ends before. */
export const startService = async (options: StartOptions): Promise<ServiceProcess> => {
  const child = spawnApp(options);
  let isWanted = false;
  const ended = new Promise<Ended>((resolve) => {
    child.once("exit", (code, signal) => {
      if (!isWanted) options.onCrash({ code, signal });
      resolve({ code, signal });
    });
  });
  const { port = 0 } = await messageOf(child, Ready).catch((cause: unknown) => {
    throw new Error(`The ${options.app} did not start; its log is ${options.logFile}.`, { cause });
  });
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const kill = (signal: NodeJS.Signals): void => {
    isWanted ||= signal !== "SIGSTOP" && signal !== "SIGCONT";
    child.kill(signal);
  };
  return {
    app: options.app,
    name: options.name,
    pid: child.pid ?? 0,
    port,
    isRunning,
    ended,
    kill,
    arm: async (point) => {
      isWanted = true;
      const known = messageOf(child, Armed);
      child.send({ arm: point });
      await known;
    },
    stop: async () => {
      if (isRunning()) kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      const how = await ended;
      clearTimeout(force);
      return how;
    },
  };
};
