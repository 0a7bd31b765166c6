import { randomBytes } from "node:crypto";

import type { Slot } from "@phonoscene/contracts";
import { type AppError, OPEN_GATE } from "@phonoscene/kernel";

import type { SlotRequest } from "../port.ts";
import { type Answer, readAnswer } from "./answer.ts";
import type { Assignment } from "./assignment.ts";
import { type Failure, invalidAnswerError } from "./failures.ts";
import type { AskOptions, Ladder } from "./ladder.ts";
import { createQuestion, createRepair } from "./question.ts";
import { extendRegistry, type Registry, registryOf } from "./registry.ts";
import { type NumberedScene, takeWindow, type WindowLimits } from "./windows.ts";

/** Scenes that the model did not write, by their number, and why. */
export type Gap = { numbers: number[]; error: AppError };

export type Run = {
  /** By scene number. */
  filled: Map<number, Slot[]>;
  gaps: Gap[];
  /** Of every answer, also of those that could not be used; null when the server counted none. */
  usage: { inputTokens: number; outputTokens: number } | null;
};

/** What earlier windows found. */
type Context = { registry: Registry; previous: Record<string, string> | null };

type WindowResult = { filled: Map<number, Slot[]>; registry: unknown; failure: Failure | null };

/** Asks, and once more with the faults when the answer has any; what is right in either answer is kept. */
const askAndRepair = async (
  ladder: Ladder,
  { assignment, context }: { assignment: Assignment; context: Context },
  options: AskOptions,
): Promise<WindowResult> => {
  const question = createQuestion(assignment, context);
  const reply = await ladder(question, options);
  if ("failure" in reply) return { filled: new Map(), registry: null, failure: reply.failure };
  const answer = readAnswer(reply.text, assignment);
  if (answer.faults.length === 0) return { ...answer, failure: null };
  const repaired = await ladder(createRepair(question, reply.text, answer.faults), options);
  if ("failure" in repaired) return { ...answer, failure: repaired.failure };
  const second: Answer = readAnswer(repaired.text, assignment);
  return {
    filled: new Map([...answer.filled, ...second.filled]),
    registry: second.registry ?? answer.registry,
    failure: null,
  };
};

/** Values by name, of the last scene written: what the next window carries on from. */
const lastValues = (window: NumberedScene[], filled: Map<number, Slot[]>): Record<string, string> | null => {
  const slots = filled.get(window.at(-1)?.number ?? -1);
  return slots === undefined
    ? null
    : Object.fromEntries(slots.filter(({ origin }) => origin !== "style").map(({ name, value }) => [name, value]));
};

/** Down or denied: the next window would fare no better. */
const endsRun = (failure: Failure | null): boolean =>
  failure !== null && ["denied", "transient", "unsupported"].includes(failure.kind);

const addUsage = (run: Run, { inputTokens, outputTokens }: NonNullable<Run["usage"]>): void => {
  run.usage = {
    inputTokens: (run.usage?.inputTokens ?? 0) + inputTokens,
    outputTokens: (run.usage?.outputTokens ?? 0) + outputTokens,
  };
};

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
 * Writes a set window by window, in order, carrying the registry along. A window that is too long for the model is
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
    onUsage: (usage) => addUsage(run, usage),
  };
  let context: Context = { registry: registryOf(request.bible), previous: null };
  let scenesAtOnce = limits.scenes;
  for (let start = 0; start < scenes.length;) {
    signal.throwIfAborted();
    const window = takeWindow(scenes, start, { ...limits, scenes: scenesAtOnce });
    const delimiter = randomBytes(12).toString("hex");
    const assignment = { scenes: window, formula, style, language, promptLanguage, contentType, delimiter };
    const result = await askAndRepair(ladder, { assignment, context }, options);
    if (result.failure?.kind === "too-long" && window.length > 1) {
      scenesAtOnce = Math.ceil(window.length / 2);
      continue;
    }
    const end = endsRun(result.failure) ? scenes.length : start + window.length;
    settle(run, result, { start, end });
    const registry = extendRegistry(context.registry, result.registry, delimiter);
    context = { registry, previous: lastValues(window, result.filled) };
    start = end;
    request.onProgress(run.filled.size / scenes.length);
  }
  return run;
};
