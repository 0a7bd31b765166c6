import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { ModelName } from "../../packages/speech/src/local/model-files.ts";
import type { Floor } from "../../packages/speech/test/direct-call.child.ts";

const CHILD = fileURLToPath(new URL("../../packages/speech/test/direct-call.child.ts", import.meta.url));

/** What the recogniser alone takes for these files, in a process of its own. */
export const measureFloor = async (model: ModelName, threads: number, files: readonly string[]): Promise<Floor> => {
  const child = fork(CHILD, [model, String(threads), ...files]);
  let floor: Floor | null = null;
  child.on("message", (message: Floor) => {
    floor = message;
  });
  const [code] = await once(child, "exit");
  if (floor === null) throw new Error(`The direct call of the model ended with ${String(code)}`);
  return floor;
};
