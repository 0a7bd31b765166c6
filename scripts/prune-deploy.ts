// `prune-deploy.ts FOLDER`: takes from what `pnpm deploy` wrote whatever this machine does not need to run it.
import { lstat, readdir, rm } from "node:fs/promises";
import path from "node:path";

import { type Host, reasonToPrune } from "./images/prunable.ts";

/** Node's report names glibc where the process runs on it; everywhere else on Linux it is musl. */
const hostLibc = (): Host["libc"] => {
  if (process.platform !== "linux") return null;
  // The type of the report is `object`.
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? "musl" : "glibc";
};

const megabytes = (sizeBytes: number): string => `${(sizeBytes / 1e6).toFixed(1)} MB`;

const prune = async (folder: string): Promise<void> => {
  const host = { platform: process.platform, arch: process.arch, libc: hostLibc() };
  const removedBytes = new Map<string, number>();
  let keptBytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const { size: sizeBytes } = await lstat(file);
    const reason = reasonToPrune(path.relative(folder, file), host);
    if (reason === null) {
      keptBytes += sizeBytes;
      continue;
    }
    await rm(file);
    removedBytes.set(reason, (removedBytes.get(reason) ?? 0) + sizeBytes);
  }
  for (const [reason, sizeBytes] of removedBytes) console.log(`removed ${megabytes(sizeBytes)}: ${reason}`);
  console.log(`${megabytes(keptBytes)} remain in ${folder}`);
};

const [, , folder] = process.argv;
if (folder === undefined) {
  console.error("Name the folder that `pnpm deploy` wrote: prune-deploy.ts FOLDER");
  process.exitCode = 2;
} else {
  await prune(folder);
}
