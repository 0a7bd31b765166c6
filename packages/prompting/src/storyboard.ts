import { setImmediate as nextTurn } from "node:timers/promises";

import type { BibleEntity, Slot, Warning } from "@phonoscene/contracts";
import { AppError } from "@phonoscene/kernel";

import { injectBible } from "./bible/inject.ts";
import { readBible, toStyleSet } from "./bible/read.ts";
import { visualCoverage } from "./local/slavic.ts";
import { readFormula } from "./look/formula.ts";
import { withSavedStyle } from "./look/style.ts";
import type { PromptDraft, PromptEngine, SceneDraft, Storyboard, StoryboardRequest } from "./port.ts";
import { writeWords } from "./prompt.ts";
import { cutScenes } from "./scenes/cut.ts";
import { draftScenes, toScene } from "./scenes/draft.ts";
import { arrangePrompts, placeKept } from "./scenes/keep.ts";
import { addUsage, distinctWarnings } from "./sum.ts";
import { detectLanguage, primaryLanguage } from "./text/language.ts";
import { hasWords, wordCount } from "./text/normalise.ts";
import { type Unit, unitsOfSegments, unitsOfText } from "./text/units.ts";

const SHORT_TEXT_WORDS = 4;

const readUnits = async ({ source }: StoryboardRequest): Promise<Unit[]> => {
  const units = source.kind === "text" ? unitsOfText(source.text) : await unitsOfSegments(source.segments);
  if (units.some(({ text }) => hasWords(text))) return units;
  throw new AppError("no_text", {
    detail: "There are no words to illustrate. Send a text with at least one word, or audio with speech in it.",
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

type Filled = {
  scenes: readonly SceneDraft[];
  wanted: ReadonlySet<number>;
  slots: readonly Slot[][];
  bible: readonly BibleEntity[];
};

/** One prompt a turn of the event loop: a bible of many entities takes milliseconds to look for in each. */
const writePrompts = async (request: StoryboardRequest, { scenes, wanted, slots, bible }: Filled) => {
  const prompts: Omit<PromptDraft, "position">[] = [];
  const warnings: Warning[] = [];
  for (const index of wanted) {
    await nextTurn();
    request.signal.throwIfAborted();
    const scene = scenes[index];
    if (scene === undefined) throw new Error(`an engine wrote scene ${index}, which is not there`);
    const result = writeWords(scene, injectBible(slots[index] ?? [], bible), request.options);
    const { startMs, endMs, segmentIds, excerpt } = scene;
    prompts.push({ sceneIndex: index, startMs, endMs, segmentIds, excerpt, ...result.words });
    warnings.push(...result.warnings);
  }
  return { prompts, warnings };
};

const PREPARED_SHARE = 0.05;
const BIBLE_SHARE = 0.1;
const ENGINE_SHARE = 0.8;

/**
 * Turns a text or a timed transcript into scenes and one prompt for each, in order. The engine reads the bible, then
 * fills the formula's slots; everything else (scenes, settings, style, injection of the bible, safety, format, checks) is
 * the same for every engine.
 * @throws AppError "no_text" where there are no words, "content_blocked" where a scene cannot be shown, and whatever
 * the engine throws; the signal's reason when aborted.
 */
export const writeStoryboard = async (engine: PromptEngine, asked: StoryboardRequest): Promise<Storyboard> => {
  const request = { ...asked, options: withSavedStyle(asked.options, asked.savedStyle ?? null) };
  request.signal.throwIfAborted();
  const units = await readUnits(request);
  const text = units.map((unit) => unit.text).join(" ");
  const language = detectLanguage(text, request.language);
  // Each of these holds the event loop for a while where a transcript has 20,000 segments.
  await nextTurn();
  const { groups, warnings: countWarnings } = cutScenes(units, request.options);
  await nextTurn();
  const scenes = draftScenes(groups, language);
  const keptByScene = placeKept(scenes, request.kept ?? []);
  const wanted = new Set([...scenes.keys()].filter((index) => !keptByScene.has(index)));
  await nextTurn();
  request.onProgress(PREPARED_SHARE);
  const bible = await readBible(engine, request, { scenes, language });
  request.onProgress(PREPARED_SHARE + BIBLE_SHARE);
  const written = await engine.writeSlots({
    scenes,
    wanted,
    bible: bible.entities,
    formula: readFormula(request.options),
    style: toStyleSet(bible.style),
    language,
    promptLanguage: request.options.promptLanguage,
    contentType: request.options.contentType,
    seed: request.options.seed,
    gate: request.gate,
    onProgress: (fraction) => request.onProgress(PREPARED_SHARE + BIBLE_SHARE + ENGINE_SHARE * fraction),
    signal: request.signal,
  });
  const filled = { scenes, wanted, slots: written.slots, bible: bible.entities };
  const { prompts, warnings } = await writePrompts(request, filled);
  request.onProgress(1);
  return {
    language,
    segments: units.map(({ segment }) => segment),
    scenes: scenes.map(toScene),
    ...arrangePrompts(scenes, prompts, keptByScene),
    bible: { entities: bible.entities, style: bible.style, engine: bible.engine },
    engine: written.engine,
    usage: addUsage(bible.usage, written.usage),
    warnings: distinctWarnings([
      ...countWarnings,
      ...textWarnings(written.engine, language, text),
      ...bible.warnings,
      ...written.warnings,
      ...warnings,
    ]),
  };
};
