import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";

import { unavailable } from "./faults.ts";

/** The account the server runs under; null means ours. Spreads into the options of a child process. */
export type Account = { uid: number; gid: number } | null;

/** Programs that run for the server get this and nothing of ours: no secrets, no locale, no libpq settings. */
export const SERVER_ENV = { LC_ALL: "C", TZ: "UTC" };

export const run = promisify(execFile);

const accountNamed = async (name: string): Promise<Account> => {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    // `id` fails for an account that does not exist: the next one is tried.
    return null;
  }
};

const createdAccount = async (name: string): Promise<Account> => {
  try {
    await run("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name]);
  } catch {
    // No useradd here, or a read-only /etc: `nobody` does as well.
    return null;
  }
  return accountNamed(name);
};

/**
 * PostgreSQL refuses to run as root. Root's server therefore runs as the owner of the existing data, else as
 * `postgres` (made when missing), else as `nobody`. Everybody else's server runs under their own account.
 */
export const serverAccount = async (clusterDir: string): Promise<Account> => {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(clusterDir).catch(() => null);
  if (owner !== null && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account =
    (await accountNamed("postgres")) ?? (await createdAccount("postgres")) ?? (await accountNamed("nobody"));
  if (account === null) {
    throw unavailable("PostgreSQL does not run as root, and no account for it was found: create the user `postgres`.");
  }
  return account;
};

/** Whether the account may pass through every parent of the directory, and so reach it by its path. */
export const canReach = async (account: Account, directory: string): Promise<boolean> => {
  if (account === null) return true;
  try {
    await run("/bin/sh", ["-c", 'cd "$1"', "sh", directory], { ...account, cwd: "/", env: SERVER_ENV });
    return true;
  } catch {
    // The shell's refusal is the answer.
    return false;
  }
};
