import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { redriveDeadLetters } from "@phonoscene/db";
import { describeOnBackends } from "@phonoscene/testing";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";

import { SLOW, useWorld } from "./test-use-world.ts";

vi.setConfig({ testTimeout: 150_000 });

const PROGRAM = fileURLToPath(new URL("./doomed-worker.child.ts", import.meta.url));
const PROCESSES = 3;

type Ask = { stage: string; words: string };

describeOnBackends("real worker processes that are killed at work", (store) => {
  const world = useWorld(store);
  /** What they were about to do, in order; and which of it ends the process. */
  let asks: Ask[];
  let isDeadly: (ask: Ask) => boolean;
  let isOver = false;
  const leasesEnded: Promise<unknown>[] = [];
  const alive = new Set<ChildProcess>();

  /** As if ten seconds had passed since the dead worker's last heartbeat. */
  const endLeases = () => world.db().$executeRaw`UPDATE tasks SET lease_until = now() WHERE lease_until IS NOT NULL`;

  const statusOf = async (id: string) => (await world.read(id)).status;

  const startProcess = (): void => {
    const child = fork(PROGRAM, [], {
      env: { ...process.env, ...world.workerEnv() },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    alive.add(child);
    child.on("message", (message: "ready" | Ask) => {
      if (message === "ready") return;
      asks.push(message);
      if (isDeadly(message)) child.kill("SIGKILL");
      else child.send("go on");
    });
    child.once("exit", () => {
      alive.delete(child);
      if (isOver) return;
      startProcess();
      leasesEnded.push(endLeases());
    });
  };

  beforeAll(() => {
    for (let count = 0; count < PROCESSES; count += 1) startProcess();
  });
  beforeEach(() => {
    asks = [];
    isDeadly = () => false;
  });
  afterAll(async () => {
    isOver = true;
    const exits = [...alive].map((child) => once(child, "exit"));
    for (const child of alive) child.kill("SIGKILL");
    await Promise.all([...exits, ...leasesEnded]);
  });

  it("two deaths do not end a task, and the stage that was over is not done again", async () => {
    isDeadly = ({ stage }) => stage === "prompting" && asks.filter((ask) => ask.stage === "prompting").length <= 2;
    const id = await world.newAudio(Buffer.from("a recording"));
    await expect.poll(() => statusOf(id), SLOW).toBe("completed");
    expect(asks.map(({ stage }) => stage)).toEqual(["transcribing", "prompting", "prompting", "prompting"]);
    const task = await world.read(id);
    expect(task.transcript?.text).toBe("A recorded gull cried.");
    expect(task.prompts).toHaveLength(1);
  });

  it("five claims that end their worker end the task as a dead letter, others are served, and a redrive works", async () => {
    isDeadly = ({ words }) => words.includes("poison");
    const poison = await world.newText("The cook poured poison into the well.");
    const good = await world.newText("The gull sat on the mast.");
    await expect.poll(() => statusOf(good), SLOW).toBe("completed");
    await expect.poll(() => statusOf(poison), SLOW).toBe("failed");
    expect(asks.filter(isDeadly)).toHaveLength(5);
    const task = await world.read(poison);
    expect(task).toMatchObject({ errorCode: "internal", errorRetryable: false, prompts: [] });
    expect(task.deadAt).toBeInstanceOf(Date);

    isDeadly = () => false;
    expect(await redriveDeadLetters(world.db(), { ids: [poison] })).toEqual([poison]);
    await expect.poll(() => statusOf(poison), SLOW).toBe("completed");
    expect(await world.read(poison)).toMatchObject({ deadAt: null, errorCode: null });
  });
});
