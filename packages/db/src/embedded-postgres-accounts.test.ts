import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { siblingModule } from "@phonoscene/kernel";
import { useTempDirs } from "@phonoscene/testing";
import pg from "pg";
import { afterEach, describe, expect, it } from "vitest";

import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { canReach } from "./embedded/account.ts";

const run = promisify(execFile);
const newDir = useTempDirs();
const NOBODY = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;
const canLendCheckout = isRoot && (await canReach(NOBODY, dirname(siblingModule(import.meta.url, "any"))));

const one = async (url: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query("SELECT 1 AS one")).rows;
  } finally {
    await client.end();
  }
};

const start = async (dataDir: string): Promise<string | { answer: unknown[]; adopted: boolean }> => {
  try {
    const server = await startEmbeddedPostgres({ dataDir });
    const answer = await one(server.url("postgres"));
    await server.stop();
    return { answer, adopted: server.adopted };
  } catch (error) {
    return (error as Error).message;
  }
};

describe.runIf(isRoot)("the embedded PostgreSQL of root (skipped for others)", () => {
  it("runs under another account, which owns the data", async () => {
    const dataDir = await newDir();
    expect(await start(dataDir)).toMatchObject({ answer: [{ one: 1 }] });
    const { uid, mode } = await stat(join(dataDir, "cluster"));
    expect(uid).not.toBe(0);
    expect(mode & 0o777).toBe(0o700);
  });

  it("keeps its data in a folder that nobody but root may enter", async () => {
    const closed = join(await newDir(), "closed");
    await mkdir(closed, { mode: 0o700 });
    const dataDir = join(closed, "data");
    expect(await start(dataDir)).toEqual({ answer: [{ one: 1 }], adopted: false });
    expect(await start(dataDir)).toEqual({ answer: [{ one: 1 }], adopted: false });
    expect(await stat(join(dataDir, "cluster", "PG_VERSION"))).toMatchObject({ size: 3 });
  });

  it("takes data back that was copied by root", async () => {
    const dataDir = await newDir();
    await start(dataDir);
    await run("chown", ["-R", "0:0", dataDir]);
    await chmod(join(dataDir, "cluster"), 0o755);
    expect(await start(dataDir)).toEqual({ answer: [{ one: 1 }], adopted: false });
  });

  it("names the full disk, and leaves nothing half-made on it", async ({ skip, onTestFinished }) => {
    const small = await newDir();
    const mounted = await run("mount", ["-t", "tmpfs", "-o", "size=12m", "tmpfs", small]).catch(
      (error: Error) => error,
    );
    if (mounted instanceof Error) skip(`no small disk can be mounted here: ${mounted.message}`);
    onTestFinished(async () => {
      await run("umount", [small]);
    });
    expect(await start(join(small, "data"))).toMatch(/No space left on device.*free some disk space/);
    expect(await run("find", [join(small, "data"), "-mindepth", "1"])).toMatchObject({ stdout: "" });
  });
});

describe.runIf(canLendCheckout)("the embedded PostgreSQL of an ordinary user (skipped when it cannot be acted)", () => {
  const children: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    }
  });

  it("runs under their own account, and root can take it over", async () => {
    const dataDir = await newDir();
    await chown(dataDir, NOBODY.uid, NOBODY.gid);
    const child = fork(siblingModule(import.meta.url, "embedded-postgres.child"), [dataDir], { ...NOBODY });
    children.push(child);
    const [started] = (await once(child, "message")) as [{ url: string }];
    expect(await one(started.url)).toEqual([{ one: 1 }]);
    expect(await stat(join(dataDir, "cluster"))).toMatchObject(NOBODY);
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    children.pop();
    expect(await start(dataDir)).toEqual({ answer: [{ one: 1 }], adopted: true });
    expect(await start(dataDir)).toEqual({ answer: [{ one: 1 }], adopted: false });
    expect(await stat(join(dataDir, "cluster"))).toMatchObject(NOBODY);
  });

  it("says whose data it is when it may not be read", async () => {
    const dataDir = await newDir();
    await start(dataDir);
    const child = fork(siblingModule(import.meta.url, "embedded-postgres.child"), [dataDir], {
      ...NOBODY,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    await once(child, "close");
    expect(stderr).toMatch(/cannot use its data directory .*permission denied.*make the directory writable/is);
  });
});
