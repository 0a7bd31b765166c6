import { MAX_BIBLE_ENTITIES, type Slot, type Warning } from "@phonoscene/contracts";
import { AppError, type Logger } from "@phonoscene/kernel";

import type {
  BibleRequest,
  BibleResult,
  LanguageModelUsage,
  PromptEngine,
  SceneDraft,
  SlotRequest,
  SlotResult,
} from "../port.ts";
import { styleOnlySlots } from "./assignment.ts";
import { createLadder, type Ladder } from "./ladder.ts";
import { type BibleRun, runBible } from "./read-bible.ts";
import { type Gap, type Run, runWindows } from "./run.ts";
import { DEFAULT_LIMITS, type WindowLimits } from "./windows.ts";

export type LanguageModelOptions = {
  apiKey: string;
  /** Any server that speaks OpenAI's chat completions, up to and without `/chat/completions`. */
  baseUrl?: string | undefined;
  model: string;
  /** Writes the scenes that the model does not. */
  fallback: PromptEngine;
  /** For one call, from the first byte out to the last byte in. */
  requestTimeoutMs: number;
  logger?: Logger | undefined;
  /** What one call may hold. */
  limits?: WindowLimits;
};

const OPENAI_URL = "https://api.openai.com/v1";

/** Scene numbers as people count them: "3", "3-5, 9". */
const describeScenes = (scenes: SceneDraft[], numbers: number[]): string => {
  const ranges: { first: number; last: number }[] = [];
  for (const place of numbers.map((number) => (scenes[number]?.index ?? number) + 1)) {
    const range = ranges.at(-1);
    if (range?.last === place - 1) range.last = place;
    else ranges.push({ first: place, last: place });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
};

/** One warning a reason, however many windows it hit. */
const createWarnings = (gaps: Gap[], scenes: SceneDraft[], fallback: string): Warning[] => {
  const byReason = new Map<string, number[]>();
  for (const { error, numbers } of gaps)
    byReason.set(error.message, [...(byReason.get(error.message) ?? []), ...numbers]);
  return [...byReason].map(([reason, numbers]) => {
    const which = numbers.length === scenes.length ? "All scenes" : `Scenes ${describeScenes(scenes, numbers)}`;
    return { code: "engine_fallback", message: `${which}: written by the ${fallback} engine. ${reason}` };
  });
};

/** Asks for the wanted scenes only, and gives them back under their numbers among all. */
const runWanted = async (ladder: Ladder, request: SlotRequest, limits: WindowLimits): Promise<Run> => {
  const { scenes, wanted } = request;
  const numbers = [...scenes.keys()].filter((number) => wanted?.has(number) ?? true);
  const run = await runWindows(
    ladder,
    { ...request, scenes: numbers.flatMap((number) => scenes[number] ?? []) },
    limits,
  );
  const numberOf = (place: number): number => numbers[place] ?? place;
  return {
    ...run,
    filled: new Map([...run.filled].map(([place, slots]) => [numberOf(place), slots])),
    gaps: run.gaps.map((gap) => ({ ...gap, numbers: gap.numbers.map(numberOf) })),
  };
};

/**
 * The other engine writes the whole set, so that it can carry things from scene to scene, and fills the gaps only.
 * @throws AppError with the language model's code when the other engine cannot step in either.
 */
const askFallback = async (fallback: PromptEngine, request: SlotRequest, run: Run): Promise<SlotResult> => {
  const done = run.filled.size / request.scenes.length;
  try {
    return await fallback.writeSlots({
      ...request,
      onProgress: (fraction) => request.onProgress(done + fraction * (1 - done)),
    });
  } catch (error) {
    request.signal.throwIfAborted();
    const [gap] = run.gaps;
    if (gap === undefined || !(error instanceof AppError)) throw error;
    const { code, message, retryAfterMs } = gap.error;
    const detail = `${message} The ${fallback.name} engine could not step in: ${error.message}`;
    throw new AppError(code, { detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }, { cause: error });
  }
};

const combine = (run: Run, written: SlotResult, names: { model: string; scenes: SceneDraft[] }): SlotResult => ({
  slots: written.slots.map((slots, number): Slot[] => run.filled.get(number) ?? slots),
  engine: run.filled.size === 0 ? `${written.engine} (after ${names.model})` : `${names.model} + ${written.engine}`,
  usage: null,
  warnings: [...createWarnings(run.gaps, names.scenes, written.engine), ...written.warnings],
});

/** A window of the bible asks for less than one of prompts: it may hold more. */
const BIBLE_WINDOW_SCALE = 4;

const bibleLimits = ({ characters }: WindowLimits): WindowLimits => ({
  characters: BIBLE_WINDOW_SCALE * characters,
  scenes: Number.MAX_SAFE_INTEGER,
});

/** What the model did not read, the other engine does: its entries come after, but for those that the model has too. */
const completeBible = async (
  run: BibleRun,
  { model, fallback, request }: { model: string; fallback: PromptEngine; request: BibleRequest },
): Promise<BibleResult> => {
  const name = `openai/${model}`;
  const usage = run.usage === null ? null : { model, ...run.usage };
  if (run.errors.length === 0) return { entities: run.entities, engine: name, usage, warnings: [] };
  const other = await fallback.readBible(request);
  const ids = new Set(run.entities.map(({ id }) => id));
  const reasons = [...new Set(run.errors.map(({ message }) => message))].join(" ");
  const message = `The cast: read by the ${other.engine} engine${ids.size === 0 ? "" : " as well"}. ${reasons}`;
  return {
    entities: [...run.entities, ...other.entities.filter(({ id }) => !ids.has(id))].slice(0, MAX_BIBLE_ENTITIES),
    engine: ids.size === 0 ? `${other.engine} (after ${name})` : `${name} + ${other.engine}`,
    usage,
    warnings: [{ code: "engine_fallback", message }, ...other.warnings],
  };
};

/**
 * Fills the formula with a language model, through LangChain. Scenes that the model does not write, for whatever reason,
 * are written by `fallback`, with a warning `engine_fallback` a reason that says which scenes, why and what to do.
 *
 * `engine` in the result is `openai/<model>` when the model wrote every scene, `<fallback> (after openai/<model>)` when it
 * wrote none, and `openai/<model> + <fallback>` when both did.
 */
export const createLanguageModelEngine = (options: LanguageModelOptions): PromptEngine => {
  const { apiKey, baseUrl = OPENAI_URL, model, requestTimeoutMs, logger } = options;
  const { fallback, limits = DEFAULT_LIMITS } = options;
  const name = `openai/${model}`;
  let ladder: Promise<Ladder> | undefined;
  // LangChain takes 0.3 s and 42 MB to load: only a process that writes with a model pays for it.
  const loadLadder = async (): Promise<Ladder> => {
    const { createChat } = await import("./chat.ts");
    return createLadder(createChat({ apiKey, baseUrl, model, requestTimeoutMs }), { model, logger });
  };
  return {
    name,
    readBible: async (request) => {
      request.signal.throwIfAborted();
      // In one picture nobody has to look the same as before.
      if (request.scenes.length < 2) return fallback.readBible(request);
      ladder ??= loadLadder();
      const run = await runBible(await ladder, request, bibleLimits(limits));
      return completeBible(run, { model, fallback, request });
    },
    writeSlots: async (request) => {
      request.signal.throwIfAborted();
      const { scenes } = request;
      const given = styleOnlySlots(request.formula, request.style);
      if (given !== null) return { slots: scenes.map(() => [...given]), engine: name, usage: null, warnings: [] };
      ladder ??= loadLadder();
      const run = await runWanted(await ladder, request, limits);
      const usage: LanguageModelUsage | null = run.usage === null ? null : { model, ...run.usage };
      if (run.gaps.length > 0)
        return { ...combine(run, await askFallback(fallback, request, run), { model: name, scenes }), usage };
      return { slots: scenes.map((_, number) => run.filled.get(number) ?? []), engine: name, usage, warnings: [] };
    },
  };
};
