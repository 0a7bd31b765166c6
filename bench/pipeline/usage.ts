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
