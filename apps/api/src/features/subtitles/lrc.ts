import { MINUTE, SECOND } from "@phonoscene/kernel";

import { cleanText, linesOf, type LineFault, type Parsed, type ParsedCue } from "./cue.ts";

/** How long the last line is taken to last, as nothing says so. */
const LAST_LINE_MS = 4 * SECOND;

const TIME_TAG = /^\s*\[(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?\]/u;
const METADATA = /^\s*\[([a-z#][\w ]*):(.*)\]\s*$/iu;
/** `<00:12.34>` before a word: the enhanced format. */
const WORD_TAG = /<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>/gu;

type TimedLine = { startMs: number; text: string; line: number };

/** Takes the time tags off the line's start. */
const readTags = (line: string): { startsMs: number[]; rest: string; isValid: boolean } => {
  const startsMs: number[] = [];
  let rest = line;
  let isValid = true;
  for (let match = TIME_TAG.exec(rest); match !== null; match = TIME_TAG.exec(rest)) {
    const [tag, minutes, seconds, fraction = ""] = match;
    if (Number(seconds) > 59) isValid = false;
    startsMs.push(Number(minutes) * MINUTE + Number(seconds) * SECOND + Number(fraction.padEnd(3, "0")));
    rest = rest.slice(tag.length);
  }
  return { startsMs, rest, isValid };
};

const readLines = (lines: readonly string[]) => {
  const timed: TimedLine[] = [];
  const faults: LineFault[] = [];
  let offsetMs = 0;
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    const { startsMs, rest, isValid } = readTags(text);
    const [, tag, value = ""] = METADATA.exec(text) ?? [];
    if (!isValid) faults.push({ line, message: "A time tag has at most 59 seconds" });
    else if (startsMs.length > 0) {
      const words = cleanText(rest.replaceAll(WORD_TAG, ""));
      for (const startMs of startsMs) timed.push({ startMs, text: words, line });
    } else if (tag?.toLowerCase() === "offset") {
      if (/^\s*[+-]?\d{1,8}\s*$/u.test(value)) offsetMs = Number(value);
      else faults.push({ line, message: "The offset is a whole number of milliseconds, such as [offset:+500]" });
    } else if (tag === undefined && text.trim() !== "") {
      faults.push({ line, message: "This line has no time; write it as [00:12.34]words" });
    }
  }
  return { timed, faults, offsetMs };
};

/** Each lasts until the next later one; those that start together end together. */
const withEnds = (sorted: readonly TimedLine[]): ParsedCue[] => {
  const cues: ParsedCue[] = [];
  let later: number | null = null;
  let current: number | null = null;
  for (const entry of sorted.toReversed()) {
    if (entry.startMs !== current) {
      later = current;
      current = entry.startMs;
    }
    cues.push({ ...entry, endMs: later ?? entry.startMs + LAST_LINE_MS });
  }
  return cues.toReversed();
};

/**
 * LRC lyrics: several time tags a line, metadata, offset (positive: the words come sooner). A line lasts until the next
 * one starts, an empty line ends the one before, and the last one lasts four seconds.
 */
export const parseLrc = (content: string): Parsed => {
  const { timed, faults, offsetMs } = readLines(linesOf(content));
  const sorted = timed
    .map((entry) => ({ ...entry, startMs: Math.max(0, entry.startMs - offsetMs) }))
    .toSorted((one, other) => one.startMs - other.startMs);
  return { cues: withEnds(sorted), faults };
};
