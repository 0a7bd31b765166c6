import { TaskState } from "@phonoscene/contracts";
import {
  type ChangePlace,
  type Database,
  findChangedTaskStates,
  findUnfinishedTaskStates,
  readDatabaseTime,
  type TaskStateRow,
} from "@phonoscene/db";
import { SECOND } from "@phonoscene/kernel";

import { type Poll, toEvent } from "./live.ts";
import { markOf, toStateView } from "./task-state.view.ts";

const SNAPSHOT_TASKS = 100;
const PAGE_TASKS = 500;

/** A row's time is that of its transaction's start, so it may appear this much later than rows of a later time. */
const LATE_MS = 10 * SECOND;

/** Many tasks may change at once. */
const eventIdOf = ({ updatedAt, id }: TaskStateRow): string => `${updatedAt.getTime()}/${id}`;

const stateOf = (row: TaskStateRow): TaskState => TaskState.parse(toStateView(row));

/** The place that an event id names, or null for one that this stream did not give out. */
const readEventId = (id: string | undefined): Date | null => {
  const ms = /^(\d{1,15})(?:\/[\da-f-]{36})?$/u.exec(id ?? "")?.[1];
  return ms === undefined ? null : new Date(Number(ms));
};

/**
 * Follows all tasks of a user by the times of their changes. The last seconds are read again each time, because a
 * transaction that began earlier may end later; what was told from them is remembered.
 */
export const followUser = ({ db }: Database, userId: string, lastEventId: string | undefined): Poll => {
  let newest = readEventId(lastEventId);
  const told = new Map<string, { mark: string; atMs: number }>();

  const remember = (row: TaskStateRow): void => {
    told.set(row.id, { mark: markOf(row), atMs: row.updatedAt.getTime() });
  };

  const snapshot = async (): Promise<{ events: string[]; newest: Date }> => {
    const now = await readDatabaseTime(db);
    const rows = await findUnfinishedTaskStates(db, userId, SNAPSHOT_TASKS);
    for (const row of rows) remember(row);
    const data = { object: "list", data: rows.map(stateOf) };
    return { events: [toEvent({ event: "tasks", id: String(now.getTime()), data })], newest: now };
  };

  const readChanges = async (since: Date): Promise<TaskStateRow[]> => {
    const rows: TaskStateRow[] = [];
    let after: ChangePlace = { updatedAt: new Date(since.getTime() - LATE_MS), id: null };
    for (let isMore = true; isMore;) {
      const page = await findChangedTaskStates(db, userId, { after, limit: PAGE_TASKS });
      rows.push(...page);
      const last = page.at(-1);
      isMore = page.length === PAGE_TASKS && last !== undefined;
      if (last !== undefined) after = { updatedAt: last.updatedAt, id: last.id };
    }
    return rows;
  };

  return async () => {
    if (newest === null) {
      const first = await snapshot();
      ({ newest } = first);
      return { events: first.events, isOver: false };
    }
    const rows = await readChanges(newest);
    const fresh = rows.filter((row) => told.get(row.id)?.mark !== markOf(row));
    for (const row of fresh) remember(row);
    const seenMs = Math.max(newest.getTime(), ...fresh.slice(-1).map(({ updatedAt }) => updatedAt.getTime()));
    newest = new Date(seenMs);
    for (const [id, { atMs }] of told) if (atMs < seenMs - LATE_MS) told.delete(id);
    return {
      events: fresh.map((row) => toEvent({ event: "task", id: eventIdOf(row), data: stateOf(row) })),
      isOver: false,
    };
  };
};
