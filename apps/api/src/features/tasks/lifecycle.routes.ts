import { cancelTask as cancelContract, retryTask as retryContract } from "@phonoscene/contracts";
import { cancelTask, type Database, type OwnedTask, type RetryOutcome, retryTask } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";
import type { Relay } from "@phonoscene/queue";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { readTask, taskNotFound } from "./read-task.ts";
import { toTaskView } from "./tasks.view.ts";

type Dependencies = { database: Database; relay: Pick<Relay, "wake"> };

const REFUSALS = {
  "not-over": "The task is not over yet: wait until it is, or cancel it first.",
  "nothing-to-hear": "The task was made from text, so there is nothing to transcribe: leave `from` out.",
  "no-transcript": 'The task has no transcript yet to write prompts from: leave `from` out, or send "transcribing".',
} as const satisfies Partial<Record<RetryOutcome["outcome"], string>>;

export const lifecycleRoutes = ({ database: { db }, relay }: Dependencies): Route[] => [
  endpoint(cancelContract, async ({ user, params }) => {
    const task: OwnedTask = { id: params.id, userId: user.id };
    const before = await cancelTask(db, task);
    if (before === null) throw taskNotFound();
    if (before === "completed" || before === "failed") {
      const detail = `The task has ${before} already, so there is nothing to cancel. DELETE removes it.`;
      throw new AppError("task/not-cancelable", { detail });
    }
    return toTaskView(await readTask(db, task));
  }),

  endpoint(retryContract, async ({ user, params, body, setHeader }) => {
    const task: OwnedTask = { id: params.id, userId: user.id };
    const { outcome } = await retryTask(db, task, body.from);
    if (outcome === "not-found") throw taskNotFound();
    if (outcome !== "queued") throw new AppError("task/not-retryable", { detail: REFUSALS[outcome] });
    relay.wake();
    setHeader("Location", `/v1/tasks/${task.id}`);
    setHeader("Retry-After", "1");
    return toTaskView(await readTask(db, task));
  }),
];
