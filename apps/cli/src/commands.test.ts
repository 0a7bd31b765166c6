import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { useTempDirs } from "@phonoscene/testing";
import { Redis } from "ioredis";
import pg from "pg";
import { afterEach, describe, expect, inject, it, vi } from "vitest";
import { z } from "zod";

vi.setConfig({ testTimeout: 120_000 });

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const STORY = "At dawn an old fisherman rowed past the lighthouse. His daughter lit a lantern on the pier.";
const newDir = useTempDirs();

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

const launch = (argv: string[], env: Record<string, string> = {}) => {
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...clean } = process.env;
  const child = spawn(process.execPath, [...process.execArgv.slice(-3), MAIN, ...argv], {
    env: { ...clean, SPEECH_MODEL: "tiny", NO_COLOR: "1", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  running.push(child);
  return child;
};

const run = async (argv: string[], { env = {}, stdin = "" }: { env?: Record<string, string>; stdin?: string } = {}) => {
  const child = launch(argv, env);
  child.stdin.end(stdin);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { stdout, stderr, exitCode: child.exitCode };
};

const keysOf = async (redisUrl: string, pattern: string): Promise<string[]> => {
  const redis = new Redis(redisUrl);
  const keys = await redis.keys(pattern);
  redis.disconnect();
  return keys;
};

const DemoOutput = z.strictObject({
  task: z.looseObject({ status: z.string(), error: z.nullable(z.looseObject({ code: z.string() })) }),
  transcript: z
    .strictObject({
      language: z.string(),
      text: z.string(),
      segments: z.array(
        z.strictObject({ startMs: z.number().nullable(), endMs: z.number().nullable(), text: z.string() }),
      ),
    })
    .nullable(),
  prompts: z.array(
    z.strictObject({
      position: z.int(),
      sceneIndex: z.int(),
      startMs: z.number().nullable(),
      endMs: z.number().nullable(),
      content: z.string().min(1),
      negative: z.string().nullable(),
      slots: z.array(z.looseObject({ name: z.string(), value: z.string() })),
    }),
  ),
  timings: z.record(z.string(), z.number().nullable()),
});

describe("demo", () => {
  it("the bundled sample becomes one JSON object on standard output, and nothing else", async () => {
    const { stdout, stderr, exitCode } = await run(["demo", "--json", "--count", "4", "--aspect", "16:9"]);
    expect(stderr).toContain("transcribing: 100 %");
    expect(exitCode).toBe(0);
    const output = DemoOutput.parse(JSON.parse(stdout));
    expect(output.transcript?.segments.length).toBeGreaterThan(4);
    expect(output.prompts.map((prompt) => prompt.position)).toEqual([0, 1, 2, 3]);
    for (const prompt of output.prompts) {
      expect(prompt.content).toMatch(/--ar 16:9/);
      expect(prompt.endMs).toBeGreaterThan(prompt.startMs ?? Infinity);
    }
  });

  it("on servers that others use it works in a database and under keys of its own, and leaves neither", async () => {
    const redisUrl = inject("redisUrl");
    const serverUrl = inject("databaseServerUrl");
    const databases = async (): Promise<number> => {
      const client = new pg.Client({ connectionString: serverUrl });
      await client.connect();
      const { rows } = await client.query("SELECT FROM pg_database WHERE datname LIKE 'phonoscene_demo_%'");
      await client.end();
      return rows.length;
    };
    const env = { DATABASE_URL: serverUrl, ...(redisUrl !== null && { REDIS_URL: redisUrl }) };
    const { stdout, exitCode } = await run(["demo", "--text", STORY, "--json"], { env });
    expect(exitCode).toBe(0);
    expect(DemoOutput.parse(JSON.parse(stdout)).prompts.length).toBeGreaterThan(0);
    expect(await databases()).toBe(0);
    expect(redisUrl === null ? [] : await keysOf(redisUrl, "phonoscene-demo-*")).toEqual([]);
  });

  it("a text from standard input is shown to a person as a table", async () => {
    const { stdout, exitCode } = await run(["demo", "-", "--target", "flux"], { stdin: STORY });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Transcript {2}en, 2 sentences/);
    expect(stdout).toMatch(/^ 1 {2}.*fisherman/m);
  });

  it("subtitles and lyrics keep their times", async () => {
    const dir = await newDir();
    const file = path.join(dir, "boat.lrc");
    await writeFile(
      file,
      "[ti:Boat]\n[00:01.50]An old fisherman rowed past the lighthouse.\n[00:09.00]His daughter lit a lantern.\n",
    );
    const { stdout, exitCode } = await run(["demo", file, "--count", "2", "--json"]);
    expect(exitCode).toBe(0);
    const { transcript, prompts } = DemoOutput.parse(JSON.parse(stdout));
    expect(transcript).toMatchObject({ language: "en" });
    expect(prompts.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [1500, 9000],
      [9000, 13_000],
    ]);
  });

  it("a text file is a text, whatever its name, unless the name promises sound", async () => {
    const dir = await newDir();
    await writeFile(path.join(dir, "story"), STORY);
    await writeFile(path.join(dir, "story.mp3"), STORY);
    const asText = await run(["demo", path.join(dir, "story"), "--json"]);
    expect(DemoOutput.parse(JSON.parse(asText.stdout)).task).toMatchObject({ kind: "text", status: "completed" });
    const asSound = await run(["demo", path.join(dir, "story.mp3"), "--json"]);
    expect(asSound).toMatchObject({ exitCode: 1, stdout: "" });
    expect(asSound.stderr).toContain("is not a recording that can be read");
  });

  it.each([
    [["demo", "no-such-file.mp3"], "there is no such file"],
    [["demo", "--count", "x"], "--count takes a whole number"],
    [["demo", "--text", "  "], "The text is empty"],
  ])("%j ends with words that say what is wrong", async (argv, words) => {
    const { stdout, stderr, exitCode } = await run(argv);
    expect(stderr).toContain(words);
    expect(stdout).toBe("");
    expect(exitCode).toBe(words.startsWith("The text") ? 1 : 2);
  });

  it("a language that the local engine does not hear fails the task, and the JSON says so too", async () => {
    const { stdout, stderr, exitCode } = await run(["demo", "--language", "uk", "--json"]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/ASSEMBLYAI_API_KEY/);
    const { task, prompts } = DemoOutput.parse(JSON.parse(stdout));
    expect(task).toMatchObject({ status: "failed", error: { code: "language_unsupported" } });
    expect(prompts).toEqual([]);
  });

  it.each([
    [{ DATABASE_URL: "postgresql://u:secret@127.0.0.1:1/x" }, "127.0.0.1:1"],
    [{ PHONOSCENE_URL: "http://127.0.0.1:1" }, "No service answers at http://127.0.0.1:1"],
    [{ REDIS_URL: "redis://127.0.0.1:1" }, "The queue at 127.0.0.1:1 does not answer"],
    [{ DATABASE_URL: "mysql://x" }, "DATABASE_URL: must be a postgresql:// address"],
    [{ SPEECH_ENGINE: "assemblyai" }, "ASSEMBLYAI_API_KEY"],
  ])("with %j it says what to correct", async (env, words) => {
    const { stdout, stderr, exitCode } = await run(["demo", "--text", STORY], { env });
    expect(exitCode).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain(words);
    expect(stderr).not.toContain("secret");
  });
});

describe("start", () => {
  const Started = z.object({ url: z.string(), dataDir: z.string(), readyInMs: z.number() });

  const start = async (env: Record<string, string>) => {
    const child = launch(["start", "--json"], env);
    const [line] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
    const stop = async (): Promise<number | null> => {
      child.kill("SIGTERM");
      await once(child, "close");
      return child.exitCode;
    };
    return { ...Started.parse(JSON.parse(line)), stop };
  };

  it("stays up, is used by demo, refuses a second owner, and keeps its data over a restart", async () => {
    const dataDir = await newDir();
    const env = { PHONOSCENE_DATA_DIR: dataDir, PORT: "0" };
    const first = await start(env);
    const demo = await run(["demo", "--text", STORY, "--json"], { env: { PHONOSCENE_URL: first.url } });
    expect(DemoOutput.parse(JSON.parse(demo.stdout)).task.status).toBe("completed");
    const account = { email: "kept@example.com", password: "correct horse battery" };
    const post = (url: string, body: object) =>
      fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    expect((await post(`${first.url}/v1/auth/register`, { ...account, name: "K" })).status).toBe(201);

    const second = await run(["start"], { env });
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toMatch(/PHONOSCENE_DATA_DIR/);

    expect(await first.stop()).toBe(0);
    const again = await start(env);
    expect((await post(`${again.url}/v1/auth/login`, account)).status).toBe(200);
    expect(await again.stop()).toBe(0);
  });

  it("a taken port is named, and nothing that was started stays", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const address = blocker.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const env = { PHONOSCENE_DATA_DIR: await newDir(), PORT: String(port) };
    const refused = await run(["start"], { env });
    blocker.close();
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(`Port ${port} on 127.0.0.1 is taken`);
    const next = await start(env);
    expect(await next.stop()).toBe(0);
  });
});
