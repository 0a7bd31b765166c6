import { setImmediate as nextTurn } from "node:timers/promises";

import type { Slot, Warning } from "@phonoscene/contracts";

import { createReader, type Reader } from "../english/reader.ts";
import { cleanValue } from "../look/clean.ts";
import type { PromptEngine, SceneDraft, SlotRequest, SlotResult } from "../port.ts";
import { primaryLanguage } from "../text/language.ts";
import { type Cast, createCast, recast } from "./cast.ts";
import { writeKeywords } from "./keywords.ts";
import { type ParsedSentence, parseScene } from "./parse.ts";
import { readScene, type SceneReading } from "./scene-reading.ts";
import { hasVisualLexicon, readVisualScene } from "./slavic.ts";
import { fillSlot } from "./slots.ts";
import { writeSubject } from "./subject.ts";

const KEY_PHRASE_WORDS = 12;
const KEY_PHRASE_CHARS = 160;

type Read = { reading: SceneReading; subject: Omit<Slot, "name"> | null };

/** For a language without a lexicon: the scene's own first words, which generators read better than nothing. */
const keyPhrases = (scene: SceneDraft): Read => {
  const words = scene.sentences.join(" ").replaceAll(/["“”]/gu, "").split(/\s+/u).slice(0, KEY_PHRASE_WORDS);
  const value = words.join(" ").slice(0, KEY_PHRASE_CHARS);
  const clean = cleanValue(value);
  return {
    reading: { actions: [], things: [], ideas: [], figures: [] },
    subject: clean === "" || words.length < 2 ? null : { value: clean, origin: "text" },
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

const PARSED_SHARE = 0.7;

/** The first reading: the cast learns what becomes known of somebody only later on. */
const parseAll = async (read: Reader, request: SlotRequest): Promise<{ cast: Cast; parsed: Parsed[] }> => {
  const isEnglish = primaryLanguage(request.language) === "en";
  const first = createCast();
  const parsed: Parsed[] = [];
  for (const [index, scene] of request.scenes.entries()) {
    await nextTurn();
    request.signal.throwIfAborted();
    const sentences = isEnglish ? parseScene(read, scene.sentences) : [];
    readScene(first, sentences);
    parsed.push({ scene, sentences });
    request.onProgress((PARSED_SHARE * (index + 1)) / request.scenes.length);
  }
  return { cast: recast(first), parsed };
};

const writeScenes = async (read: Reader, request: SlotRequest): Promise<Slot[][]> => {
  const language = primaryLanguage(request.language);
  const { cast, parsed } = await parseAll(read, request);
  const scenes: Slot[][] = [];
  for (const [index, { scene, sentences }] of parsed.entries()) {
    await nextTurn();
    request.signal.throwIfAborted();
    const { reading, subject: given } = readAny(cast, { scene, sentences }, language);
    const subject: Omit<Slot, "name"> =
      given ??
      writeSubject(reading, {
        lastFigure: cast.lastFigure,
        speaks: speaks(scene),
        words:
          scene.sentences
            .join(" ")
            .toLowerCase()
            .match(/\p{L}+/gu) ?? [],
        sceneIndex: scene.index,
      });
    const keywords = writeKeywords(scene, reading.things, subject.value);
    const filling = { scene, subject, keywords, style: request.style, things: reading.things, seed: request.seed };
    scenes.push(request.formula.slots.map((slot) => fillSlot(slot, filling)));
    request.onProgress(PARSED_SHARE + ((1 - PARSED_SHARE) * (index + 1)) / request.scenes.length);
  }
  return scenes;
};

const INSTRUCTION_UNUSED: Warning = {
  code: "instruction_unused",
  message:
    "The instruction was not followed: the built-in engine cannot read one. Configure a language model (OPENAI_API_KEY), " +
    "or say what you want with formula, style and negative.",
};

/**
 * The engine that needs neither a key nor a network: a tagger, clause rules and lexicons. It reads English; for
 * Ukrainian and Russian it knows what can be seen, for other languages it passes the scene's own words on.
 */
export const createLocalEngine = (): PromptEngine => {
  const read = createReader();
  return {
    name: "local",
    writeSlots: async (request): Promise<SlotResult> => ({
      slots: await writeScenes(read, request),
      engine: "local",
      usage: null,
      warnings: request.formula.guidance === null ? [] : [INSTRUCTION_UNUSED],
    }),
  };
};
