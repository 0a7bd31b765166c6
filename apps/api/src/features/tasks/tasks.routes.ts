import {
  cancelAfterMsOf,
  createTask as createTaskContract,
  deleteTask as deleteTaskContract,
  type CreateTextTask,
  getTask,
  listTasks as listTasksContract,
  TERMINAL_STATUSES,
  waitSecondsOf,
} from "@phonoscene/contracts";
import {
  audioNotFound,
  createTask,
  createTaskOfAudio,
  type Database,
  deleteTask,
  listTasks,
  type NewTask,
  type TaskRow,
} from "@phonoscene/db";
import { decodeCursor, encodeCursor, SECOND } from "@phonoscene/kernel";
import type { AddressPolicy } from "@phonoscene/outbound";
import type { Relay } from "@phonoscene/queue";
import type { AudioStorage } from "@phonoscene/storage";

import { endpoint, type HandlerInput, type Route } from "../../http/endpoint.ts";
import { audioFault, audioUrlFaultOf } from "../audio/index.ts";
import { checkOwnStyle } from "../styles/index.ts";
import { readGivenTranscript, readGivenWords } from "../subtitles/index.ts";
import { createAudioTask } from "./create-audio-task.ts";
import { etagOf, readTask, taskNotFound } from "./read-task.ts";
import { toTaskView } from "./tasks.view.ts";
import { waitUntilOver } from "./wait.ts";

type Dependencies = {
  database: Database;
  storage: AudioStorage;
  relay: Pick<Relay, "wake">;
  isAllowedAddress: AddressPolicy;
};

const POLL_AFTER_SECONDS = "1";

type Sources = Pick<CreateTextTask, "text" | "transcript" | "audioUrl" | "language">;

/** @throws AppError "request/invalid" that names the faulty lines of a transcript, or says what is wrong with a URL. */
const toSource = ({ text, transcript, audioUrl, language }: Sources, isAllowed: AddressPolicy): NewTask["source"] => {
  if (transcript !== undefined && audioUrl === undefined) {
    return { kind: "transcript", transcript: { engine: "given", ...readGivenTranscript(transcript, language) } };
  }
  // The contract takes exactly one source.
  if (audioUrl === undefined) return { kind: "text", text: text ?? "" };
  const fault = audioUrlFaultOf(audioUrl, isAllowed);
  if (fault !== null) throw audioFault("audioUrl", "custom", fault);
  return { kind: "url", audioUrl };
};

type Input = Pick<HandlerInput<typeof createTaskContract>, "user" | "body" | "upload" | "requestToken" | "header">;

/** The shorter one of the body's and the header's. */
const deadlineOf = (inBody: number | undefined, { header }: Pick<Input, "header">): number | undefined => {
  const inHeader = cancelAfterMsOf(header("cancel-after"));
  const given = [inBody, inHeader].filter((ms) => typeof ms === "number");
  return given.length === 0 ? undefined : Math.min(...given);
};

const createFrom = async (deps: Dependencies, input: Input): Promise<TaskRow> => {
  const { user, body, upload, requestToken: id } = input;
  if (upload !== null) {
    // This contract's multipart schema parsed the fields.
    const fields = upload.fields as Parameters<typeof createAudioTask>[1]["fields"];
    await checkOwnStyle(deps.database.db, user.id, fields.styleId);
    return createAudioTask(deps, {
      id,
      userId: user.id,
      file: upload.file,
      fields,
      deadlineMs: deadlineOf(fields.deadlineMs, input),
    });
  }
  const { db } = deps.database;
  await checkOwnStyle(db, user.id, body.styleId);
  const { text, transcript, audioUrl, audioId, name, language, metadata, deadlineMs: given, ...options } = body;
  const hasRecording = audioUrl !== undefined || audioId !== undefined;
  const givenSegments = transcript && hasRecording ? readGivenWords(transcript) : undefined;
  const deadlineMs = deadlineOf(given, input);
  const task = { id, userId: user.id, name, language, metadata, options, givenSegments, deadlineMs };
  if (audioId === undefined) {
    const source = toSource({ text, transcript, audioUrl, language }, deps.isAllowedAddress);
    return createTask(db, { ...task, source });
  }
  const row = await createTaskOfAudio(db, { ...task, audioId });
  if (row === null) throw audioFault("audioId", "not_found", audioNotFound.message);
  return row;
};

const createRoute = (deps: Dependencies): Route =>
  endpoint(createTaskContract, async (input) => {
    const { user, header, setHeader, setStatus, gone } = input;
    let task = await createFrom(deps, input);
    deps.relay.wake();
    const waitSeconds = waitSecondsOf(header("prefer"));
    if (waitSeconds !== null) {
      const { db } = deps.database;
      const owned = { id: task.id, userId: user.id };
      await waitUntilOver(db, { task: owned, timeoutMs: waitSeconds * SECOND, gone });
      task = await readTask(db, owned);
      setHeader("Preference-Applied", `wait=${waitSeconds}`);
    }
    setHeader("Location", `/v1/tasks/${task.id}`);
    setHeader("ETag", etagOf(task));
    if (TERMINAL_STATUSES.includes(task.status)) setStatus(200);
    else setHeader("Retry-After", POLL_AFTER_SECONDS);
    return toTaskView(task);
  });

export const taskRoutes = (deps: Dependencies): Route[] => {
  const { db } = deps.database;
  return [
    createRoute(deps),

    endpoint(listTasksContract, async ({ user, query }) => {
      const { cursor, limit, ...filter } = query;
      const after = cursor === undefined ? null : decodeCursor(cursor);
      const rows = await listTasks(db, user.id, { limit, after, ...filter });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const hasMore = rows.length > limit;
      const nextCursor = hasMore && last !== undefined ? encodeCursor(last) : null;
      return { object: "list" as const, data: page.map(toTaskView), hasMore, nextCursor };
    }),

    endpoint(getTask, async ({ user, params, query, gone, setHeader }) => {
      const task = { id: params.id, userId: user.id };
      if (query.wait !== undefined) await waitUntilOver(db, { task, timeoutMs: query.wait * SECOND, gone });
      const row = await readTask(db, task, query.include);
      setHeader("ETag", etagOf(row));
      return toTaskView(row);
    }),

    endpoint(deleteTaskContract, async ({ user, params }) => {
      if (!(await deleteTask(db, { id: params.id, userId: user.id }))) throw taskNotFound();
      deps.relay.wake();
      return undefined;
    }),
  ];
};
