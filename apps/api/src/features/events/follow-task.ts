import { TaskPrompts, TaskState, TERMINAL_STATUSES } from "@phonoscene/contracts";
import { type Database, findTask, findTaskState, type TaskStateRow } from "@phonoscene/db";

import { toTaskView } from "../tasks/index.ts";
import { type Poll, toEvent } from "./live.ts";
import { markOf, toStateView } from "./task-state.view.ts";

const PROMPTS = "+prompts";

type Follow = { id: string; userId: string; lastEventId: string | undefined };

/** Follows one task from the state that the last event told, or from the start: nothing that it told is told again. */
export const followTask = ({ db }: Database, { id, userId, lastEventId }: Follow): Poll => {
  let last = lastEventId;

  const promptsOf = async (mark: string): Promise<string[]> => {
    const task = await findTask(db, { id, userId }, ["prompts"]);
    if (task === null) return [];
    const data = TaskPrompts.parse({ object: "task.prompts", id, prompts: toTaskView(task).prompts });
    last = `${mark}${PROMPTS}`;
    return [toEvent({ event: "prompts", id: last, data })];
  };

  const eventsOf = async (state: TaskStateRow): Promise<string[]> => {
    const mark = markOf(state);
    if (last === `${mark}${PROMPTS}`) return [];
    const events: string[] = [];
    if (last !== mark) events.push(toEvent({ event: "task", id: mark, data: TaskState.parse(toStateView(state)) }));
    last = mark;
    if (state.status === "completed") events.push(...(await promptsOf(mark)));
    return events;
  };

  return async () => {
    const state = await findTaskState(db, { id, userId });
    if (state === null) return { events: [toEvent({ event: "deleted", data: { id } })], isOver: true };
    return { events: await eventsOf(state), isOver: TERMINAL_STATUSES.includes(state.status) };
  };
};
