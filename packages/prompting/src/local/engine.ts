import { setImmediate as nextTurn } from "node:timers/promises";

import type { Slot, Warning } from "@phonoscene/contracts";

import { createReader, type Reader } from "../english/reader.ts";
import { cleanValue } from "../look/clean.ts";
import type { PromptEngine, SceneDraft, SlotRequest, SlotResult } from "../port.ts";
import { primaryLanguage } from "../text/language.ts";
import { hasWords } from "../text/normalise.ts";
import { createPause } from "../text/pause.ts";
import { type Appearances, bibleOf } from "./cast-bible.ts";
import { type Cast, createCast, type Member, recast } from "./cast.ts";
import { writeKeywords } from "./keywords.ts";
import { type ParsedSentence, parseScene } from "./parse.ts";
import { readScene, type SceneReading } from "./scene-reading.ts";
import { hasVisualLexicon, readVisualScene } from "./slavic.ts";
import { fillSlot } from "./slots.ts";
import { writeSubject } from "./subject.ts";

const KEY_PHRASE_WORDS = 12;
const KEY_PHRASE_CHARS = 160;
/** A gesture is told of the shortest scenes only: "Hello." */
const MAX_GESTURE_CHARS = 200;

type Read = { reading: SceneReading; subject: Omit<Slot, "name"> | null };

/** For a language without a lexicon: the scene's own first words, which generators read better than nothing. */
const keyPhrases = (scene: SceneDraft): Read => {
  const words = scene.sentences.join(" ").replaceAll(/["“”]/gu, "").split(/\s+/u).slice(0, KEY_PHRASE_WORDS);
  const value = words.join(" ").slice(0, KEY_PHRASE_CHARS);
  const clean = cleanValue(value);
  return {
    reading: { actions: [], things: [], ideas: [], figures: [] },
    subject: !hasWords(clean) || words.length < 2 ? null : { value: clean, origin: "text" },
  };
};

type Parsed = { scene: SceneDraft; sentences: ParsedSentence[] };

const readAny = (cast: Cast, { scene, sentences }: Parsed, language: string): Read => {
  if (language === "en") return { reading: readScene(cast, sentences), subject: null };
  if (!hasVisualLexicon(language)) return keyPhrases(scene);
  // A line of verse ends its clause.
  const seen = readVisualScene(cast, language, scene.sentences.join("\n"));
  return seen.subject === null ? keyPhrases(scene) : seen;
};

const speaks = (scene: SceneDraft): boolean => /\b(?:i|we|you|my|our|your|us)\b/iu.test(scene.sentences.join(" "));

/** Every scene of a text, read in order with one cast. */
type TextReading = { scenes: (Read & { lastFigure: string })[]; cast: Cast; appearances: Appearances };

type TextRequest = Pick<SlotRequest, "scenes" | "language" | "signal">;

const PARSED_SHARE = 0.7;

/** The first reading: the cast learns what becomes known of somebody only later on. */
const parseAll = async (
  read: Reader,
  { scenes, language, signal }: TextRequest,
  onProgress: (fraction: number) => void,
) => {
  const first = createCast();
  const pause = createPause();
  const parsed: Parsed[] = [];
  for (const scene of scenes) {
    signal.throwIfAborted();
    const sentences = primaryLanguage(language) === "en" ? await parseScene(read, scene.sentences, pause) : [];
    readScene(first, sentences);
    parsed.push({ scene, sentences });
    onProgress((PARSED_SHARE * parsed.length) / scenes.length);
    await nextTurn();
  }
  return { cast: recast(first), parsed };
};

const readScenes = async (read: Reader, request: TextRequest, onProgress: (fraction: number) => void) => {
  const { cast, parsed } = await parseAll(read, request, onProgress);
  const appearances = new Map<Member, number[]>();
  const readings: TextReading["scenes"] = [];
  for (const part of parsed) {
    await nextTurn();
    request.signal.throwIfAborted();
    const before = cast.clock;
    readings.push({ ...readAny(cast, part, primaryLanguage(request.language)), lastFigure: cast.lastFigure });
    for (const member of new Set(cast.members.values())) {
      if (member.lastSeen > before) appearances.set(member, [...(appearances.get(member) ?? []), part.scene.index]);
    }
    onProgress(PARSED_SHARE + ((1 - PARSED_SHARE) * readings.length) / parsed.length);
  }
  return { scenes: readings, cast, appearances } satisfies TextReading;
};

const writeScenes = ({ scenes: readings }: TextReading, request: SlotRequest): Slot[][] =>
  request.scenes.map((scene, number) => {
    const { reading, subject: given, lastFigure } = readings[number] ?? { ...keyPhrases(scene), lastFigure: "" };
    const subject: Omit<Slot, "name"> =
      given ??
      writeSubject(reading, {
        lastFigure,
        speaks: speaks(scene),
        words:
          scene.sentences
            .join(" ")
            .slice(0, MAX_GESTURE_CHARS)
            .toLowerCase()
            .match(/\p{L}+/gu) ?? [],
        sceneIndex: scene.index,
      });
    const keywords = writeKeywords(scene, reading.things, subject.value);
    const filling = { scene, subject, keywords, style: request.style, things: reading.things, seed: request.seed };
    const isWanted = request.wanted?.has(number) ?? true;
    return isWanted ? request.formula.slots.map((slot) => fillSlot(slot, filling)) : [];
  });

const INSTRUCTION_UNUSED: Warning = {
  code: "instruction_unused",
  message:
    "The instruction was not followed: the built-in engine cannot read one. Configure a language model (OPENAI_API_KEY), " +
    "or say what you want with formula, style and negative.",
};

const promptLanguageUnused = (tag: string): Warning => ({
  code: "prompt_language_unused",
  message: `The prompts are in English, not in "${tag}": the built-in engine writes English only, and nothing is translated. Configure a language model (OPENAI_API_KEY) for other languages.`,
});

/**
 * The engine that needs neither a key nor a network: a tagger, clause rules and lexicons. It reads English; for
 * Ukrainian and Russian it knows what can be seen, for other languages it passes the scene's own words on.
 */
export const createLocalEngine = (): PromptEngine => {
  const read = createReader();
  /** The bible and the prompts of one text take the same reading. */
  const known = new WeakMap<readonly SceneDraft[], TextReading>();
  const readText = async (
    request: Pick<SlotRequest, "scenes" | "language" | "signal">,
    onProgress: (fraction: number) => void = () => undefined,
  ): Promise<TextReading> => {
    const reading = known.get(request.scenes) ?? (await readScenes(read, request, onProgress));
    known.set(request.scenes, reading);
    return reading;
  };
  return {
    name: "local",
    readBible: async (request) => {
      const { cast, appearances } = await readText(request);
      return { entities: bibleOf(cast, appearances), engine: "local", usage: null, warnings: [] };
    },
    writeSlots: async (request): Promise<SlotResult> => {
      const slots = writeScenes(await readText(request, request.onProgress), request);
      request.onProgress(1);
      const warnings = [
        ...(request.formula.guidance === null ? [] : [INSTRUCTION_UNUSED]),
        ...(primaryLanguage(request.promptLanguage) === "en" ? [] : [promptLanguageUnused(request.promptLanguage)]),
      ];
      return { slots, engine: "local", usage: null, warnings };
    },
  };
};
