import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { createUser, type Database, findUserByEmail, openDatabase } from "@phonoscene/db";
import { useDatabase, useTempDirs } from "@phonoscene/testing";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";

vi.setConfig({ testTimeout: 120_000 });

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const newDir = useTempDirs();
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

const launch = (argv: string[], env: Record<string, string>) => {
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...clean } = process.env;
  const child = spawn(process.execPath, [...process.execArgv.slice(-3), MAIN, ...argv], {
    env: { ...clean, NO_COLOR: "1", SPEECH_MODEL: "tiny", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  return child;
};
const admin = async (argv: string[], env: Record<string, string>) => {
  const child = launch(["admin", ...argv], env);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { stdout, stderr, exitCode: child.exitCode };
};

describe("admin, on a database of one's own", () => {
  const databaseOf = useDatabase();
  let database: Database;

  beforeAll(async () => {
    const onPoolError = (error: Error): void => {
      throw error;
    };
    database = openDatabase({ url: databaseOf.url, poolSize: 1, onPoolError });
    await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" });
    await createUser(database.db, { email: "eve@example.com", name: "Eve", passwordHash: "x" });
  });
  afterAll(() => database.close());

  const roles = async () => {
    const users = await Promise.all(["ada", "eve"].map((name) => findUserByEmail(database.db, `${name}@example.com`)));
    return users.map((user) => user?.role);
  };
  const run = (...argv: string[]) => admin(argv, { DATABASE_URL: databaseOf.url });

  it("grants, lists and revokes, says so, and minds no repetition", async () => {
    expect(await run("list")).toMatchObject({ stdout: "There are no administrators.\n", exitCode: 0 });
    expect(await run("grant", "Ada@example.com")).toMatchObject({
      stdout: "ada@example.com is now an administrator.\n",
      stderr: "",
      exitCode: 0,
    });
    expect(await roles()).toEqual(["admin", "user"]);
    expect((await run("grant", "ada@example.com")).stdout).toBe("ada@example.com was already an administrator.\n");
    const listed = await run("list", "--json");
    expect(JSON.parse(listed.stdout)).toEqual({ admins: [{ email: "ada@example.com", name: "Ada" }] });
    const revoked = await run("revoke", "ada@example.com", "--json");
    expect(JSON.parse(revoked.stdout)).toEqual({ email: "ada@example.com", role: "user", isChanged: true });
    expect(await roles()).toEqual(["user", "user"]);
  });

  it("an account that is not there is named, and nothing changes", async () => {
    const answer = await run("grant", "adda@example.com");
    expect(answer).toMatchObject({ stdout: "", exitCode: 1 });
    expect(answer.stderr).toContain("There is no account adda@example.com");
    expect(await roles()).toEqual(["user", "user"]);
  });

  it("a database without tables, one that does not answer, and a folder without one are told apart", async () => {
    const empty = await admin(["list"], { DATABASE_URL: inject("databaseServerUrl") });
    expect(empty.stderr).toContain("it was never migrated");
    const silent = await admin(["list"], { DATABASE_URL: "postgresql://u:secret@127.0.0.1:1/x" });
    expect(silent.stderr).toContain("127.0.0.1:1/x cannot be used");
    expect(silent.stderr).not.toContain("secret");
    const nothing = await admin(["list"], { PHONOSCENE_DATA_DIR: await newDir() });
    expect(nothing.stderr).toContain("run `npx pnpm start` once");
    expect([empty.exitCode, silent.exitCode, nothing.exitCode]).toEqual([1, 1, 1]);
  });
});

it("the embedded database is reached beside a running service, whose tokens know at once, and when it is stopped", async () => {
  const env = { PHONOSCENE_DATA_DIR: await newDir(), PORT: "0" };
  const service = launch(["start", "--json"], env);
  const [line] = (await once(service.stdout.setEncoding("utf8"), "data")) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const post = async (path: string, body: object): Promise<Record<string, string>> => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    return (await answer.json()) as Record<string, string>;
  };
  const account = { email: "ada@example.com", password: "correct horse battery" };
  await post("/v1/auth/register", { ...account, name: "Ada" });
  const { accessToken } = await post("/v1/auth/login", account);
  const role = async () => {
    const answer = await fetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${accessToken}` } });
    return ((await answer.json()) as { role: string }).role;
  };
  expect(await role()).toBe("user");
  expect(await admin(["grant", account.email], env)).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await role()).toBe("admin");

  service.kill("SIGTERM");
  await once(service, "close");
  const listed = await admin(["list", "--json"], env);
  expect(JSON.parse(listed.stdout)).toEqual({ admins: [{ email: account.email, name: "Ada" }] });
  expect((await admin(["revoke", account.email], env)).stdout).toContain("is now no administrator");
});
