import { randomBytes } from "node:crypto";
import { access, constants, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { AppError } from "@phonoscene/kernel";

import { birthOf, isRunning } from "./processes.ts";

/**
 * A claim is an empty file whose name says who claims: process id, birth of the process, and chance. A claim is
 * written first and the others are read second; so of any two that start at once, at least one sees the other, and
 * whoever sees a living other withdraws. Claims of dead processes are removed by anybody: their names never come back,
 * so nothing that lives can be hit. Rejected: one lock file that is replaced when stale, where two that find it stale
 * remove each other's; `flock`, which Node does not offer.
 */
type Claim = { name: string; pid: number; birth: string; held: boolean };

const LOCK_DIR = "lock";
const CLAIM = /^(\d+)-([0-9a-zA-Z]+)-[0-9a-f]{16}$/;
const HELD_SUFFIX = ".held";
const UNKNOWN_BIRTH = "unknown";
/** Two starts at the same moment withdraw from each other; a few random pauses later one of them is alone. */
const TRIES = 50;
const LONGEST_PAUSE_MS = 60;

const readClaims = async (lockDir: string): Promise<Claim[]> => {
  const names = new Set(await readdir(lockDir));
  return [...names].flatMap((name) => {
    const match = CLAIM.exec(name);
    if (match === null) return [];
    return [
      { name, pid: Number(match[1]), birth: match[2] ?? UNKNOWN_BIRTH, held: names.has(`${name}${HELD_SUFFIX}`) },
    ];
  });
};

const isAlive = async ({ pid, birth }: Claim): Promise<boolean> => {
  if (!(await isRunning(pid))) return false;
  const now = await birthOf(pid);
  // Without /proc a reused process id cannot be told apart: better refused than shared.
  if (birth === UNKNOWN_BIRTH) return true;
  return now === null ? isRunning(pid) : now === birth;
};

const remove = async (lockDir: string, name: string): Promise<void> => {
  await rm(join(lockDir, name), { force: true });
  await rm(join(lockDir, `${name}${HELD_SUFFIX}`), { force: true });
};

/** The other claims that count; those that do not are cleared away. */
const livingOthers = async (lockDir: string, ownName: string): Promise<Claim[]> => {
  const living: Claim[] = [];
  for (const claim of await readClaims(lockDir)) {
    if (claim.name === ownName) continue;
    if (await isAlive(claim)) living.push(claim);
    else await remove(lockDir, claim.name);
  }
  return living;
};

const inUse = (dataDir: string, pid: number): AppError =>
  new AppError("data-dir/in-use", {
    detail:
      `The data directory ${dataDir} is in use by process ${pid}: stop that process, or set PHONOSCENE_DATA_DIR ` +
      "to another directory for this one.",
  });

const makeLockDir = async (dataDir: string): Promise<string> => {
  const lockDir = join(dataDir, LOCK_DIR);
  try {
    await mkdir(lockDir, { recursive: true });
    await access(lockDir, constants.W_OK);
    return lockDir;
  } catch (cause) {
    throw new AppError(
      "config/invalid",
      {
        detail:
          `The data directory ${dataDir} cannot be written (${(cause as Error).message}): make it writable, or set ` +
          "PHONOSCENE_DATA_DIR to another directory.",
      },
      { cause },
    );
  }
};

/**
 * Makes this process the only owner of the directory, which is made when missing. A lock whose owner died, however it
 * died, is taken over.
 * @throws AppError "data-dir/in-use" that names the owner; "config/invalid" where the directory cannot be made.
 */
export const lockDataDir = async (dataDir: string): Promise<{ release: () => Promise<void> }> => {
  const lockDir = await makeLockDir(dataDir);
  const birth = (await birthOf(process.pid)) ?? UNKNOWN_BIRTH;
  for (let tries = 1; ; tries += 1) {
    const name = `${process.pid}-${birth}-${randomBytes(8).toString("hex")}`;
    await writeFile(join(lockDir, name), "", { flag: "wx" });
    const others = await livingOthers(lockDir, name);
    if (others.length === 0) {
      // From here on others need not wait for us to withdraw.
      await writeFile(join(lockDir, `${name}${HELD_SUFFIX}`), "");
      return { release: () => remove(lockDir, name) };
    }
    await remove(lockDir, name);
    const owner = others.find(({ held }) => held);
    if (owner !== undefined || tries >= TRIES) throw inUse(dataDir, (owner ?? others[0])?.pid ?? 0);
    await delay(Math.random() * LONGEST_PAUSE_MS);
  }
};
