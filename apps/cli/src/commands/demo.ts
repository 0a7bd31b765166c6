import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { type Task, TERMINAL_STATUSES } from "@phonoscene/contracts";
import { AppError, SECOND } from "@phonoscene/kernel";
import pc from "picocolors";

import { type ApiClient, createApiClient, logIn, newAccount, registerAccount } from "../api-client.ts";
import type { Command } from "../arguments.ts";
import { EXIT } from "../exit-codes.ts";
import { createProgress, type Progress } from "../progress.ts";
import { startService } from "../service/service.ts";
import { demoJson, demoText } from "./demo-output.ts";
import { type DemoInput, readDemoInput } from "./demo-source.ts";
import type { CommandContext } from "./start.ts";

type DemoCommand = Extract<Command, { name: "demo" }>;

/** Often while a short task runs, then once a second: together below 120 requests in any minute, the usual limit. */
const POLL_MS = 250;
const OFTEN_POLLS = 40;
const LATER_POLL_MS = SECOND;

const connect = async (url: string, token: string | undefined): Promise<ApiClient> => {
  if (token !== undefined) return createApiClient({ url, getToken: async () => token });
  const account = newAccount();
  await registerAccount(url, account);
  return createApiClient({ url, getToken: () => logIn(url, account) });
};

const follow = async (
  client: ApiClient,
  task: Task,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<Task> => {
  let current = task;
  for (let polls = 0; !TERMINAL_STATUSES.includes(current.status); polls += 1) {
    progress.update(current);
    await sleep(polls < OFTEN_POLLS ? POLL_MS : LATER_POLL_MS, undefined, { signal });
    current = await client.getTask(task.id);
  }
  if (current.status === "completed") progress.update(current);
  progress.end();
  return client.getTask(task.id, "transcript,prompts");
};

const submit = (client: ApiClient, input: DemoInput, { fields }: DemoCommand): Promise<Task> => {
  if (input.kind === "audio") return client.createAudioTask(input.path, fields);
  if (input.kind === "text") return client.createTask({ text: input.text }, fields);
  if (input.kind === "url") return client.createTask({ audioUrl: input.url }, fields);
  const { format, content } = input;
  return client.createTask({ transcript: { format, content } }, fields);
};

/** A throw-away service of its own, in a temporary directory; nothing of it stays. */
const withOwnService = async (
  context: CommandContext,
  progress: Progress,
  use: (url: string) => Promise<Task>,
): Promise<Task> => {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), "phonoscene-demo-"));
  let log = "";
  try {
    const service = await startService({
      config: context.config,
      env: context.env,
      dataDir,
      port: 0,
      isEphemeral: true,
      onStep: progress.step,
      onLog: (text) => {
        log = (log + text).slice(-8000);
      },
    });
    try {
      const task = await use(service.url);
      // The other codes say all there is to say; this one only the log explains.
      if (task.error?.code === "internal") context.stderr.write(log);
      return task;
    } finally {
      await service.stop();
    }
  } catch (error) {
    if (!(error instanceof AppError) && !context.interrupted.aborted) context.stderr.write(log);
    throw error;
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
};

/** Submits one recording or text through the HTTP API, follows it, and prints transcript and prompts. */
export const demo = async (context: CommandContext, command: DemoCommand): Promise<number> => {
  const { config, stdout, stderr, interrupted } = context;
  const startedAt = Date.now();
  const input = await readDemoInput(command.source, {
    cwd: context.env["INIT_CWD"] ?? process.cwd(),
    stdin: process.stdin,
  });
  const progress = createProgress(stderr);
  let serviceMs = 0;
  const run = async (url: string): Promise<Task> => {
    serviceMs = Date.now() - startedAt;
    progress.step(`submitting ${input.label}`);
    const client = await connect(url, config.token);
    return follow(client, await submit(client, input, command), { progress, signal: interrupted });
  };
  try {
    const task =
      config.serviceUrl === undefined ? await withOwnService(context, progress, run) : await run(config.serviceUrl);
    const timings = { serviceMs, ...task.timings, commandMs: Date.now() - startedAt };
    if (command.isJson) stdout.write(`${JSON.stringify(demoJson(task, timings))}\n`);
    else stdout.write(`${demoText(task, timings, stdout.columns)}\n`);
    if (task.status === "completed") return EXIT.ok;
    stderr.write(
      `${pc.red(`The task ${task.status}`)}: ${task.error?.message ?? "no reason was given"} ${pc.dim(`(${task.error?.code ?? task.status})`)}\n`,
    );
    return EXIT.failed;
  } finally {
    progress.end();
  }
};
