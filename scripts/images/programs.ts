import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Something that the person who runs the script can act on: printed without a stack. */
export class Failure extends Error {
  override readonly name = "Failure";
}

const MAX_OUTPUT_BYTES = 64 * 1024 ** 2;
const TAIL_CHARACTERS = 4000;

type Failed = { code?: number | string; stdout?: string; stderr?: string };

/**
 * Runs a program to its end and resolves to its standard output.
 * @throws Failure with the end of what it printed.
 */
export const run = async (program: string, args: readonly string[], cwd?: string): Promise<string> => {
  try {
    const { stdout } = await execute(program, [...args], { maxBuffer: MAX_OUTPUT_BYTES, ...(cwd && { cwd }) });
    return stdout;
  } catch (cause) {
    // The documented shape of what `execFile` rejects with.
    const { code, stdout = "", stderr = "" } = cause as Failed;
    const tail = `${stdout}\n${stderr}`.trim().slice(-TAIL_CHARACTERS);
    throw new Failure(`\`${program} ${args.join(" ")}\` failed (${code}):\n${tail}`, { cause });
  }
};

const SYSTEM_DIRS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    // Not there, or not ours to run: the same to the caller.
    () => false,
  );

/** Whether a program is where systems keep theirs. */
export const isInstalled = async (program: string): Promise<boolean> => {
  const found = await Promise.all(SYSTEM_DIRS.map((dir) => isExecutable(path.join(dir, program))));
  return found.includes(true);
};
