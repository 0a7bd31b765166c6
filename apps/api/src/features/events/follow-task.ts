import { TaskPrompts, TaskState, TERMINAL_STATUSES } from "@phonoscene/contracts";
import { type Database, findTask, findTaskState, type TaskStateRow } from "@phonoscene/db";

import { toTaskView } from "../tasks/index.ts";
import { type Poll, toEvent } from "./live.ts";
import { eventIdOf, markOf, toStateView } from "./task-state.view.ts";

const PROMPTS = "+prompts";

type Follow = { id: string; userId: string; lastEventId: string | undefined };

/** Follows one task from the state that the last event told, or from the start: nothing that it told is told again. */
export const followTask = ({ db }: Database, { id, userId, lastEventId }: Follow): Poll => {
  let [toldMark] = lastEventId?.split("@") ?? [];
  let hasToldPrompts = lastEventId?.endsWith(PROMPTS) === true;

  const promptsOf = async (eventId: string): Promise<string[]> => {
    const task = await findTask(db, { id, userId }, ["prompts"]);
    if (task === null) return [];
    const data = TaskPrompts.parse({ object: "task.prompts", id, prompts: toTaskView(task).prompts });
    hasToldPrompts = true;
    return [toEvent({ event: "prompts", id: `${eventId}${PROMPTS}`, data })];
  };

  const eventsOf = async (state: TaskStateRow): Promise<string[]> => {
    const mark = markOf(state);
    const id = eventIdOf(state);
    const events: string[] = [];
    if (toldMark !== mark) {
      events.push(toEvent({ event: "task", id, data: TaskState.parse(toStateView(state)) }));
      toldMark = mark;
      hasToldPrompts = false;
    }
    if (state.status === "completed" && !hasToldPrompts) events.push(...(await promptsOf(id)));
    return events;
  };

  return async () => {
    const state = await findTaskState(db, { id, userId });
    if (state === null) return { events: [toEvent({ event: "deleted", data: { id } })], isOver: true };
    return { events: await eventsOf(state), isOver: TERMINAL_STATUSES.includes(state.status) };
  };
};
