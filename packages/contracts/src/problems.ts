/**
 * Every error a client can meet, in one table. Codes with a `/` answer HTTP requests. Codes in snake case end a task
 * (`task.error.code`); their `retryable` says whether the same input may succeed later. Both render as RFC 9457.
 */
export const PROBLEMS = {
  "request/invalid": { status: 422, title: "The request is not valid" },
  "request/malformed": { status: 400, title: "The request could not be parsed" },
  "request/too-large": { status: 413, title: "The request is too large" },
  "request/unsupported-media-type": { status: 415, title: "The content type is not supported" },
  "request/cursor-invalid": { status: 422, title: "The cursor is not valid" },
  "request/rate-limited": { status: 429, title: "Too many requests" },
  "route/not-found": { status: 404, title: "No such route" },
  "route/method-not-allowed": { status: 405, title: "The method is not allowed here" },
  "auth/missing": { status: 401, title: "A bearer token is needed" },
  "auth/invalid-token": { status: 401, title: "The bearer token is not valid" },
  "auth/invalid-credentials": { status: 401, title: "The email or the password is wrong" },
  "auth/invalid-refresh-token": { status: 401, title: "The refresh token is not valid" },
  "auth/wrong-password": { status: 403, title: "The password is wrong" },
  "auth/scope-missing": { status: 403, title: "The API key may not do this" },
  "auth/key-refused": { status: 403, title: "This route takes no API keys" },
  "auth/busy": { status: 503, title: "Too many sign-ins at once" },
  "user/email-taken": { status: 409, title: "The email is already registered" },
  "user/not-found": { status: 404, title: "No such account" },
  "request/stale": { status: 412, title: "The row has changed since it was read" },
  "session/not-found": { status: 404, title: "No such session" },
  "api-key/not-found": { status: 404, title: "No such API key" },
  "task/not-found": { status: 404, title: "No such task" },
  "task/not-cancelable": { status: 409, title: "The task is over" },
  "task/not-retryable": { status: 409, title: "The task cannot be run again like that" },
  "task/processing": { status: 409, title: "The task is being worked on" },
  "idempotency/in-progress": { status: 409, title: "The first request with this key is still running" },
  "idempotency/key-reused": { status: 422, title: "The key was used for another request" },
  "task/not-ready": { status: 409, title: "The task is still at work" },
  "task/no-times": { status: 422, title: "The task has no times" },
  "bulk/refused": { status: 422, title: "Nothing was done: some items are at fault" },
  "task/nothing-to-rewrite": { status: 409, title: "No prompt of the task can be written again" },
  "bible/not-found": { status: 404, title: "The task has no bible yet" },
  "style/not-found": { status: 404, title: "No such style" },
  "style/name-taken": { status: 409, title: "The account has a style of that name" },
  "style/too-many": { status: 409, title: "The account has as many styles as it may" },
  "prompt/not-found": { status: 404, title: "No such prompt" },
  "prompt/revision-not-found": { status: 404, title: "No such version of the prompt" },
  "prompt/locked": { status: 409, title: "The prompt is locked" },
  "transcript/revision-not-found": { status: 404, title: "No such version of the transcript" },
  "audio/not-found": { status: 404, title: "No such audio" },
  "audio/in-use": { status: 409, title: "A task uses the audio" },
  "webhook/not-found": { status: 404, title: "No such webhook" },
  "webhook/delivery-not-found": { status: 404, title: "No such delivery" },
  "webhook/too-many": { status: 409, title: "The account has as many webhooks as it may" },
  "webhook/disabled": { status: 409, title: "The webhook is disabled" },
  "events/too-many-streams": { status: 429, title: "Too many event streams are open" },
  "hook/refused": { status: 403, title: "The call does not come from the provider" },
  "storage/full": { status: 507, title: "The disk is full" },
  "service/unavailable": { status: 503, title: "The service cannot answer right now" },
  "service/internal": { status: 500, title: "Something went wrong on our side" },
  "config/invalid": { status: 500, title: "The configuration is not valid" },
  "data-dir/in-use": { status: 500, title: "The data directory is in use by another process" },
  "database/unavailable": { status: 503, title: "The database does not answer" },
  "database/migration-failed": { status: 500, title: "The database could not be brought up to date" },
  "queue/unavailable": { status: 503, title: "The queue does not answer" },

  audio_unreadable: { status: 422, title: "The audio cannot be read", retryable: false },
  audio_empty: { status: 422, title: "The audio is empty", retryable: false },
  audio_too_long: { status: 422, title: "The audio is too long", retryable: false },
  no_speech: { status: 422, title: "No speech was found", retryable: false },
  no_text: { status: 422, title: "There is no text to illustrate", retryable: false },
  language_unsupported: { status: 422, title: "The language is not supported by this engine", retryable: false },
  language_uncertain: { status: 422, title: "The language could not be told", retryable: false },
  model_not_installed: { status: 503, title: "The speech model is not installed", retryable: false },
  decoder_not_installed: { status: 503, title: "Nothing is installed that decodes recordings", retryable: false },
  provider_timeout: { status: 504, title: "The provider did not answer in time", retryable: true },
  provider_rejected: { status: 502, title: "The provider rejected the request", retryable: false },
  provider_unavailable: { status: 502, title: "The provider is not available", retryable: true },
  llm_invalid_output: { status: 502, title: "The language model's answer is not usable", retryable: true },
  content_blocked: { status: 422, title: "The content was refused by the provider", retryable: false },
  download_failed: { status: 422, title: "The audio could not be downloaded", retryable: true },
  storage_full: { status: 507, title: "There is no room for the recording", retryable: true },
  spend_limit: { status: 429, title: "The spending limit is reached", retryable: true },
  internal: { status: 500, title: "Something went wrong on our side", retryable: true },
} as const satisfies Record<string, { status: number; title: string; retryable?: boolean }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The codes that may end a task: a closed list, part of the API. */
export type FailureCode = {
  [C in ProblemCode]: (typeof PROBLEMS)[C] extends { retryable: boolean } ? C : never;
}[ProblemCode];

export const isFailureCode = (code: string): code is FailureCode =>
  Object.hasOwn(PROBLEMS, code) && "retryable" in PROBLEMS[code as ProblemCode];

// The filter above keeps exactly the failure codes.
export const FAILURE_CODES = Object.keys(PROBLEMS).filter(isFailureCode) as [FailureCode, ...FailureCode[]];
