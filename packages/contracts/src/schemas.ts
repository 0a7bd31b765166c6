import { EXPORT_SCHEMAS } from "./account-export.ts";
import { ChangePassword, DeleteMe, Login, Logout, Refresh, Register, Tokens, UpdateMe, User } from "./accounts.ts";
import { DeadLetter, DeadLetterList, Queues, Redrive, Redriven } from "./admin.ts";
import { ApiKey, ApiKeyList, CreateApiKey, NewApiKey } from "./api-keys.ts";
import { Audio } from "./audio.ts";
import { Bible, BibleEntity, BibleEntityChange, BibleStyle, UpdateBible } from "./bible.ts";
import { BULK_SCHEMAS } from "./bulk.ts";
import { TaskPrompts, TaskState } from "./events.ts";
import { Chapters, Storyboard } from "./exports.ts";
import { GivenSegment, GivenTranscript } from "./given-transcript.ts";
import { Health, Readiness } from "./health.ts";
import { AssemblyAiCall } from "./hooks.ts";
import { RetryTask, UpdateTask } from "./lifecycle.ts";
import { TargetParameters } from "./midjourney.ts";
import { Problem } from "./problem.ts";
import { AddPrompt, EditPrompt, PromptList, PromptRevision, PromptRevisionList, RestorePrompt } from "./prompts.ts";
import { REWRITE_SCHEMAS } from "./rewrites.ts";
import { Session, SessionList } from "./sessions.ts";
import { Prompt, Scene, Segment, SegmentWithWords, Slot, Transcript, TranscriptWithWords, Word } from "./storyboard.ts";
import { STYLE_SCHEMAS } from "./styles.ts";
import { TaskOptions } from "./task-options.ts";
import { CreateTextTask, ProviderCalls, Task, TaskAudio, TaskError, TaskList, Timings } from "./tasks.ts";
import {
  EditTranscript,
  RestoreTranscript,
  SegmentChange,
  TranscriptRevision,
  TranscriptRevisionList,
} from "./transcripts.ts";
import { Warning } from "./warnings.ts";
import { WEBHOOK_SCHEMAS } from "./webhooks.ts";

/** The named schemas, each after those it is made of: the document's generator needs to meet them in this order. */
export const SCHEMAS = [
  Problem,
  Warning,
  Slot,
  Segment,
  Transcript,
  Word,
  SegmentWithWords,
  TranscriptWithWords,
  Scene,
  Prompt,
  BibleEntity,
  BibleStyle,
  Bible,
  BibleEntityChange,
  UpdateBible,
  TargetParameters,
  TaskOptions,
  TaskError,
  Audio,
  TaskAudio,
  Timings,
  ProviderCalls,
  Task,
  TaskList,
  GivenSegment,
  GivenTranscript,
  CreateTextTask,
  RetryTask,
  Storyboard,
  Chapters,
  ...BULK_SCHEMAS,
  AddPrompt,
  EditPrompt,
  RestorePrompt,
  PromptList,
  PromptRevision,
  PromptRevisionList,
  SegmentChange,
  EditTranscript,
  RestoreTranscript,
  TranscriptRevision,
  TranscriptRevisionList,
  UpdateTask,
  ...REWRITE_SCHEMAS,
  ...STYLE_SCHEMAS,
  TaskState,
  TaskPrompts,
  Register,
  Login,
  User,
  Tokens,
  Refresh,
  Logout,
  UpdateMe,
  DeleteMe,
  ChangePassword,
  Session,
  SessionList,
  CreateApiKey,
  ApiKey,
  NewApiKey,
  ApiKeyList,
  ...WEBHOOK_SCHEMAS,
  DeadLetter,
  DeadLetterList,
  Redrive,
  Redriven,
  Queues,
  ...EXPORT_SCHEMAS,
  Health,
  Readiness,
  AssemblyAiCall,
] as const;
