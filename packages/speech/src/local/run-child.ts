import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

import { AppError, type Logger, siblingModule } from "@phonoscene/kernel";

import type { HeardChunk, LocalJob, LocalMessage, LocalSummary } from "./messages.ts";

export type ChildOptions = {
  signal: AbortSignal;
  logger: Logger | undefined;
  onHeard(chunk: HeardChunk): void;
  onProgress(fraction: number): void;
};

const STDERR_TAIL_CHARACTERS = 4000;
const hasGroups = process.platform !== "win32";

/** The process leads a group of its own, so that its decoder can be killed with it whatever state either is in. */
const start = (): ChildProcess =>
  fork(siblingModule(import.meta.url, "recognise.child"), [], {
    detached: hasGroups,
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });

const killGroup = (child: ChildProcess): void => {
  if (child.pid === undefined) return;
  try {
    if (hasGroups) process.kill(-child.pid, "SIGKILL");
    else child.kill("SIGKILL");
  } catch (error) {
    // macOS says EPERM of a group whose last process waits to be reaped.
    const isGone = error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM");
    if (!isGone) throw error;
  }
};

const tailOf = (child: ChildProcess): (() => string) => {
  let tail = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    tail = (tail + text).slice(-STDERR_TAIL_CHARACTERS);
  });
  return () => tail;
};

type Ending = (LocalMessage & { type: "done" | "failed" }) | null;

const conclude = (ending: Ending, end: string): LocalSummary => {
  if (ending?.type === "done") return ending;
  if (ending === null) {
    const detail = "The speech recogniser stopped unexpectedly; it is tried again. The log has the details.";
    throw new AppError("internal", { detail }, { cause: new Error(end) });
  }
  throw new AppError(ending.code, { detail: ending.detail }, { cause: new Error(ending.trace) });
};

/**
 * Transcribes one recording in a process of its own; an abort kills it, and its decoder, within some 40 ms.
 * @throws AppError as the process reported it, "internal" when it died; the signal's reason when aborted.
 */
export const runChild = async (job: LocalJob, options: ChildOptions): Promise<LocalSummary> => {
  const { signal, logger, onHeard, onProgress } = options;
  const child = start();
  const tail = tailOf(child);
  const kill = (): void => killGroup(child);
  let ending: Ending = null;
  child.on("message", (message: LocalMessage) => {
    if (signal.aborted) return;
    if (message.type === "heard") onHeard(message.chunk);
    else if (message.type === "progress") onProgress(message.fraction);
    else ending = message;
  });
  signal.addEventListener("abort", kill, { once: true });
  try {
    // The last messages may be read after the exit: the channel's end comes after them.
    const ended = Promise.all([once(child, "exit"), once(child, "disconnect")]);
    child.send(job, () => undefined); // a process that is gone says so by "exit"
    const [[code, killedBy]] = await ended;
    signal.throwIfAborted();
    const end = `The recogniser ended with ${String(code ?? killedBy)}: ${tail().trim()}`;
    if (ending === null) logger?.error({ code, killedBy }, "speech recogniser died");
    return conclude(ending, end);
  } finally {
    signal.removeEventListener("abort", kill);
    kill();
  }
};
