import { type Bible, getBible, updateBible } from "@phonoscene/contracts";
import { type BibleRow, changeBible, type Database, findBible, type OwnedTask } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { etagOf, versionOfIfMatch } from "../../http/etag.ts";
import { readTask } from "../tasks/index.ts";
import { planBible } from "./plan-bible.ts";

type Answering = { setHeader(name: string, value: string): void };

const answer = (row: BibleRow, { setHeader }: Answering): Bible => {
  setHeader("ETag", etagOf(row));
  const { version, entities, style, engine } = row;
  return { object: "bible", version, entities, style, engine };
};

/** @throws AppError "task/not-found", or "bible/not-found" of a task that is there. */
const throwNoBible = async ({ db }: Database, task: OwnedTask): Promise<never> => {
  await readTask(db, task);
  throw new AppError("bible/not-found", {
    detail: "The task has no bible: it gets one when its prompts are written, by a retry too.",
  });
};

export const bibleRoutes = ({ database }: { database: Database }): Route[] => [
  endpoint(getBible, async (input) => {
    const task = { id: input.params.id, userId: input.user.id };
    const row = await findBible(database.db, task);
    return row === null ? throwNoBible(database, task) : answer(row, input);
  }),

  endpoint(updateBible, async (input) => {
    const task = { id: input.params.id, userId: input.user.id };
    const version = versionOfIfMatch(input.header("if-match"));
    const result = await changeBible(database.db, { ...task, version }, (row) => planBible(row, input.body));
    if (result.outcome === "changed") return answer(result.row, input);
    if (result.outcome === "not-found") return throwNoBible(database, task);
    if (result.outcome === "stale") {
      const current = answer(result.row, input);
      const detail = `The bible has changed: it is at version ${current.version} now. Look at it, and send the change again.`;
      throw new AppError("request/stale", { detail, current });
    }
    if (result.outcome === "not-over") {
      throw new AppError("task/not-ready", {
        detail: "The task is still at work and may write its bible: change it once the task is over.",
      });
    }
    const path = `body.${result.fault.path}`;
    const { message } = result.fault;
    throw new AppError("request/invalid", {
      detail: `${path}: ${message}`,
      errors: [{ path, code: "custom", message }],
    });
  }),
];
