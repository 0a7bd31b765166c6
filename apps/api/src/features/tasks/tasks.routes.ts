import {
  createTask as createTaskContract,
  deleteTask as deleteTaskContract,
  getTask,
  type GivenTranscript,
  listTasks as listTasksContract,
  TERMINAL_STATUSES,
  waitSecondsOf,
} from "@phonoscene/contracts";
import { createTask, type Database, deleteTask, listTasks } from "@phonoscene/db";
import { decodeCursor, encodeCursor, SECOND } from "@phonoscene/kernel";
import type { Relay } from "@phonoscene/queue";
import type { AudioStorage } from "@phonoscene/storage";

import { endpoint, type Route } from "../../http/endpoint.ts";
import { readGivenTranscript } from "../subtitles/index.ts";
import { createAudioTask } from "./create-audio-task.ts";
import { readTask, taskNotFound } from "./read-task.ts";
import { toTaskView } from "./tasks.view.ts";
import { waitUntilOver } from "./wait.ts";

type Dependencies = { database: Database; storage: AudioStorage; relay: Pick<Relay, "wake"> };

const POLL_AFTER_SECONDS = "1";

/** @throws AppError "request/invalid" that names the faulty lines of a transcript. */
const toSource = (text: string | undefined, transcript: GivenTranscript | undefined, language: string) =>
  transcript === undefined
    ? // The contract takes exactly one of the two.
      { kind: "text" as const, text: text ?? "" }
    : {
        kind: "transcript" as const,
        transcript: { engine: "given", ...readGivenTranscript(transcript, language) },
      };

export const taskRoutes = (deps: Dependencies): Route[] => {
  const { db } = deps.database;
  return [
    endpoint(
      createTaskContract,
      async ({ user, body, upload, header, setHeader, setStatus, gone, requestToken: id }) => {
        const create = async () => {
          if (upload !== null) {
            // This contract's multipart schema parsed the fields.
            const fields = upload.fields as Parameters<typeof createAudioTask>[1]["fields"];
            return createAudioTask(deps, { id, userId: user.id, file: upload.file, fields });
          }
          const { text, transcript, name, language, ...options } = body;
          const source = toSource(text, transcript, language);
          return createTask(db, { id, userId: user.id, name, language, options, source });
        };
        const task = await create();
        deps.relay.wake();
        setHeader("Location", `/v1/tasks/${task.id}`);
        setHeader("Retry-After", POLL_AFTER_SECONDS);
        const waitSeconds = waitSecondsOf(header("prefer"));
        if (waitSeconds === null) return toTaskView(task);
        setHeader("Preference-Applied", `wait=${waitSeconds}`);
        const owned = { id: task.id, userId: user.id };
        await waitUntilOver(db, { task: owned, timeoutMs: waitSeconds * SECOND, gone });
        const now = await readTask(db, owned);
        if (TERMINAL_STATUSES.includes(now.status)) setStatus(200);
        return toTaskView(now);
      },
    ),

    endpoint(listTasksContract, async ({ user, query }) => {
      const { cursor, limit, order, status, kind, include } = query;
      const after = cursor === undefined ? null : decodeCursor(cursor);
      const rows = await listTasks(db, user.id, { limit, order, after, status, kind, include });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const hasMore = rows.length > limit;
      const nextCursor = hasMore && last !== undefined ? encodeCursor(last) : null;
      return { object: "list" as const, data: page.map(toTaskView), hasMore, nextCursor };
    }),

    endpoint(getTask, async ({ user, params, query, gone }) => {
      const task = { id: params.id, userId: user.id };
      if (query.wait !== undefined) await waitUntilOver(db, { task, timeoutMs: query.wait * SECOND, gone });
      return toTaskView(await readTask(db, task, query.include));
    }),

    endpoint(deleteTaskContract, async ({ user, params }) => {
      if (!(await deleteTask(db, { id: params.id, userId: user.id }))) throw taskNotFound();
      deps.relay.wake();
      return undefined;
    }),
  ];
};
