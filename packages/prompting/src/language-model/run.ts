import { randomBytes } from "node:crypto";

import { type AppError, OPEN_GATE } from "@phonoscene/kernel";

import type { SlotRequest } from "../port.ts";
import { type Filled, readAnswer } from "./answer.ts";
import { askAndRepair, endsRun } from "./ask.ts";
import { type Failure, invalidAnswerError } from "./failures.ts";
import type { AskOptions, Ladder } from "./ladder.ts";
import { type Context, createQuestion } from "./question.ts";
import { addUsage, type Tokens } from "./usage.ts";
import { type NumberedScene, takeWindow, type WindowLimits } from "./windows.ts";

/** Scenes that the model did not write, by their number, and why. */
export type Gap = { numbers: number[]; error: AppError };

export type Run = {
  /** By scene number. */
  filled: Filled;
  gaps: Gap[];
  /** Of every answer, also of those that could not be used; null when the server counted none. */
  usage: Tokens | null;
};

/** Values by name, of the last scene written: what the next window carries on from. */
const lastValues = (window: NumberedScene[], filled: Filled): Record<string, string> | null => {
  const slots = filled.get(window.at(-1)?.number ?? -1);
  return slots === undefined
    ? null
    : Object.fromEntries(slots.filter(({ origin }) => origin !== "style").map(({ name, value }) => [name, value]));
};

type WindowResult = { filled: Filled; failure: Failure | null };

/** Notes what a window brought; the scenes up to `end` that it did not bring are a gap. */
const settle = (run: Run, result: WindowResult, { start, end }: { start: number; end: number }): void => {
  const numbers: number[] = [];
  for (let number = start; number < end; number++) {
    const slots = result.filled.get(number);
    if (slots === undefined) numbers.push(number);
    else run.filled.set(number, slots);
  }
  if (numbers.length > 0) run.gaps.push({ numbers, error: result.failure?.error ?? invalidAnswerError() });
};

/**
 * Writes a set window by window, in order, each told of the bible and of the scene before. A window that is too long for the model is
 * asked for in halves. A window with a fault leaves a gap; a server that is down or that denies access ends the run,
 * with the rest as one gap, so that a dead server costs one call and not one a window.
 * @throws the request's abort reason.
 */
export const runWindows = async (ladder: Ladder, request: SlotRequest, limits: WindowLimits): Promise<Run> => {
  const { scenes, formula, style, language, promptLanguage, contentType, seed, signal } = request;
  const run: Run = { filled: new Map(), gaps: [], usage: null };
  const options: AskOptions = {
    seed,
    signal,
    gate: request.gate ?? OPEN_GATE,
    onUsage: (usage) => (run.usage = addUsage(run.usage, usage)),
  };
  let previous: Context["previous"] = null;
  let scenesAtOnce = limits.scenes;
  for (let start = 0; start < scenes.length;) {
    signal.throwIfAborted();
    const window = takeWindow(scenes, start, { ...limits, scenes: scenesAtOnce });
    const delimiter = randomBytes(12).toString("hex");
    const assignment = { scenes: window, formula, style, language, promptLanguage, contentType, delimiter };
    const { value, failure } = await askAndRepair<Filled>(
      ladder,
      {
        question: createQuestion(assignment, { bible: request.bible, previous }),
        read: (text) => readAnswer(text, assignment),
        join: (first, second) => new Map([...first, ...second]),
      },
      options,
    );
    const result: WindowResult = { filled: value ?? new Map(), failure };
    if (result.failure?.kind === "too-long" && window.length > 1) {
      scenesAtOnce = Math.ceil(window.length / 2);
      continue;
    }
    const end = endsRun(result.failure) ? scenes.length : start + window.length;
    settle(run, result, { start, end });
    previous = lastValues(window, result.filled);
    start = end;
    request.onProgress(run.filled.size / scenes.length);
  }
  return run;
};
