import { readdirSync, readFileSync } from "node:fs";

/** Whether this system lists its processes as files; tests of what is left behind need that. */
export const hasProc = process.platform === "linux";

type Listed = { pid: number; parentPid: number; command: string };

const read = (pid: number): Listed | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z") return null;
    return {
      pid,
      parentPid: Number(parent),
      command: readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " "),
    };
  } catch (error) {
    // The process ended while it was looked at.
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return null;
    throw error;
  }
};

const list = (): Listed[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => read(Number(name)))
    .filter((entry) => entry !== null);

/** Ids of the recognition processes that `parentPid` started. */
export const recognisersOf = (parentPid: number): number[] =>
  list()
    .filter((entry) => entry.parentPid === parentPid && /recognise\.child\.[jt]s/.test(entry.command))
    .map(({ pid }) => pid);

/** Ids of the decoders at work on a file. */
export const decodersOf = (filePath: string): number[] =>
  list()
    .filter(({ command }) => command.includes(filePath) && /decode-node-av|ffmpeg/.test(command))
    .map(({ pid }) => pid);

export const isRunning = (pid: number): boolean => read(pid) !== null;
