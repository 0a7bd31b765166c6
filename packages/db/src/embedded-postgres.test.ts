import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { siblingModule } from "@phonoscene/kernel";
import { useTempDirs } from "@phonoscene/testing";
import pg from "pg";
import { afterEach, describe, expect, it } from "vitest";

import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { isRunning } from "./processes.ts";

const newDir = useTempDirs();

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

const serverPid = async (dataDir: string): Promise<number> =>
  Number((await readFile(join(dataDir, "cluster", "postmaster.pid"), "utf8")).split("\n")[0]);

const isGone = (path: string): Promise<boolean> =>
  access(path).then(
    () => false,
    () => true,
  );

const servers: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

const start = async (dataDir: string, options: { ephemeral?: boolean } = {}): Promise<EmbeddedPostgres> => {
  const server = await startEmbeddedPostgres({ dataDir, ...options });
  servers.push(server);
  return server;
};

type Started = { child: ChildProcess; url: string; adopted: boolean };

const startInChild = async (dataDir: string, kind = "lasting"): Promise<Started> => {
  const child = fork(siblingModule(import.meta.url, "embedded-postgres.child"), [dataDir, kind], { detached: true });
  children.push(child);
  const [started] = (await once(child, "message")) as [{ url: string; adopted: boolean }];
  return { child, ...started };
};

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
};

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => end(child, "SIGKILL")));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

describe("the embedded PostgreSQL", () => {
  it("keeps its data from one start to the next, in UTC, with the letters of every script", async () => {
    const dataDir = join(await newDir(), "données de test");
    const first = await start(dataDir);
    await first.ensureDatabase("app one");
    await first.ensureDatabase("app one");
    await query(first.url("app one"), "CREATE TABLE kept AS SELECT 7 AS seven");
    await first.stop();
    const second = await start(dataDir);
    expect(second.adopted).toBe(false);
    expect(await query(second.url("app one"), "SELECT * FROM kept")).toEqual([{ seven: 7 }]);
    const sql = "SELECT current_setting('timezone') AS zone, lower('ÉΩЖ') AS lower, 'É' ILIKE 'é' AS alike";
    expect(await query(second.url("app one"), sql)).toEqual([{ zone: "UTC", lower: "éωж", alike: true }]);
  });

  it("has a password of its own, readable by nobody else, and lets nobody in without it", async () => {
    const [one, other] = [await newDir(), await newDir()];
    const [first, second] = await Promise.all([start(one, { ephemeral: true }), start(other, { ephemeral: true })]);
    const passwords = [first, second].map((server) => new URL(server.url("postgres")).password);
    expect(passwords[0]).not.toBe(passwords[1]);
    const file = await stat(join(one, "cluster", "phonoscene-password"));
    expect(file.mode & 0o777).toBe(0o600);
    const wrong = Object.assign(new URL(first.url("postgres")), { password: passwords[1] }).href;
    await expect(query(wrong, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    expect(await query(first.url("postgres"), "SHOW listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
  });

  it("is one server for two that start it at once", async () => {
    const dataDir = await newDir();
    const [one, two] = await Promise.all([start(dataDir), start(dataDir)]);
    expect(one.port).toBe(two.port);
    expect([one, two].filter(({ adopted }) => adopted)).toHaveLength(1);
    expect(await readdir(dataDir)).toEqual(["cluster"]);
  });

  it("comes back on its port, with its data, when it is killed", async () => {
    const dataDir = await newDir();
    const server = await start(dataDir);
    await query(server.url("postgres"), "CREATE TABLE kept AS SELECT 7 AS seven");
    process.kill(await serverPid(dataDir), "SIGKILL");
    const again = () => query(server.url("postgres"), "SELECT * FROM kept").catch((error: Error) => error.message);
    await expect.poll(again, { timeout: 20_000 }).toEqual([{ seven: 7 }]);
  });

  it("stays down when it is stopped in the moment in which it comes back", async () => {
    const dataDir = await newDir();
    const restarts: string[] = [];
    const onLog = (line: string) => restarts.push(line);
    const server = await startEmbeddedPostgres({ dataDir, onLog });
    process.kill(await serverPid(dataDir), "SIGKILL");
    await expect.poll(() => restarts.some((line) => line.includes("ended unasked"))).toBe(true);
    await server.stop();
    await expect(query(server.url("postgres"), "SELECT 1")).rejects.toThrow(/ECONNREFUSED/);
    expect(
      (await isGone(join(dataDir, "cluster", "postmaster.pid"))) || !(await isRunning(await serverPid(dataDir))),
    ).toBe(true);
  });

  it("is started although a process id in its pid file belongs to a stranger now", async () => {
    const dataDir = await newDir();
    const first = await start(dataDir);
    await first.stop();
    await writeFile(join(dataDir, "cluster", "postmaster.pid"), `${process.pid}\n${dataDir}\n1\n5432\n`);
    const second = await start(dataDir);
    expect(await query(second.url("postgres"), "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("takes an ephemeral cluster along when it stops, but nothing that is not its own", async () => {
    const dataDir = await newDir();
    await writeFile(join(dataDir, "somebody's"), "");
    const server = await start(dataDir, { ephemeral: true });
    await server.stop();
    expect(await readdir(dataDir)).toEqual(["somebody's"]);
  });
});

describe("the embedded PostgreSQL of a process that ends", () => {
  it("is adopted by the next start when that process was killed, and then stops", async () => {
    const dataDir = await newDir();
    const { child, url } = await startInChild(dataDir);
    const pid = await serverPid(dataDir);
    await query(url, "CREATE TABLE kept AS SELECT 7 AS seven");
    await end(child, "SIGKILL");
    const server = await start(dataDir);
    expect(server).toMatchObject({ adopted: true });
    expect(server.url("postgres")).toBe(url);
    expect(await query(url, "SELECT * FROM kept")).toEqual([{ seven: 7 }]);
    await server.stop();
    expect(await isRunning(pid)).toBe(false);
  });

  it("stops when that process exits, and a start in the same moment waits for it", async () => {
    const dataDir = await newDir();
    const { child } = await startInChild(dataDir);
    const pid = await serverPid(dataDir);
    const exited = once(child, "exit");
    child.send("exit");
    await exited;
    const server = await start(dataDir);
    expect(await query(server.url("postgres"), "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
  });

  it("does not feel a Ctrl-C, so that the process can write what it has left", async () => {
    const { child } = await startInChild(await newDir(), "ephemeral");
    const answer = once(child, "message");
    process.kill(-(child.pid ?? 0), "SIGINT");
    expect(await answer).toContain("drained");
  });

  it("is gone with its data when it is ephemeral and that process was killed", async () => {
    const dataDir = await newDir();
    const { child } = await startInChild(dataDir, "ephemeral");
    const pid = await serverPid(dataDir);
    await end(child, "SIGKILL");
    await expect.poll(() => isGone(dataDir), { timeout: 15_000 }).toBe(true);
    expect(await isRunning(pid)).toBe(false);
  });

  it("starts anew when that process was killed while it made the data", async () => {
    const dataDir = await newDir();
    const child = fork(siblingModule(import.meta.url, "embedded-postgres.child"), [dataDir, "lasting"]);
    children.push(child);
    const making = async () => (await readdir(dataDir)).find((name) => name.startsWith("making-"));
    await expect.poll(making, { timeout: 20_000, interval: 5 }).toBeDefined();
    await end(child, "SIGKILL");
    const server = await start(dataDir);
    expect(await query(server.url("postgres"), "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(await readdir(dataDir)).toEqual(["cluster"]);
  });
});

const complaint = (dataDir: string): Promise<string> =>
  start(dataDir).then(
    () => "no complaint",
    (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
  );

describe("a fault of the embedded PostgreSQL", () => {
  it("names the directory that cannot be made, and the way out", async () => {
    const file = join(await newDir(), "file");
    await writeFile(file, "");
    expect(await complaint(join(file, "data"))).toMatch(/^database\/unavailable: .*file\/data.*PHONOSCENE_DATA_DIR/);
  });

  it("names both versions when the data is another PostgreSQL's", async () => {
    const dataDir = await newDir();
    await mkdir(join(dataDir, "cluster"));
    await writeFile(join(dataDir, "cluster", "PG_VERSION"), "14\n");
    expect(await complaint(dataDir)).toMatch(/made by PostgreSQL 14, and this is PostgreSQL 18: .*PHONOSCENE_DATA_DIR/);
  });

  it("repeats the server's own reason when it refuses to start", async () => {
    const dataDir = await newDir();
    const server = await start(dataDir);
    await server.stop();
    await writeFile(join(dataDir, "cluster", "postgresql.auto.conf"), "no_such_setting = 1\n");
    expect(await complaint(dataDir)).toMatch(/does not start \(.*configuration file .*contains errors/);
  });
});
