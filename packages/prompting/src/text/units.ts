import type { Segment } from "@phonoscene/contracts";

import { isUnpunctuated, splitUnpunctuated } from "../english/unpunctuated.ts";
import { hasWords, normalise } from "./normalise.ts";
import { createPause } from "./pause.ts";

/** The smallest stretch that a scene is made of: a segment with times, a sentence, or a line of verse. */
export type Unit = {
  segment: Segment;
  /** Normalised; empty where the segment has no words. */
  text: string;
  /** 0 inside a paragraph, 1 at a new paragraph or stanza. */
  breakBefore: 0 | 1;
};

const MAX_UNIT_CHARS = 320;
const VERSE_LINE_CHARS = 65;
const ABBREVIATION = /\b(?:mr|mrs|ms|dr|st|prof|sr|jr|vs|no|gen|col|capt|lt|fig|i\.e|e\.g)\.$/iu;
const INITIAL = /(?:^|[\s.])\p{Lu}\.$/u;
const TAIL_CHARS = 12;

const cutLong = (sentence: string): string[] => {
  const pieces: string[] = [];
  let rest = sentence;
  while (rest.length > MAX_UNIT_CHARS) {
    const window = rest.slice(0, MAX_UNIT_CHARS);
    const strong = Math.max(window.lastIndexOf("; "), window.lastIndexOf(": "));
    const clause = strong > MAX_UNIT_CHARS / 3 ? strong : window.lastIndexOf(", ");
    const space = window.lastIndexOf(" ");
    const cut = clause > MAX_UNIT_CHARS / 3 ? clause + 1 : space > 0 ? space : MAX_UNIT_CHARS;
    pieces.push(rest.slice(0, cut).trim());
    rest = rest.slice(cut).trim();
  }
  return [...pieces, rest];
};

/** Splits running text into sentences; abbreviations and initials do not end one. */
export const splitSentences = (text: string): string[] => {
  const sentences: string[] = [];
  let held = "";
  for (const piece of text.split(/(?<=[.!?…。！？]["')\]]*)\s+|(?<=[。！？])/u)) {
    held = held === "" ? piece : `${held} ${piece}`;
    const tail = held.slice(-TAIL_CHARS);
    if (held.length < MAX_UNIT_CHARS && (ABBREVIATION.test(tail) || INITIAL.test(tail))) continue;
    sentences.push(held);
    held = "";
  }
  return [...sentences, held]
    .filter((sentence) => sentence.trim() !== "")
    .flatMap((sentence) => (isUnpunctuated(sentence) ? splitUnpunctuated(sentence) : [sentence]))
    .flatMap(cutLong);
};

const isVerse = (lines: readonly string[]): boolean => {
  if (lines.length < 2) return false;
  const short = lines.filter((line) => line.length <= VERSE_LINE_CHARS).length;
  const capital = lines.filter((line) => !/^\p{Ll}/u.test(line)).length;
  return short >= 0.9 * lines.length && capital >= 0.6 * lines.length;
};

/** A text's units: lines in verse, sentences elsewhere; paragraphs and stanzas are kept apart. */
const textUnits = (text: string): { text: string; breakBefore: 0 | 1 }[] =>
  text.split(/\n{2,}/u).flatMap((block) => {
    const lines = block.split("\n").filter(hasWords);
    const parts = isVerse(lines) ? lines.flatMap(cutLong) : splitSentences(lines.join(" "));
    return parts
      .filter(hasWords)
      .map((part, index) => ({ text: part, breakBefore: index === 0 ? (1 as const) : (0 as const) }));
  });

/** Units of a text, each with a segment of its own; times are null. */
export const unitsOfText = (text: string): Unit[] =>
  textUnits(normalise(text)).map((unit, id) => ({
    ...unit,
    segment: { id, startMs: null, endMs: null, text: unit.text, confidence: null },
  }));

/** Units of a transcript: its segments, in their order. Of 20,000 segments this takes a tenth of a second. */
export const unitsOfSegments = async (segments: readonly Segment[]): Promise<Unit[]> => {
  const pause = createPause();
  const units: Unit[] = [];
  for (const segment of segments) {
    const text = normalise(segment.text).replaceAll("\n", " ");
    units.push({ segment, text: hasWords(text) ? text : "", breakBefore: 0 });
    await pause();
  }
  return units;
};
