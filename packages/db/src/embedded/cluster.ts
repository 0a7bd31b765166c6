import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { AppError } from "@phonoscene/kernel";

import { isRunning } from "../processes.ts";
import { type Account, canReach, run, SERVER_ENV, serverAccount } from "./account.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import { adviceFor, OTHER_DATA_DIR, unavailable } from "./faults.ts";

export const SUPERUSER = "phonoscene";
const PASSWORD_FILE = "phonoscene-password";

/** A data directory of PostgreSQL, and what it takes to run a server on it. */
export type Cluster = {
  dir: string;
  /** `dir` as the server's account sees it. */
  serverDir: string;
  password: string;
  account: Account;
  binaries: Binaries;
  ephemeral: boolean;
};

/**
 * A checkout under a folder of mode 700 (/root) cannot be entered by the server's account. The data stays there all
 * the same: the server is started inside the directory, and addresses it as its own working directory.
 */
const INSIDE = "/proc/self/cwd";

const serverView = async (dir: string, account: Account): Promise<string> => {
  if (await canReach(account, dir)) return dir;
  if (process.platform === "linux") return INSIDE;
  throw unavailable(`The account of the embedded PostgreSQL cannot enter ${dir}: ${OTHER_DATA_DIR}.`);
};

const faultText = (error: unknown): string => {
  const stderr = (error as { stderr?: string }).stderr?.trim() ?? "";
  return stderr === ""
    ? (error as Error).message
    : (stderr.split("\n").find((line) => /error|fatal/i.test(line)) ?? stderr);
};

const give = async (path: string, account: Account): Promise<void> => {
  if (account !== null) await chown(path, account.uid, account.gid);
};

/** Folders of runs that were killed in the middle of making a cluster. */
const sweep = async (dataDir: string): Promise<void> => {
  for (const name of await readdir(dataDir)) {
    const pid = Number(/^making-(\d+)-/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isInteger(pid) && !(await isRunning(pid))) {
      await rm(join(dataDir, name), { recursive: true, force: true });
    }
  }
};

const initdb = async (making: string, cluster: { account: Account; binaries: Binaries; ephemeral: boolean }) => {
  const { account, binaries, ephemeral } = cluster;
  const dir = join(making, "cluster");
  await mkdir(dir, { mode: 0o700 });
  await writeFile(join(making, PASSWORD_FILE), randomBytes(24).toString("hex"), { mode: 0o600 });
  for (const path of [making, dir, join(making, PASSWORD_FILE)]) await give(path, account);
  const settings = [
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    // Upper and lower case of every script, without depending on the locales of the system.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
  ];
  if (ephemeral) settings.push("--no-sync");
  const place = ["-D", await serverView(dir, account), "-U", SUPERUSER, "--pwfile", join("..", PASSWORD_FILE)];
  await run(binaries.initdb, [...place, ...settings], { ...account, cwd: dir, env: SERVER_ENV });
  // In one folder, so that cluster and password appear together.
  await rename(join(making, PASSWORD_FILE), join(dir, PASSWORD_FILE));
};

/** Made aside and renamed into place: a kill at any moment leaves either no cluster or a complete one. */
const makeCluster = async (
  dataDir: string,
  cluster: { dir: string; account: Account; binaries: Binaries; ephemeral: boolean },
): Promise<void> => {
  const making = join(dataDir, `making-${process.pid}-${randomBytes(4).toString("hex")}`);
  await mkdir(making, { mode: 0o700 });
  try {
    await initdb(making, cluster);
    await rename(join(making, "cluster"), cluster.dir).catch((error: unknown) => {
      // Another process was faster: its cluster is as good.
      if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );

const checkedMajor = async (dir: string, binaries: Binaries): Promise<void> => {
  const major = (await readFile(join(dir, "PG_VERSION"), "utf8")).trim();
  if (major === binaries.majorVersion) return;
  throw unavailable(
    `The data in ${dir} was made by PostgreSQL ${major}, and this is PostgreSQL ${binaries.majorVersion}: ` +
      `${OTHER_DATA_DIR}, or move its contents with pg_dump.`,
  );
};

/** Where the cluster of a data directory is and its password, or null where none was made yet. Makes nothing. */
export const findCluster = async (dataDir: string): Promise<Pick<Cluster, "dir" | "password"> | null> => {
  const dir = join(dataDir, "cluster");
  if (!(await exists(dir))) return null;
  return { dir: await realpath(dir), password: await readFile(join(dir, PASSWORD_FILE), "utf8") };
};

/** Data that was copied or unpacked by root belongs to root, which the server cannot use. */
const handOver = async (dir: string, account: Account): Promise<void> => {
  if (account !== null && (await stat(dir)).uid !== account.uid) {
    await run("chown", ["-R", `${account.uid}:${account.gid}`, dir]);
  }
  await chmod(dir, 0o700);
};

/**
 * The cluster in `<dataDir>/cluster`, made on the first call; its random password is kept in it, mode 600.
 * @throws AppError "database/unavailable" that names the fix.
 */
export const prepareCluster = async (options: { dataDir: string; ephemeral: boolean }): Promise<Cluster> => {
  try {
    await mkdir(options.dataDir, { recursive: true });
    const dataDir = await realpath(options.dataDir);
    const dir = join(dataDir, "cluster");
    const account = await serverAccount(dir);
    const binaries = await findBinaries(account);
    const { ephemeral } = options;
    await sweep(dataDir);
    if (!(await exists(dir))) await makeCluster(dataDir, { dir, account, binaries, ephemeral });
    await checkedMajor(dir, binaries);
    await handOver(dir, account);
    const password = await readFile(join(dir, PASSWORD_FILE), "utf8");
    return { dir, serverDir: await serverView(dir, account), password, account, binaries, ephemeral };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const text = faultText(cause);
    throw unavailable(
      `The embedded PostgreSQL cannot use its data directory ${options.dataDir} (${text}): ${adviceFor(text)}.`,
      cause,
    );
  }
};
