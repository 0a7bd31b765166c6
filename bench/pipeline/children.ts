import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { Usage } from "./usage.ts";

export type Child = { usage(): Promise<Usage>; stop(): Promise<void> };

const nextMessage = async (child: ChildProcess): Promise<unknown> => {
  const settled = new AbortController();
  const { signal } = settled;
  const ended = once(child, "exit", { signal }).then(() => {
    throw new Error("a process of the benchmark ended early; its words are above");
  });
  try {
    const [message] = (await Promise.race([once(child, "message", { signal }), ended])) as [unknown];
    return message;
  } finally {
    settled.abort();
    await ended.catch(() => undefined);
  }
};

/** Starts one of the programs beside this file, and waits until it serves. */
export const startChild = async (program: "worker" | "raw", env: Record<string, string>): Promise<Child> => {
  const child = fork(fileURLToPath(new URL(`./${program}.child.ts`, import.meta.url)), [], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await nextMessage(child);
  return {
    usage: async () => {
      child.send("usage");
      // The one message that a child sends when it was asked.
      return (await nextMessage(child)) as Usage;
    },
    stop: async () => {
      const exited = once(child, "exit");
      child.send("stop");
      await exited;
    },
  };
};
