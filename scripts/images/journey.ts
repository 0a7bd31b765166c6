import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

import { type ApiClient, createApiClient, logIn, newAccount, registerAccount } from "../../apps/cli/src/api-client.ts";
import { type Task, TERMINAL_STATUSES } from "../../packages/contracts/src/index.ts";
import { MINUTE } from "../../packages/kernel/src/index.ts";
import { Failure } from "./programs.ts";

const TASK_WAIT_MS = 5 * MINUTE;
const POLL_MS = 250;

const finish = async (client: ApiClient, { id, kind }: Task): Promise<Task> => {
  const deadlineMs = Date.now() + TASK_WAIT_MS;
  for (;;) {
    const task = await client.getTask(id, "transcript,prompts");
    if (TERMINAL_STATUSES.includes(task.status)) return task;
    if (Date.now() > deadlineMs) {
      throw new Failure(`The ${kind} task is still ${task.status} after ${TASK_WAIT_MS / MINUTE} minutes.`);
    }
    await delay(POLL_MS);
  }
};

const describeTask = (task: Task): string => {
  const prompts = task.prompts ?? [];
  if (task.status !== "completed" || prompts.length === 0) {
    throw new Failure(`The ${task.kind} task ended as ${task.status}: ${task.error?.message ?? "without a prompt"}`);
  }
  const words = (task.transcript?.segments ?? []).flatMap(({ text }) => text.split(/\s+/)).length;
  return `${task.kind}: ${prompts.length} prompts from ${words} words in ${task.timings.totalMs} ms`;
};

/** Makes an account, has a text and a recording turned into prompts, and says how that went, a line each. */
export const makeJourney = async (url: string, sample: { text: string; audio: string }): Promise<string[]> => {
  const account = newAccount();
  await registerAccount(url, account);
  const client = await createApiClient({ url, getToken: () => logIn(url, account) });
  const text = await finish(client, await client.createTask({ text: await readFile(sample.text, "utf8") }, {}));
  const audio = await finish(client, await client.createAudioTask(sample.audio, { language: "en" }));
  return [describeTask(text), describeTask(audio)];
};
