import type { SpeechWord } from "../port.ts";
import { type Match, matchWords, spokenForm } from "./match-words.ts";
import { alignUnits, type SpanMs, spokenWeight } from "./timing.ts";

export type RoughWords = {
  /** The given words, all of them, in order. */
  words: SpeechWord[];
  /** How many of the words were heard as they were given, 0..1. */
  heardShare: number;
};

/** Given words between two that were heard as they are: from `from` to before `to`. */
type Gap = { from: number; to: number };

const gapsOf = (isHeard: readonly boolean[]): Gap[] => {
  const gaps: Gap[] = [];
  isHeard.forEach((one, at) => {
    const last = gaps.at(-1);
    if (one) return;
    if (last?.to === at) last.to += 1;
    else gaps.push({ from: at, to: at + 1 });
  });
  return gaps;
};

/** The time that a gap's words share: where something else was heard in their place, or what lies between the neighbours. */
const roomFor = ({ from, to }: Gap, match: Match, heard: readonly SpeechWord[]): SpanMs[] => {
  // A gap ends where a word was heard.
  const before = match[from - 1] ?? -1;
  const after = match[to] ?? heard.length;
  const others = heard.slice(before + 1, after);
  if (others.length > 0) return others;
  const startMs = heard[before]?.endMs ?? heard[after]?.startMs ?? 0;
  return [{ startMs, endMs: Math.max(startMs, heard[after]?.startMs ?? startMs) }];
};

/**
 * Puts given words where they were heard; what was heard otherwise, or not at all, shares the time in between by
 * length. Rough: the recogniser then places them exactly.
 */
export const placeRoughly = (texts: readonly string[], heard: readonly SpeechWord[]): RoughWords => {
  const match = matchWords(
    texts,
    heard.map(({ text }) => text),
  );
  const isHeard = texts.map((text, at) => {
    const place = match[at] ?? null;
    return place !== null && spokenForm(heard[place]?.text ?? "") === spokenForm(text);
  });
  const sure = match.map((place, at) => (isHeard[at] ? place : null));
  const words = texts.map((text, at) => ({ startMs: 0, endMs: 0, confidence: null, ...heard[sure[at] ?? -1], text }));
  for (const gap of gapsOf(isHeard)) {
    const times = alignUnits(texts.slice(gap.from, gap.to).map(spokenWeight), roomFor(gap, sure, heard));
    times.forEach(({ startMs, endMs }, index) => {
      const word = { startMs: Math.round(startMs), endMs: Math.round(endMs), confidence: null };
      words[gap.from + index] = { ...word, text: texts[gap.from + index] ?? "" };
    });
  }
  return { words, heardShare: isHeard.filter(Boolean).length / Math.max(1, texts.length) };
};
