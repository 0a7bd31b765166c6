import { z } from "zod";

import { exportAccount } from "./account-export.ts";
import { ACCOUNT_ENDPOINTS } from "./accounts.ts";
import { ADMIN_ENDPOINTS } from "./admin.ts";
import { API_KEY_ENDPOINTS } from "./api-keys.ts";
import { AUDIO_ENDPOINTS } from "./audio.ts";
import { BIBLE_ENDPOINTS } from "./bible.ts";
import { BULK_ENDPOINTS } from "./bulk.ts";
import { CancelAfterHeader } from "./deadlines.ts";
import { defineEndpoint } from "./endpoint.ts";
import { taskEvents, userEvents } from "./events.ts";
import { exportStoryboard, exportTranscript } from "./exports.ts";
import { Health, Readiness } from "./health.ts";
import { assemblyAiHook } from "./hooks.ts";
import { cancelTask, retryTask, updateTask } from "./lifecycle.ts";
import { PROMPT_ENDPOINTS } from "./prompts.ts";
import { REWRITE_ENDPOINTS } from "./rewrites.ts";
import { SESSION_ENDPOINTS } from "./sessions.ts";
import { STYLE_ENDPOINTS } from "./styles.ts";
import {
  CreateAudioTask,
  CreateTextTask,
  IncludeQuery,
  ListTasksQuery,
  Task,
  TaskIdParams,
  TaskList,
} from "./tasks.ts";
import { TRANSCRIPT_ENDPOINTS } from "./transcripts.ts";
import { MAX_WAIT_MS, PreferHeader, WaitQuery } from "./waiting.ts";
import { WEBHOOK_ENDPOINTS } from "./webhook-endpoints.ts";

export const createTask = defineEndpoint({
  method: "post",
  path: "/v1/tasks",
  operationId: "createTask",
  summary: "Turn text or audio into a storyboard",
  description:
    "JSON with `text`, a `transcript` of your own, an `audioUrl` to download or the `audioId` of an earlier upload, or multipart with an `audio` file (MP3, WAV, FLAC, Ogg, Opus, M4A/AAC, MP4/MOV, WebM/Matroska, AIFF, AMR, CAF, WMA, AVI, MPEG-TS) and the same options. A recording may come with a `transcript`: its words are then not recognised but found in it. " +
    "Answers at once with 202; poll `urls.self` until `status` is terminal. With `Prefer: wait=N` the answer is held until " +
    "the task is over (200), at most N seconds (202). With `deadlineMs` or `Cancel-After: 5m` it is canceled by itself if it is not over by then.",
  tag: "Tasks",
  auth: "bearer",
  scope: "tasks:write",
  body: CreateTextTask,
  maxBodyBytes: 2_000_000,
  multipart: { file: "audio", fields: CreateAudioTask },
  headers: z.object({ prefer: PreferHeader, "cancel-after": CancelAfterHeader }),
  holdsUpToMs: MAX_WAIT_MS,
  status: 202,
  otherStatuses: [200],
  response: Task,
  problems: [
    "task/not-found",
    "request/malformed",
    "request/invalid",
    "request/too-large",
    "request/unsupported-media-type",
    "audio_empty",
    "audio_unreadable",
    "storage/full",
  ],
});

export const listTasks = defineEndpoint({
  method: "get",
  path: "/v1/tasks",
  operationId: "listTasks",
  summary: "The caller's tasks, newest first",
  tag: "Tasks",
  auth: "bearer",
  scope: "tasks:read",
  query: ListTasksQuery,
  status: 200,
  response: TaskList,
  problems: ["request/invalid", "request/cursor-invalid"],
});

export const getTask = defineEndpoint({
  method: "get",
  path: "/v1/tasks/{id}",
  operationId: "getTask",
  summary: "One task, with the relations that include names",
  tag: "Tasks",
  auth: "bearer",
  scope: "tasks:read",
  params: TaskIdParams,
  query: z.strictObject({ include: IncludeQuery, wait: WaitQuery }),
  holdsUpToMs: MAX_WAIT_MS,
  status: 200,
  response: Task,
  problems: ["request/invalid", "task/not-found"],
});

export const deleteTask = defineEndpoint({
  method: "delete",
  path: "/v1/tasks/{id}",
  operationId: "deleteTask",
  summary: "Delete a task with everything that belongs to it",
  description: "Rows go at once, the stored audio right after; work under way is stopped.",
  tag: "Tasks",
  auth: "bearer",
  scope: "tasks:write",
  params: TaskIdParams,
  status: 204,
  problems: ["request/invalid", "task/not-found"],
});

export const getHealth = defineEndpoint({
  method: "get",
  path: "/healthz",
  operationId: "getHealth",
  summary: "The process is alive",
  description: "Asks nothing else: for liveness probes.",
  tag: "Operations",
  auth: "none",
  status: 200,
  response: Health,
  problems: [],
});

export const getReadiness = defineEndpoint({
  method: "get",
  path: "/readyz",
  operationId: "getReadiness",
  summary: "The database and the queue answer",
  description: "503 while one of them does not: for readiness probes.",
  tag: "Operations",
  auth: "none",
  status: 200,
  response: Readiness,
  problems: ["service/unavailable"],
});

export const ENDPOINTS = [
  ...ACCOUNT_ENDPOINTS,
  exportAccount,
  ...SESSION_ENDPOINTS,
  ...API_KEY_ENDPOINTS,
  ...AUDIO_ENDPOINTS,
  createTask,
  listTasks,
  getTask,
  deleteTask,
  updateTask,
  cancelTask,
  retryTask,
  ...PROMPT_ENDPOINTS,
  ...BIBLE_ENDPOINTS,
  ...REWRITE_ENDPOINTS,
  ...STYLE_ENDPOINTS,
  ...TRANSCRIPT_ENDPOINTS,
  ...BULK_ENDPOINTS,
  ...WEBHOOK_ENDPOINTS,
  ...ADMIN_ENDPOINTS,
  getHealth,
  getReadiness,
  exportTranscript,
  exportStoryboard,
  taskEvents,
  userEvents,
  assemblyAiHook,
] as const;
