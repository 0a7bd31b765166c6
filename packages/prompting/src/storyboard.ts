import { setImmediate as nextTurn } from "node:timers/promises";

import type { BibleStyle, Slot, Warning } from "@phonoscene/contracts";
import { AppError } from "@phonoscene/kernel";

import { injectBible } from "./bible/inject.ts";
import { mergeBible } from "./bible/merge.ts";
import { visualCoverage } from "./local/slavic.ts";
import { readFormula } from "./look/formula.ts";
import { chooseStyle } from "./look/style.ts";
import type {
  BibleRequest,
  LanguageModelUsage,
  PromptDraft,
  PromptEngine,
  SceneDraft,
  SlotResult,
  Storyboard,
  StoryboardRequest,
} from "./port.ts";
import { writePrompt } from "./prompt.ts";
import { cutScenes } from "./scenes/cut.ts";
import { draftScenes, toScene } from "./scenes/draft.ts";
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

/** Who, where and what to show: read from the text, around what the owner wrote. */
const readBible = async (
  engine: PromptEngine,
  request: StoryboardRequest,
  text: Pick<BibleRequest, "scenes" | "language">,
) => {
  const { seed } = request.options;
  const stored = request.bible ?? null;
  const found = await engine.readBible({ ...text, seed, gate: request.gate, signal: request.signal });
  const style: BibleStyle =
    stored?.style.isEdited === true
      ? stored.style
      : { ...chooseStyle(request.options, request.source), isEdited: false };
  return { ...found, entities: mergeBible(stored, found.entities), style };
};

const addUsage = (one: LanguageModelUsage | null, other: LanguageModelUsage | null): LanguageModelUsage | null =>
  one === null || other === null
    ? (one ?? other)
    : {
        ...other,
        inputTokens: one.inputTokens + other.inputTokens,
        outputTokens: one.outputTokens + other.outputTokens,
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
export const writeStoryboard = async (engine: PromptEngine, request: StoryboardRequest): Promise<Storyboard> => {
  request.signal.throwIfAborted();
  const units = readUnits(request);
  const text = units.map((unit) => unit.text).join(" ");
  const language = detectLanguage(text, request.language);
  const { groups, warnings: countWarnings } = cutScenes(units, request.options);
  const scenes = draftScenes(groups, language);
  request.onProgress(PREPARED_SHARE);
  const bible = await readBible(engine, request, { scenes, language });
  request.onProgress(PREPARED_SHARE + BIBLE_SHARE);
  const { isEdited: _, ...style } = bible.style;
  const written: SlotResult = await engine.writeSlots({
    scenes,
    bible: bible.entities,
    formula: readFormula(request.options),
    style,
    language,
    promptLanguage: request.options.promptLanguage,
    contentType: request.options.contentType,
    seed: request.options.seed,
    gate: request.gate,
    onProgress: (fraction) => request.onProgress(PREPARED_SHARE + BIBLE_SHARE + ENGINE_SHARE * fraction),
    signal: request.signal,
  });
  const shown = written.slots.map((slots) => injectBible(slots, bible.entities));
  const { prompts, warnings } = await writePrompts(request, scenes, shown);
  request.onProgress(1);
  return {
    language,
    segments: units.map(({ segment }) => segment),
    scenes: scenes.map(toScene),
    prompts,
    bible: { entities: bible.entities, style: bible.style, engine: bible.engine },
    engine: written.engine,
    usage: addUsage(bible.usage, written.usage),
    warnings: distinct([
      ...countWarnings,
      ...textWarnings(written.engine, language, text),
      ...bible.warnings,
      ...written.warnings,
      ...warnings,
    ]),
  };
};
