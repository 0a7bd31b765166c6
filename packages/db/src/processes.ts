import { readFile } from "node:fs/promises";

/** Fields of /proc/<pid>/stat after the command name (which may itself contain spaces and brackets). */
const procStat = async (pid: number): Promise<string[] | null> => {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    // No /proc on this system, or no such process: the caller has another way to tell.
    return null;
  }
};

/** Whether the process exists; a zombie, which holds nothing any more, does not count. */
export const isRunning = async (pid: number): Promise<boolean> => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It exists but belongs to another account.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return (await procStat(pid))?.[0] !== "Z";
};

/**
 * Tells two processes with the same id apart: the boot and the clock tick in which the process was born.
 * Null where the system has no /proc, or the process is gone.
 */
export const birthOf = async (pid: number): Promise<string | null> => {
  const ticks = (await procStat(pid))?.[19];
  if (ticks === undefined) return null;
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "latin1");
  return `${boot.slice(0, 8)}t${ticks}`;
};
