import { setImmediate as nextTurn } from "node:timers/promises";

import type { Scene, Slot, Warning } from "@phonoscene/contracts";
import { AppError } from "@phonoscene/kernel";

import { visualCoverage } from "./local/slavic.ts";
import { readFormula } from "./look/formula.ts";
import { genreOfText } from "./look/genre.ts";
import { chooseStyle } from "./look/style.ts";
import type { PromptDraft, PromptEngine, SceneDraft, SlotResult, Storyboard, StoryboardRequest } from "./port.ts";
import { writePrompt } from "./prompt.ts";
import { cutScenes } from "./scenes/cut.ts";
import { findSettings } from "./scenes/settings.ts";
import { detectLanguage, primaryLanguage } from "./text/language.ts";
import { hasWords, wordCount } from "./text/normalise.ts";
import { type Unit, unitsOfSegments, unitsOfText } from "./text/units.ts";

const SHORT_TEXT_WORDS = 4;

const readUnits = ({ source }: StoryboardRequest): Unit[] => {
  const units = source.kind === "text" ? unitsOfText(source.text) : unitsOfSegments(source.segments);
  if (units.some(({ text }) => hasWords(text))) return units;
  throw new AppError("no_text", {
    detail: "There are no words to illustrate. Send a text with at least one word, or audio with speech in it.",
  });
};

const HEADER_SEGMENTS = 5;

const genreOf = (source: StoryboardRequest["source"]): string | null =>
  genreOfText(
    source.kind === "text"
      ? source.text
      : source.segments
          .slice(0, HEADER_SEGMENTS)
          .map(({ text }) => text)
          .join("\n"),
  );

const excerptOf = (units: readonly Unit[]): string =>
  units
    .map(({ segment }) => segment.text.trim())
    .filter((text) => text !== "")
    .join(" ");

const draftScenes = (groups: readonly Unit[][], language: string): SceneDraft[] => {
  const texts = groups.map((units) => units.map(({ text }) => text).join(" "));
  return findSettings(texts, primaryLanguage(language)).map((setting, index) => {
    const units = groups[index] ?? [];
    return {
      index,
      startMs: units[0]?.segment.startMs ?? null,
      endMs: units.at(-1)?.segment.endMs ?? null,
      segmentIds: units.map(({ segment }) => segment.id),
      excerpt: excerptOf(units),
      sentences: units.map(({ text }) => text).filter((text) => text !== ""),
      ...setting,
    };
  });
};

const languageWarning = (language: string, text: string): Warning[] => {
  const primary = primaryLanguage(language);
  if (primary === "en") return [];
  const coverage = visualCoverage(primary, text);
  const extent =
    coverage < 0.3 ? "the prompts hold key phrases only" : "the prompts show the main figures and things only";
  return [
    {
      code: "language_limited",
      message: `The text is in "${language}", of which the built-in engine knows ${coverage.toFixed(2)} of the words (coverage 0..1): ${extent}. Configure a language model for full prompts.`,
    },
  ];
};

const textWarnings = (engine: string, language: string, text: string): Warning[] => {
  const words = wordCount(text);
  const short: Warning[] =
    words >= SHORT_TEXT_WORDS
      ? []
      : [
          {
            code: "text_short",
            message: `The text has only ${words} ${words === 1 ? "word" : "words"}: the picture is mostly invented. A sentence or two gives a better one.`,
          },
        ];
  return engine === "local" ? [...short, ...languageWarning(language, text)] : short;
};

const toScene = ({ index, startMs, endMs, segmentIds, excerpt, place, timeOfDay, mood }: SceneDraft): Scene => ({
  index,
  startMs,
  endMs,
  segmentIds,
  excerpt,
  place,
  timeOfDay,
  mood,
});

/** Warnings of one kind may come from every scene: each message is said once. */
const distinct = (warnings: readonly Warning[]): Warning[] => [
  ...new Map(warnings.map((warning) => [`${warning.code} ${warning.message}`, warning])).values(),
];

const writePrompts = async (request: StoryboardRequest, scenes: readonly SceneDraft[], written: Slot[][]) => {
  const prompts: PromptDraft[] = [];
  const warnings: Warning[] = [];
  for (const [index, scene] of scenes.entries()) {
    await nextTurn();
    request.signal.throwIfAborted();
    const result = writePrompt(scene, written[index] ?? [], request.options);
    prompts.push(result.prompt);
    warnings.push(...result.warnings);
  }
  return { prompts, warnings };
};

const ENGINE_SHARE = 0.9;
const PREPARED_SHARE = 0.05;

/**
 * Turns a text or a timed transcript into scenes and one prompt for each, in order. The engine fills the formula's
 * slots; everything else (scenes, settings, style, safety, format, checks) is the same for every engine.
 * @throws AppError "no_text" where there are no words, "content_blocked" where a scene cannot be shown, and whatever
 * the engine throws; the signal's reason when aborted.
 */
export const writeStoryboard = async (engine: PromptEngine, request: StoryboardRequest): Promise<Storyboard> => {
  request.signal.throwIfAborted();
  const units = readUnits(request);
  const text = units.map((unit) => unit.text).join(" ");
  const language = detectLanguage(text, request.language);
  const { groups, warnings: countWarnings } = cutScenes(units, request.options);
  const scenes = draftScenes(groups, language);
  const formula = readFormula(request.options);
  request.onProgress(PREPARED_SHARE);
  const written: SlotResult = await engine.writeSlots({
    scenes,
    formula,
    style: chooseStyle({ ...request.options, style: request.options.style ?? genreOf(request.source) }),
    language,
    promptLanguage: request.options.promptLanguage,
    contentType: request.options.contentType,
    seed: request.options.seed,
    gate: request.gate,
    onProgress: (fraction) => request.onProgress(PREPARED_SHARE + ENGINE_SHARE * fraction),
    signal: request.signal,
  });
  const { prompts, warnings } = await writePrompts(request, scenes, written.slots);
  request.onProgress(1);
  return {
    language,
    segments: units.map(({ segment }) => segment),
    scenes: scenes.map(toScene),
    prompts,
    engine: written.engine,
    usage: written.usage,
    warnings: distinct([
      ...countWarnings,
      ...textWarnings(written.engine, language, text),
      ...written.warnings,
      ...warnings,
    ]),
  };
};
