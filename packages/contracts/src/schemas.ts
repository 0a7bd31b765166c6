import { Login, Register, Tokens, User } from "./accounts.ts";
import { BULK_SCHEMAS } from "./bulk.ts";
import { Health, Readiness } from "./health.ts";
import { Problem } from "./problem.ts";
import { AddPrompt, EditPrompt, PromptList, PromptRevision, PromptRevisionList, RestorePrompt } from "./prompts.ts";
import { Prompt, Scene, Segment, Slot, Transcript } from "./storyboard.ts";
import {
  CreateAudioTask,
  CreateTextTask,
  Task,
  TaskAudio,
  TaskError,
  TaskList,
  TaskOptions,
  Timings,
} from "./tasks.ts";
import { Warning } from "./warnings.ts";

/** The named schemas, each after those it is made of: the document's generator needs to meet them in this order. */
export const SCHEMAS = [
  Problem,
  Warning,
  Slot,
  Segment,
  Transcript,
  Scene,
  Prompt,
  TaskOptions,
  TaskError,
  TaskAudio,
  Timings,
  Task,
  TaskList,
  CreateTextTask,
  CreateAudioTask,
  ...BULK_SCHEMAS,
  AddPrompt,
  EditPrompt,
  RestorePrompt,
  PromptList,
  PromptRevision,
  PromptRevisionList,
  Register,
  Login,
  User,
  Tokens,
  Health,
  Readiness,
] as const;
