/**
 * The places between two writes where a process may die and leave the first without the second. Fault tests kill a
 * process at each of them; what each lies between is told here. A name is used at one place of the code only.
 */
export const CRASH_POINTS = {
  "create/recording-stored": "the recording is in the store; its task has no row yet",
  "create/committed": "task, audio and outbox row are committed; nobody was told",
  "relay/sent": "the queue has the jobs; their outbox rows are not deleted yet",
  "download/stored": "the downloaded recording is in the store; no row names it",
  "claim/taken": "the stage is claimed; no work has begun",
  "provider/accepted": "the provider has the paid job; its id is not stored yet",
  "provider/id-stored": "the provider's id is stored; nobody has asked for the result yet",
  "transcript/heard": "there is a transcript; nothing of it is stored",
  "transcript/committed": "the transcript and the ask for prompts are committed; the relay was not woken",
  "storyboard/written": "there is a storyboard; nothing of it is stored",
  "storyboard/committed": "the task is completed; its job is not done yet",
  "job/handled": "the handler has ended; the queue does not know yet",
  "reconcile/asked": "stale tasks were asked for again; the relay was not woken",
  "dead-letters/redriven": "dead letters are queued again; neither logged nor answered yet",
  "webhook/sent": "the receiver has the webhook; how it answered is not recorded yet",
  "erase/rows-gone": "the task's rows are gone; its recording is still there",
  "erase/recording-gone": "the recording is gone; the job that asked for it is not done yet",
} as const;

export type CrashPoint = keyof typeof CRASH_POINTS;

const HOOK = Symbol.for("phonoscene.crash-point");

/**
 * Does nothing, unless a module that a test loaded before the program has put a hook under the symbol. No variable
 * arms it, and no module that is shipped writes the hook: in production there is nothing here to turn on.
 */
export const crashPoint = (name: CrashPoint): void => {
  // Anything may be there: only a function is a hook.
  const hook = (globalThis as { [HOOK]?: unknown })[HOOK];
  if (typeof hook === "function") hook(name);
};
