import { z } from "zod";

import { Login, Register, Tokens, User } from "./accounts.ts";
import { defineEndpoint } from "./endpoint.ts";
import { taskEvents, userEvents } from "./events.ts";
import { exportStoryboard, exportTranscript } from "./exports.ts";
import { Health, Readiness } from "./health.ts";
import {
  CreateAudioTask,
  CreateTextTask,
  IncludeQuery,
  ListTasksQuery,
  Task,
  TaskIdParams,
  TaskList,
} from "./tasks.ts";

export const register = defineEndpoint({
  method: "post",
  path: "/v1/auth/register",
  operationId: "register",
  summary: "Make an account",
  tag: "Accounts",
  auth: "none",
  body: Register,
  status: 201,
  response: User,
  problems: ["request/malformed", "request/invalid", "user/email-taken", "auth/busy"],
});

export const login = defineEndpoint({
  method: "post",
  path: "/v1/auth/login",
  operationId: "login",
  summary: "Get an access token and a refresh token",
  tag: "Accounts",
  auth: "none",
  body: Login,
  status: 200,
  response: Tokens,
  problems: ["request/malformed", "request/invalid", "auth/invalid-credentials", "auth/busy"],
});

export const getMe = defineEndpoint({
  method: "get",
  path: "/v1/me",
  operationId: "getMe",
  summary: "The account that the token belongs to",
  tag: "Accounts",
  auth: "bearer",
  status: 200,
  response: User,
  problems: [],
});

export const createTask = defineEndpoint({
  method: "post",
  path: "/v1/tasks",
  operationId: "createTask",
  summary: "Turn text or audio into a storyboard",
  description:
    "JSON with `text` or with a `transcript` of your own, or multipart with an `audio` file (MP3, WAV, FLAC, Ogg, M4A/MP4, WebM, AIFF) and the same options. " +
    "Answers at once; poll `urls.self` until `status` is terminal.",
  tag: "Tasks",
  auth: "bearer",
  body: CreateTextTask,
  maxBodyBytes: 2_000_000,
  multipart: { file: "audio", fields: CreateAudioTask },
  status: 202,
  response: Task,
  problems: [
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
  params: TaskIdParams,
  query: z.strictObject({ include: IncludeQuery }),
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
  params: TaskIdParams,
  status: 204,
  problems: ["request/invalid", "task/not-found"],
});

export const getHealth = defineEndpoint({
  method: "get",
  path: "/healthz",
  operationId: "getHealth",
  summary: "The process is alive",
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
  tag: "Operations",
  auth: "none",
  status: 200,
  response: Readiness,
  problems: ["service/unavailable"],
});

export const ENDPOINTS = [
  register,
  login,
  getMe,
  createTask,
  listTasks,
  getTask,
  deleteTask,
  getHealth,
  getReadiness,
  exportTranscript,
  exportStoryboard,
  taskEvents,
  userEvents,
] as const;
