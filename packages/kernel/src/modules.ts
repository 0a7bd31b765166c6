import { fileURLToPath } from "node:url";

/**
 * The path of a module beside the caller's, to run as a process of its own: `.ts` from source, `.js` once compiled.
 * The child needs the parent's `execArgv`, which `fork` passes on.
 */
export const siblingModule = (callerUrl: string, name: string): string =>
  fileURLToPath(new URL(`./${name}${callerUrl.endsWith(".ts") ? ".ts" : ".js"}`, callerUrl));
