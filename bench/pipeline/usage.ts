import { readdir, readFile } from "node:fs/promises";

/** What a process has used since its start. */
export type Usage = { cpuMs: number; rssBytes: number };

/** In a child: says that it is ready, answers each `usage`, and ends at `stop`. */
export const reportUsage = (stop: () => Promise<void>): void => {
  process.on("message", (message) => {
    if (message === "usage") {
      const { user, system } = process.cpuUsage();
      process.send?.({ cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() } satisfies Usage);
    } else if (message === "stop") void stop().finally(() => process.exit(0));
  });
  process.on("disconnect", () => process.exit(1));
  process.send?.("ready");
};

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;

/** After the name, which may hold anything, from the third field on: state, parent ... user, system time, of ended children too. */
const fieldsOf = (stat: string): string[] => stat.slice(stat.lastIndexOf(")") + 2).split(" ");

/** Processor time of a process and of those it started, in milliseconds; null where there is no /proc. */
export const cpuOfTree = async (pid: number): Promise<number | null> => {
  const names: string[] = await readdir("/proc").catch(() => []);
  if (!names.includes(String(pid))) return null;
  let ticks = 0;
  for (const name of names.filter((each) => /^\d+$/.test(each))) {
    // It may end in between.
    const fields = fieldsOf(await readFile(`/proc/${name}/stat`, "utf8").catch(() => ""));
    const isRoot = name === String(pid);
    if (!isRoot && fields[1] !== String(pid)) continue;
    const times = isRoot ? fields.slice(11, 15) : fields.slice(11, 13);
    for (const time of times) ticks += Number(time);
  }
  return ticks * TICK_MS;
};
