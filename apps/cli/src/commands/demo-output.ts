import type { Task } from "@phonoscene/contracts";
import pc from "picocolors";

import { formatClock, promptTable, wrap } from "../terminal.ts";

/** Milliseconds, null where a stage was not needed. */
export type DemoTimings = Task["timings"] & {
  /** From the command's start until the service was ready. */
  serviceMs: number;
  /** The whole command. */
  commandMs: number;
};

/** The object that `--json` prints; documented in the README. */
export const demoJson = ({ transcript, prompts, ...task }: Task, timings: DemoTimings) => ({
  task,
  transcript: transcript
    ? {
        language: transcript.language,
        text: transcript.text,
        segments: transcript.segments.map(({ startMs, endMs, text }) => ({ startMs, endMs, text })),
      }
    : null,
  prompts: (prompts ?? []).map(({ position, sceneIndex, startMs, endMs, content, negative, slots }) => ({
    position,
    sceneIndex,
    startMs,
    endMs,
    content,
    negative,
    slots,
  })),
  timings,
});

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

const TRANSCRIPT_START = 320;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const heard = (task: Task, width: number): string[] => {
  const { transcript } = task;
  if (!transcript) return [];
  const start = transcript.text.slice(0, TRANSCRIPT_START);
  const text = transcript.text.length > start.length ? `${start.replace(/\s+\S*$/, "")} …` : start;
  const length =
    transcript.durationMs === null
      ? counted(transcript.segments.length, "sentence")
      : formatClock(transcript.durationMs);
  return [
    pc.bold(`Transcript`) + pc.dim(`  ${transcript.language}, ${length}, ${transcript.engine}`),
    ...wrap(text, width),
    "",
  ];
};

/** What a person reads: the transcript's start, the prompts with their times, what to know, how long it took. */
export const demoText = (task: Task, timings: DemoTimings, columns: number | undefined): string => {
  const width = Math.max(50, Math.min(columns ?? 100, 120));
  const warnings = task.warnings.map(({ message }) => pc.yellow(`! ${message}`));
  const prompts = task.prompts ?? [];
  const table =
    prompts.length === 0
      ? []
      : [
          pc.bold("Prompts") + pc.dim(`  ${task.options.target}, ${task.promptEngine ?? ""}`),
          promptTable(prompts, width),
          "",
        ];
  const spent = [
    `service ${seconds(timings.serviceMs)}`,
    ...(timings.transcribingMs === null ? [] : [`transcribing ${seconds(timings.transcribingMs)}`]),
    ...(timings.promptingMs === null ? [] : [`prompts ${seconds(timings.promptingMs)}`]),
    `in all ${seconds(timings.commandMs)}`,
  ];
  return ["", ...heard(task, width), ...table, ...warnings, pc.dim(spent.join(", "))].join("\n");
};
