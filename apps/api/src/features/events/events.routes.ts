import { type StreamedText, taskEvents, userEvents } from "@phonoscene/contracts";
import { type Database, findTaskState } from "@phonoscene/db";
import { AppError } from "@phonoscene/kernel";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { taskNotFound } from "../tasks/index.ts";
import { followTask } from "./follow-task.ts";
import { followUser } from "./follow-user.ts";
import { live, type Poll } from "./live.ts";

type Dependencies = { database: Database; streamHeartbeatMs?: number };

/** Each open stream asks the database once a second. */
const MAX_STREAMS_PER_USER = 10;

/** Counts the open streams of this process; a place is free again when the connection closes. */
const createPlaces = () => {
  const open = new Map<string, number>();
  return (userId: string, closed: AbortSignal): void => {
    const count = open.get(userId) ?? 0;
    if (count >= MAX_STREAMS_PER_USER) {
      throw new AppError("events/too-many-streams", {
        detail: `At most ${MAX_STREAMS_PER_USER} streams can be open at once: close one, or follow all tasks with GET /v1/events.`,
        retryAfterMs: 15_000,
      });
    }
    open.set(userId, count + 1);
    const free = (): void => {
      const left = (open.get(userId) ?? 1) - 1;
      if (left === 0) open.delete(userId);
      else open.set(userId, left);
    };
    if (closed.aborted) free();
    else closed.addEventListener("abort", free, { once: true });
  };
};

type Connection = {
  user: { id: string };
  gone: AbortSignal;
  isStillAllowed(): Promise<boolean>;
  setHeader(name: string, value: string): void;
};

const MAX_EVENT_ID_CHARACTERS = 200;

const lastEventIdOf = ({ header }: { header(name: string): string | undefined }): string | undefined =>
  header("last-event-id")?.slice(0, MAX_EVENT_ID_CHARACTERS);

/** Server-sent events. The database is the truth: each stream reads a few small rows of it every second. */
export const eventRoutes = ({ database, streamHeartbeatMs }: Dependencies): Route[] => {
  const takePlace = createPlaces();
  const stream = ({ user, gone, isStillAllowed, setHeader }: Connection, poll: Poll): StreamedText => {
    takePlace(user.id, gone);
    setHeader("X-Accel-Buffering", "no");
    const chunks = live({
      poll,
      signal: gone,
      isAllowed: isStillAllowed,
      ...(streamHeartbeatMs !== undefined && { heartbeatMs: streamHeartbeatMs }),
    });
    return { mediaType: "text/event-stream", chunks };
  };
  return [
    endpoint(taskEvents, async (input) => {
      const where = { id: input.params.id, userId: input.user.id };
      if ((await findTaskState(database.db, where)) === null) throw taskNotFound();
      return stream(input, followTask(database, { ...where, lastEventId: lastEventIdOf(input) }));
    }),

    endpoint(userEvents, async (input) => stream(input, followUser(database, input.user.id, lastEventIdOf(input)))),
  ];
};
