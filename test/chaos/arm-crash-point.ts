/*
 * Loaded before a program of the service (`node --import`), lets the parent process name, over IPC, the crash point at
 * which the program is to die: `{ arm: "claim/taken" }`. Nothing of this is shipped.
 */
import type { CrashPoint } from "../../packages/kernel/src/crash-points.ts";

const HOOK = Symbol.for("phonoscene.crash-point");

let armed: string | null = null;

const dieWhereArmed = (name: CrashPoint): void => {
  if (name === armed) process.kill(process.pid, "SIGKILL");
};

Object.assign(globalThis, { [HOOK]: dieWhereArmed });

process.on("message", (message) => {
  if (typeof message !== "object" || message === null || !("arm" in message)) return;
  armed = String(message.arm);
  process.send?.({ armed });
});
// A listener for messages would keep a process alive that has nothing left to do.
process.channel?.unref();
