import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { TaskOptions } from "@phonoscene/contracts";
import {
  cancelTask,
  createTask,
  createUser,
  type Database,
  findTask,
  openDatabase,
  retryTask,
  type TaskRow,
} from "@phonoscene/db";
import { createLogger } from "@phonoscene/kernel";
import { describeOnBackends } from "@phonoscene/testing";
import { type FakeAssemblyAi, startAssemblyAi } from "@phonoscene/testing/assemblyai";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";

import { readConfig } from "./config.ts";
import { HASTY } from "./test-use-world.ts";
import { type RunningWorker, startWorker } from "./worker.ts";

vi.setConfig({ testTimeout: 60_000 });

const SAMPLE = fileURLToPath(new URL("../../../samples/the-lamp-keeper.mp3", import.meta.url));
const logger = createLogger({ name: "download-test", level: "silent" });
const SOON = { timeout: 30_000, interval: 100 };

const listen = async (answer: RequestListener): Promise<{ server: Server; origin: string }> => {
  const server = createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  // A server that listens on an address has one of this shape.
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

describeOnBackends("a recording at a URL", (store) => {
  let database: Database;
  let dataDir: string;
  let userId: string;
  let assemblyAi: FakeAssemblyAi;
  let web: { server: Server; origin: string };
  let sample: Buffer;
  const asked: string[] = [];
  const failing = new Set<string>();
  const workers: RunningWorker[] = [];

  beforeAll(async () => {
    sample = await readFile(SAMPLE);
    assemblyAi = await startAssemblyAi();
    dataDir = await mkdtemp(path.join(os.tmpdir(), "phonoscene-download-test-"));
    const onPoolError = (error: Error): void => logger.warn({ err: error }, "pool");
    database = openDatabase({ url: store.database.url, poolSize: 3, onPoolError });
    userId = (await createUser(database.db, { email: "ada@example.com", name: "Ada", passwordHash: "x" })).id;
    web = await listen((request, response) => {
      const url = request.url ?? "";
      asked.push(url);
      if (failing.delete(url)) response.writeHead(503).end();
      else if (url.startsWith("/missing")) response.writeHead(404).end();
      else if (url.startsWith("/page")) response.end("<html>please log in to hear this talk</html>");
      else if (url.startsWith("/empty")) response.end();
      else if (url.startsWith("/inward")) response.writeHead(302, { location: "http://10.0.0.1/secret.mp3" }).end();
      else if (url.startsWith("/huge")) response.writeHead(200, { "content-length": String(3 * 1024 ** 3) }).end();
      else if (url.startsWith("/half")) {
        response.writeHead(200, { "content-length": String(sample.length) });
        response.write(sample.subarray(0, sample.length / 2));
      } else response.end(sample);
    });
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.stop();
  });
  afterAll(async () => {
    web.server.closeAllConnections();
    await new Promise((resolve) => {
      web.server.close(resolve);
    });
    await assemblyAi.close();
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const work = async (env: Record<string, string> = {}): Promise<RunningWorker> => {
    const config = readConfig({
      DATABASE_URL: store.database.url,
      ...(store.redisUrl !== null && { REDIS_URL: store.redisUrl }),
      QUEUE_PREFIX: store.prefix,
      PHONOSCENE_DATA_DIR: dataDir,
      WORKER_GRACE_MS: "0",
      DATABASE_POOL_SIZE: "4",
      OUTBOUND_ALLOWED_NETWORKS: "127.0.0.0/8",
      ASSEMBLYAI_API_KEY: "key",
      ASSEMBLYAI_BASE_URL: assemblyAi.baseUrl,
      ...env,
    });
    const worker = await startWorker({ ...config, timings: HASTY }, logger);
    workers.push(worker);
    await worker.ready;
    return worker;
  };
  const newTask = async (where: string): Promise<string> => {
    const source = { kind: "url" as const, audioUrl: where.startsWith("/") ? `${web.origin}${where}` : where };
    const options = TaskOptions.parse({});
    return (await createTask(database.db, { userId, name: null, language: "auto", options, source })).id;
  };
  const read = async (id: string): Promise<TaskRow> => {
    const task = await findTask(database.db, { id, userId });
    if (task === null) throw new Error("the task is gone");
    return task;
  };
  const ended = async (id: string): Promise<TaskRow> => {
    await expect.poll(async () => (await read(id)).completedAt, SOON).not.toBeNull();
    return read(id);
  };
  const incoming = () => readdir(path.join(dataDir, "audio", "incoming"));
  const timesAsked = (url: string) => asked.filter((one) => one === url).length;

  it("is downloaded, stored, heard, and becomes prompts", async () => {
    await work();
    const task = await ended(await newTask("/talks/The%20lamp%20keeper.mp3?signature=1"));
    expect(task).toMatchObject({ status: "completed", errorCode: null });
    expect(task.audio).toMatchObject({ filename: "The lamp keeper.mp3", format: "mp3" });
    const kept = await database.db.audio.findUniqueOrThrow({ where: { id: task.audio?.id ?? "" } });
    expect(kept.expiresAt).toBeNull();
    expect(Number(task.audio?.sizeBytes)).toBe(sample.length);
    expect(await readFile(path.join(dataDir, "audio", "stored", task.audio?.storageKey ?? ""))).toEqual(sample);
    expect(assemblyAi.uploadedBytes.at(-1)).toBe(sample.length);
    expect(await incoming()).toEqual([]);
  });

  it.each([
    ["a file that is not there", "/missing.mp3", "download_failed", /404/],
    ["a page in place of a recording", "/page.mp3", "audio_unreadable", /none of wav, .*mp3/],
    ["an empty file", "/empty.mp3", "audio_empty", /empty/],
    ["a redirect into a private network", "/inward.mp3", "download_failed", /not public/],
    ["an address that is not public", "http://192.168.7.7/a.mp3", "download_failed", /not public/],
    ["a name that nobody has", "http://nowhere.invalid/a.mp3", "download_failed", /nowhere\.invalid/],
    ["a recording past the limit", "/huge.mp3", "download_failed", /2147483648/],
  ])("%s fails at the first attempt, and nothing stays", async (_name, where, code, message) => {
    await work();
    const task = await ended(await newTask(where));
    expect(task).toMatchObject({ status: "failed", errorCode: code, errorStage: "transcribing", audio: null });
    expect(task.errorMessage).toMatch(message);
    expect(task.errorMessage).not.toContain("10.0.0.1");
    expect(await incoming()).toEqual([]);
  });

  it("without an opened network, this machine itself cannot be asked", async () => {
    await work({ OUTBOUND_ALLOWED_NETWORKS: "" });
    const before = asked.length;
    const task = await ended(await newTask("/closed.mp3"));
    expect(task).toMatchObject({ status: "failed", errorCode: "download_failed", errorRetryable: false });
    expect(asked.length).toBe(before);
  });

  it("a server that is busy for a moment is asked again", async () => {
    failing.add("/busy.mp3");
    await work();
    expect(await ended(await newTask("/busy.mp3"))).toMatchObject({ status: "completed" });
    expect(timesAsked("/busy.mp3")).toBe(2);
  });

  it("a worker that stops after the download leaves the recording to the next one", async () => {
    assemblyAi.script("get", { kind: "hang" });
    const polls = assemblyAi.counts.get;
    const first = await work();
    const id = await newTask("/once.mp3");
    await expect.poll(() => assemblyAi.counts.get, SOON).toBe(polls + 1);
    await first.stop();
    await work();
    expect(await ended(id)).toMatchObject({ status: "completed" });
    expect(timesAsked("/once.mp3")).toBe(1);
  });

  it("a cancel breaks the download off, shows how far it came before, and a retry downloads anew", async () => {
    await work();
    const id = await newTask("/half.mp3");
    await expect.poll(async () => (await read(id)).progress, SOON).toBeCloseTo(0.1, 1);
    await cancelTask(database.db, { id, userId });
    await expect.poll(incoming, SOON).toEqual([]);
    expect((await read(id)).audio).toBeNull();
    await retryTask(database.db, { id, userId }, { from: "transcribing" });
    await expect.poll(() => timesAsked("/half.mp3"), SOON).toBe(2);
  });
});
