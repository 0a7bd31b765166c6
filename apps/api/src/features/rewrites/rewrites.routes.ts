import { regeneratePrompts, retargetTask as retargetContract, TaskOptions, varyPrompt } from "@phonoscene/contracts";
import {
  askForRewrite,
  type Database,
  type OwnedTask,
  retargetTask,
  type RewriteAsked,
  type RewriteRefusal,
} from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";
import type { Relay } from "@phonoscene/queue";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { toPromptView } from "../prompts/index.ts";
import { etagOf, readTask, taskNotFound, toTaskView } from "../tasks/index.ts";
import { planRetarget } from "./plan-retarget.ts";

type Dependencies = { database: Database; relay: Pick<Relay, "wake"> };
type Answering = { setHeader(name: string, value: string): void };

const NOT_OVER = "The task is still at work: wait until it is over, or cancel it first.";

const toError = ({ code, at, message }: RewriteRefusal): AppError => {
  if (at === null) return new AppError(code, { detail: message });
  const path = `body.promptIds.${at}`;
  return new AppError(code, { detail: `${path}: ${message}`, errors: [{ path, code, message }] });
};

/** Queues a run, and answers with the task that waits for it. */
const ask = async (
  { database: { db }, relay }: Dependencies,
  { task, asked }: { task: OwnedTask; asked: RewriteAsked },
  { setHeader }: Answering,
) => {
  const result = await askForRewrite(db, task, asked);
  if (result.outcome === "refused") throw toError(result.refusal);
  relay.wake();
  setHeader("Location", `/v1/tasks/${task.id}`);
  setHeader("Retry-After", "1");
  const row = await readTask(db, task);
  setHeader("ETag", etagOf(row));
  return toTaskView(row);
};

const retargetRoute = ({ database: { db } }: Dependencies): Route =>
  endpoint(retargetContract, async ({ user, params, body, setHeader }) => {
    const task = { id: params.id, userId: user.id };
    const { overwrite, ...changes } = body;
    const warnings: ReturnType<typeof planRetarget>["warnings"] = [];
    const outcome = await retargetTask(db, task, (state) => {
      const options = TaskOptions.parse({ ...state.options, targetVersion: null, ...changes });
      const { warnings: found, ...plan } = planRetarget(state, { options, overwrite });
      warnings.push(...found);
      return plan;
    });
    if (outcome === "not-found") throw taskNotFound();
    if (outcome === "not-over") throw new AppError("task/not-ready", { detail: NOT_OVER });
    const row = await readTask(db, task, ["prompts"]);
    setHeader("ETag", etagOf(row));
    const { prompts = [], ...rest } = row;
    return { task: toTaskView(rest), prompts: prompts.map(toPromptView), warnings };
  });

export const rewriteRoutes = (deps: Dependencies): Route[] => [
  endpoint(regeneratePrompts, async (input) => {
    const { promptIds = null, seed = null, instruction = null, deadlineMs } = input.body;
    const asked = { id: input.requestToken, promptIds, variationCount: null, seed, instruction, deadlineMs };
    return ask(deps, { task: { id: input.params.id, userId: input.user.id }, asked }, input);
  }),

  endpoint(varyPrompt, async (input) => {
    const { count, deadlineMs } = input.body;
    const promptIds = [input.params.promptId];
    const asked = { promptIds, variationCount: count, seed: null, instruction: null };
    const task = { id: input.params.id, userId: input.user.id };
    return ask(deps, { task, asked: { id: input.requestToken, ...asked, deadlineMs } }, input);
  }),

  retargetRoute(deps),
];
