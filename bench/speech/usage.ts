import { readdirSync, readFileSync } from "node:fs";

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;

/** A file of /proc, or nothing: its process may have ended. */
const readProc = (path: string): string => {
  try {
    return readFileSync(`/proc/${path}`, "latin1");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return "";
    throw error;
  }
};

/** After the name, which may hold anything: the state, the parent and so on. */
const fieldsOf = (pid: string): string[] => {
  const stat = readProc(`${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
};

/** Processor time of all children that have ended, theirs included: unlike the clock's it is not the neighbours' too. */
export const childrenCpuMs = (): number => {
  const [user, system] = fieldsOf("self").slice(13, 15);
  return (Number(user) + Number(system)) * TICK_MS;
};

/** Memory of all processes under this one, in bytes: pages in use, shared ones counted in each. */
export const descendantsBytes = (): number => {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = new Map(pids.map((pid) => [pid, fieldsOf(pid)[1] ?? ""]));
  const isBelow = (pid: string): boolean => {
    const parent = parents.get(pid);
    return parent === String(process.pid) || (parent !== undefined && isBelow(parent));
  };
  return pids
    .filter(isBelow)
    .reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readProc(`${pid}/status`))?.[1] ?? 0) * 1024, 0);
};

const SAMPLE_MS = 250;

/** Looks at the memory of the processes below, again and again, until told to stop. */
export const watchMemory = (): { stop(): { atMs: number; bytes: number }[] } => {
  const startedAt = performance.now();
  const samples: { atMs: number; bytes: number }[] = [];
  const timer = setInterval(
    () => samples.push({ atMs: performance.now() - startedAt, bytes: descendantsBytes() }),
    SAMPLE_MS,
  );
  return {
    stop: () => {
      clearInterval(timer);
      return samples;
    },
  };
};

export const peakOf = (samples: readonly { bytes: number }[]): number =>
  samples.reduce((peak, { bytes }) => Math.max(peak, bytes), 0);
