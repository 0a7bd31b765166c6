import { createLogger, newId } from "@phonoscene/kernel";
import { describeOnBackends, uniquePrefix } from "@phonoscene/testing";
import { afterEach, beforeEach, expect, it } from "vitest";

import { openQueueBackend, type QueueBackend } from "./backend.ts";
import { createProducer, type Producer } from "./producer.ts";
import { type OutboxRow, startRelay } from "./relay.ts";
import { type Handlers, startWorkers, type Workers, type WorkersOptions } from "./workers.ts";

const logger = createLogger({ name: "queue-test", level: "silent" });

describeOnBackends("the queue", (store) => {
  let backend: QueueBackend;
  let producer: Producer;
  let workers: Workers[];

  beforeEach(() => {
    backend = openQueueBackend({ url: store.redisUrl ?? store.database.url, prefix: store.prefix, logger });
    producer = createProducer(backend);
    workers = [];
  });
  afterEach(async () => {
    for (const each of workers) await each.close(0);
    // The next test is not to meet this one's jobs.
    await producer.obliterate();
    await producer.close();
    await backend.close();
  });

  const idle: Handlers = {
    "transcribe-audio": async () => undefined,
    "write-prompts": async () => undefined,
    maintenance: async () => undefined,
  };

  const serve = async (handlers: Partial<Handlers>, options: Partial<WorkersOptions> = {}): Promise<Workers> => {
    const started = startWorkers({
      backend,
      handlers: { ...idle, ...handlers },
      queues: ["transcription", "prompting", "maintenance"],
      concurrency: 2,
      logger,
      ...options,
    });
    workers.push(started);
    await started.ready;
    return started;
  };

  const writePrompts = (taskId: string) => ({ name: "write-prompts" as const, payload: { taskId } });

  it("each job reaches the handler of its name, with its payload", async () => {
    const seen: unknown[] = [];
    await serve({
      "transcribe-audio": async (payload) => void seen.push(["transcribe-audio", payload]),
      "write-prompts": async (payload) => void seen.push(["write-prompts", payload]),
    });
    const [first, second] = [newId(), newId()];
    await producer.enqueue([{ name: "transcribe-audio", payload: { taskId: first } }, writePrompts(second)]);
    await expect.poll(() => seen).toHaveLength(2);
    expect(seen).toContainEqual(["transcribe-audio", { taskId: first }]);
    expect(seen).toContainEqual(["write-prompts", { taskId: second }]);
  });

  it("a second ask for work that is waiting or running is ignored; after it, it counts again", async () => {
    const taskId = newId();
    let runs = 0;
    let release: () => void = () => undefined;
    await producer.enqueue([writePrompts(taskId), writePrompts(taskId)]);
    await serve({
      "write-prompts": async () => {
        runs += 1;
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return undefined;
      },
    });
    await expect.poll(() => runs).toBe(1);
    await producer.enqueue([writePrompts(taskId)]);
    release();
    const again = async (): Promise<number> => {
      await producer.enqueue([writePrompts(taskId)]);
      release();
      return runs;
    };
    await expect.poll(again).toBe(2);
  });

  it("a job that fails is tried again, after a pause that doubles", async () => {
    const taskId = newId();
    const times: number[] = [];
    const failTwice = async () => {
      times.push(performance.now());
      if (times.length <= 2) throw new Error("the first tries fail");
      return undefined;
    };
    await serve({ "write-prompts": failTwice }, { retryBaseMs: 200 });
    await producer.enqueue([writePrompts(taskId)]);
    await expect.poll(() => times.length, { timeout: 10_000 }).toBe(3);
    const [first = 0, second = 0, third = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(170);
    expect(third - second).toBeGreaterThanOrEqual(340);
  });

  it("a job put back for later runs later, and is not lost", async () => {
    const times: number[] = [];
    await serve({
      "write-prompts": async () => {
        times.push(Date.now());
        return times.length === 1 ? { again: { delayMs: 400 } } : undefined;
      },
    });
    await producer.enqueue([writePrompts(newId())]);
    await expect.poll(() => times.length, { timeout: 10_000 }).toBe(2);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(390);
  });

  it("a worker serves only the queues it was given", async () => {
    const seen: string[] = [];
    const note = (name: string) => async () => void seen.push(name);
    await serve({ "transcribe-audio": note("transcribe"), "write-prompts": note("write") }, { queues: ["prompting"] });
    await producer.enqueue([{ name: "transcribe-audio", payload: { taskId: newId() } }, writePrompts(newId())]);
    await expect.poll(() => seen).toEqual(["write"]);
    await serve({ "transcribe-audio": note("transcribe") }, { queues: ["transcription"] });
    await expect.poll(() => seen).toEqual(["write", "transcribe"]);
  });

  it("closing waits for a running job, and past the grace aborts its signal", async () => {
    let reason: unknown;
    let isRunning = false;
    const started = await serve({
      "write-prompts": (_payload, { signal }) =>
        new Promise((_resolve, reject) => {
          isRunning = true;
          signal.addEventListener("abort", () => {
            reason = signal.reason;
            reject(new Error("stopped"));
          });
        }),
    });
    await producer.enqueue([writePrompts(newId())]);
    await expect.poll(() => isRunning).toBe(true);
    await started.close(50);
    expect(reason).toBeDefined();
  });

  it("closing ends in time even where a job ignores its signal", async () => {
    let release: () => void = () => undefined;
    let isRunning = false;
    const started = await serve({
      "write-prompts": () =>
        new Promise((resolve) => {
          isRunning = true;
          release = () => resolve(undefined);
        }),
    });
    await producer.enqueue([writePrompts(newId())]);
    await expect.poll(() => isRunning, { timeout: 10_000 }).toBe(true);
    const startedAt = performance.now();
    await started.close(100);
    const spentMs = performance.now() - startedAt;
    release();
    expect(spentMs).toBeGreaterThanOrEqual(2000);
    expect(spentMs).toBeLessThan(5000);
  });

  it("a relay that may not poll still sends what it is woken for, until that has succeeded", async () => {
    const outbox: OutboxRow[] = [];
    const sent: unknown[] = [];
    let rounds = 0;
    let failures = 2;
    const drain = async (send: (rows: readonly OutboxRow[]) => Promise<void>): Promise<number> => {
      rounds += 1;
      if (outbox.length > 0 && failures > 0) {
        failures -= 1;
        throw new Error("the queue is down");
      }
      const rows = outbox.splice(0, outbox.length);
      sent.push(...rows);
      await send(rows);
      return rows.length;
    };
    const relay = startRelay({ drain, producer, logger, pollMs: 5, mayPoll: () => false });
    await expect.poll(() => rounds).toBe(1);
    outbox.push({ job: "write-prompts", payload: { taskId: newId() } });
    relay.wake();
    await expect.poll(() => sent, { timeout: 10_000 }).toHaveLength(1);
    await expect.poll(() => rounds).toBe(5);
    await relay.stop();
    expect(rounds).toBe(5);
    // Its job has no worker here, and would reach the next test's.
    await producer.obliterate();
  });

  it("the relay sends what the outbox holds, at once when woken, and keeps it while the queue refuses", async () => {
    const outbox: OutboxRow[] = [];
    const seen: unknown[] = [];
    let isDown = true;
    let attempts = 0;
    const drain = async (send: (rows: readonly OutboxRow[]) => Promise<void>): Promise<number> => {
      const rows = [...outbox];
      if (rows.length === 0) return 0;
      attempts += 1;
      if (isDown) throw new Error("the queue is down");
      await send(rows);
      outbox.splice(0, rows.length);
      return rows.length;
    };
    await serve({ "write-prompts": async (payload) => void seen.push(payload) });
    const relay = startRelay({ drain, producer, logger, pollMs: 60_000 });
    const taskId = newId();
    outbox.push({ job: "write-prompts", payload: { taskId } }, { job: "of another version", payload: {} });
    relay.wake();
    await expect.poll(() => attempts).toBeGreaterThan(1);
    expect(outbox).toHaveLength(2);
    isDown = false;
    await expect.poll(() => seen).toEqual([{ taskId }]);
    expect(outbox).toHaveLength(0);
    await relay.stop();
  });

  it("an obliterated queue has no job left, waiting or done", async () => {
    const seen: unknown[] = [];
    await producer.enqueue([writePrompts(newId()), writePrompts(newId())]);
    await producer.obliterate();
    await serve({ "write-prompts": async (payload) => void seen.push(payload) });
    const last = newId();
    await producer.enqueue([writePrompts(last)]);
    await expect.poll(() => seen).toEqual([{ taskId: last }]);
  });

  it("a store that answers pings", async () => {
    await expect(backend.ping()).resolves.toBeUndefined();
    expect(backend.kind).toBe(store.kind);
  });
});

it("a payload that is not of its job is refused before it is enqueued", async () => {
  const backend = openQueueBackend({ url: "redis://127.0.0.1:1", prefix: uniquePrefix(), logger });
  const producer = createProducer(backend);
  await expect(producer.enqueue([{ name: "write-prompts", payload: { taskId: "not an id" } }])).rejects.toThrow(
    "taskId",
  );
  await producer.close();
  await backend.close();
});

it("a store that is not there is a clear error that names the variable", async () => {
  const backend = openQueueBackend({ url: "redis://127.0.0.1:1", prefix: uniquePrefix(), logger });
  await expect(backend.ping()).rejects.toMatchObject({
    code: "queue/unavailable",
    message: expect.stringContaining("REDIS_URL"),
  });
  await backend.close();
});
