import { spawn } from "node:child_process";

import type { Cluster } from "./cluster.ts";

/**
 * Waits for the end of its input, which comes when our process ends in whatever way; then stops the server and
 * removes the cluster and, when nothing else is in it, the data directory.
 */
const SCRIPT = `
read -r _
pid=$(head -n 1 "$1/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
  kill -QUIT "$pid" 2>/dev/null
  tries=0
  while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
fi
rm -rf "$1"
rmdir "$(dirname "$1")" 2>/dev/null
exit 0
`;

/** Sees to it that an ephemeral cluster does not outlive us, not even after a SIGKILL. Not on Windows. */
export const reapAfterUs = (cluster: Cluster): { dismiss: () => void } => {
  if (process.platform === "win32") return { dismiss: () => undefined };
  const reaper = spawn("/bin/sh", ["-c", SCRIPT, "sh", cluster.dir], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  reaper.unref();
  return {
    dismiss: () => {
      reaper.kill("SIGKILL");
    },
  };
};
