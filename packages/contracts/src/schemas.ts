import { Login, Register, Tokens, User } from "./accounts.ts";
import { TaskPrompts, TaskState } from "./events.ts";
import { Chapters, Storyboard } from "./exports.ts";
import { GivenSegment, GivenTranscript } from "./given-transcript.ts";
import { Health, Readiness } from "./health.ts";
import { Problem } from "./problem.ts";
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
  GivenSegment,
  GivenTranscript,
  CreateTextTask,
  CreateAudioTask,
  Storyboard,
  Chapters,
  TaskState,
  TaskPrompts,
  Register,
  Login,
  User,
  Tokens,
  Health,
  Readiness,
] as const;
