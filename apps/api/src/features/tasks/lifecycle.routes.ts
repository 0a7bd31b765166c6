import {
  cancelTask as cancelContract,
  MAX_METADATA_KEYS,
  type OptionConflict,
  retryTask as retryContract,
  Task,
  type UpdateTask,
  updateTask as updateContract,
} from "@phonoscene/contracts";
import { cancelTask, type Database, type OwnedTask, type RetryOutcome, retryTask, updateTask } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";
import type { Relay } from "@phonoscene/queue";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { checkOwnStyle } from "../styles/index.ts";
import { etagOf, readTask, taskNotFound, versionsOf } from "./read-task.ts";
import { toTaskView } from "./tasks.view.ts";

type Dependencies = { database: Database; relay: Pick<Relay, "wake"> };

const REFUSALS = {
  "not-over": "The task is not over yet: wait until it is, or cancel it first.",
  "nothing-to-hear": "The task was made from text, so there is nothing to transcribe: leave `from` out.",
  "no-transcript": 'The task has no transcript yet to write prompts from: leave `from` out, or send "transcribing".',
} as const satisfies Partial<Record<RetryOutcome["outcome"], string>>;

const METADATA_FULL = `With these keys the metadata would have more than ${MAX_METADATA_KEYS}: remove some with null.`;

/** The body has the first of the two, or the second, and the task the other. */
const conflictOf = ({ fields, message }: OptionConflict, body: UpdateTask): AppError => {
  const [sent, other] = (body[fields[0]] ?? null) === null ? [fields[1], fields[0]] : fields;
  const detail = `${message}. The task has \`${other}\`: change it in the same call.`;
  return new AppError("request/invalid", {
    detail,
    errors: [{ path: `body.${sent}`, code: "custom", message: detail }],
  });
};

const updateRoute = ({ database: { db } }: Dependencies): Route =>
  endpoint(updateContract, async ({ user, params, body, header, setHeader }) => {
    const owned: OwnedTask = { id: params.id, userId: user.id };
    const { name, metadata, language, ...options } = body;
    await checkOwnStyle(db, user.id, body.styleId);
    const versions = versionsOf(header("if-match"));
    const result = await updateTask(db, { ...owned, versions }, { name, metadata, language, options });
    const { outcome } = result;
    if (outcome === "processing") {
      const detail = "The options are in use while the task is processing: change them when it is over, or cancel it.";
      throw new AppError("task/processing", { detail });
    }
    if (outcome === "too-much-metadata") {
      const errors = [{ path: "body.metadata", code: "too_big", message: METADATA_FULL }];
      throw new AppError("request/invalid", { detail: METADATA_FULL, errors });
    }
    if (result.outcome === "conflicting-options") throw conflictOf(result.conflict, body);
    const row = await readTask(db, owned);
    setHeader("ETag", etagOf(row));
    if (outcome === "stale") {
      const detail = `The task has changed: it is at version ${row.version} now. Look at it, and send the change again.`;
      throw new AppError("request/stale", { detail, current: Task.parse(toTaskView(row)) });
    }
    return toTaskView(row);
  });

export const lifecycleRoutes = (deps: Dependencies): Route[] => {
  const {
    database: { db },
    relay,
  } = deps;
  return [
    updateRoute(deps),

    endpoint(cancelContract, async ({ user, params, setHeader }) => {
      const task: OwnedTask = { id: params.id, userId: user.id };
      const before = await cancelTask(db, task);
      if (before === null) throw taskNotFound();
      if (before === "completed" || before === "failed") {
        const detail = `The task has ${before} already, so there is nothing to cancel. DELETE removes it.`;
        throw new AppError("task/not-cancelable", { detail });
      }
      const row = await readTask(db, task);
      setHeader("ETag", etagOf(row));
      return toTaskView(row);
    }),

    endpoint(retryContract, async ({ user, params, body, setHeader }) => {
      const task: OwnedTask = { id: params.id, userId: user.id };
      const { outcome } = await retryTask(db, task, body);
      if (outcome === "not-found") throw taskNotFound();
      if (outcome !== "queued") throw new AppError("task/not-retryable", { detail: REFUSALS[outcome] });
      relay.wake();
      setHeader("Location", `/v1/tasks/${task.id}`);
      setHeader("Retry-After", "1");
      const row = await readTask(db, task);
      setHeader("ETag", etagOf(row));
      return toTaskView(row);
    }),
  ];
};
