/*
 * What a change of a transcript comes to, decided before anything is written; whoever writes holds the task's row lock.
 *
 * A segment's id is its place, 0..n-1 without gaps, so ids are those of the version that was read. Words of a segment whose
 * text or time was changed are laid over its time by their length: where they really are nobody knows any more.
 */
import { MAX_TRANSCRIPT_CHARACTERS, type SegmentChange } from "@phonoscene/contracts";

import type { StoredWord } from "./results.repo.ts";
import type { ItemFault } from "./task-changes.ts";

export type StoredSegment = {
  position: number;
  startMs: number | null;
  endMs: number | null;
  text: string;
  confidence: number | null;
  speaker: string | null;
  words: StoredWord[] | null;
};

/** The segments to store, in order, each with its earlier place, and with the change that made it, by its number. */
type Planned = StoredSegment & { change: number | null; before: number | null };

export type TranscriptPlan = { segments: StoredSegment[]; placeNow: ReadonlyMap<number, number> };

const fault = (change: number | null, field: string, message: string): { fault: ItemFault } => ({
  fault: { code: "request/invalid", path: change === null ? "segments" : `segments.${change}.${field}`, message },
});

/** A letter's share of the time; each word has one more for its pause. */
const layWords = (text: string, startMs: number, endMs: number): StoredWord[] => {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const weights = words.map((word) => word.length + 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let passed = 0;
  const moment = (): number => Math.round(startMs + ((endMs - startMs) * passed) / total);
  return words.map((word, index) => {
    const begin = moment();
    passed += weights[index] ?? 0;
    return { startMs: begin, endMs: moment(), text: word, confidence: null };
  });
};

const withWords = (segment: Planned, hasWords: boolean): Planned => {
  const { startMs, endMs, text } = segment;
  const words = hasWords && startMs !== null && endMs !== null ? layWords(text, startMs, endMs) : null;
  return { ...segment, words };
};

const changed = (segment: StoredSegment, change: SegmentChange, number: number): Planned => {
  const { text = segment.text, startMs = segment.startMs, endMs = segment.endMs } = change;
  const speaker = change.speaker === undefined ? segment.speaker : change.speaker;
  const hasOtherText = text !== segment.text;
  const isMoved = startMs !== segment.startMs || endMs !== segment.endMs;
  const confidence = hasOtherText ? null : segment.confidence;
  const next = { ...segment, text, startMs, endMs, speaker, confidence, change: number, before: segment.position };
  return hasOtherText || isMoved ? withWords(next, segment.words !== null) : next;
};

const added = (change: SegmentChange, number: number, hasWords: boolean): Planned => {
  const { text = "", startMs = null, endMs = null, speaker = null } = change;
  const words = null;
  return withWords(
    { position: 0, text, startMs, endMs, speaker, confidence: null, words, change: number, before: null },
    hasWords,
  );
};

const faultOfNames = (segments: readonly StoredSegment[], changes: readonly SegmentChange[]) => {
  const seen = new Set<number>();
  for (const [number, { id, afterId }] of changes.entries()) {
    const field = id === undefined ? "afterId" : "id";
    const named = id ?? afterId ?? null;
    if (named !== null && named >= segments.length) {
      return fault(number, field, `There is no segment ${named}: this transcript has 0 to ${segments.length - 1}`);
    }
    if (id !== undefined && seen.has(id)) return fault(number, "id", `Segment ${id} is named twice: change it once`);
    if (id !== undefined) seen.add(id);
  }
  return null;
};

const faultOfTimes = (segments: readonly Planned[], isTimed: boolean, durationMs: number | null) => {
  for (const [place, { startMs, endMs, change }] of segments.entries()) {
    const previous = segments[place - 1];
    if (!isTimed && (startMs !== null || endMs !== null)) {
      return fault(change, "startMs", "This transcript is of a text and has no times: leave them out");
    }
    if (isTimed && (startMs === null || endMs === null)) {
      return fault(
        change,
        startMs === null ? "startMs" : "endMs",
        "Say when it begins and ends: this transcript has times",
      );
    }
    if (startMs === null || endMs === null) continue;
    if (change !== null && endMs <= startMs) return fault(change, "endMs", "The segment ends before it has begun");
    if (change !== null && durationMs !== null && endMs > durationMs) {
      return fault(change, "endMs", `The recording ends at ${durationMs} ms`);
    }
    const culprit = change ?? previous?.change ?? null;
    if (culprit !== null && previous !== undefined && startMs < (previous.startMs ?? 0)) {
      const message = `Segments are in order of their times, and this one would begin at the wrong place: its neighbours begin at ${previous.startMs} and ${startMs} ms`;
      return fault(culprit, "startMs", message);
    }
  }
  return null;
};

const apply = (segments: readonly StoredSegment[], changes: readonly SegmentChange[]): Planned[] => {
  const numbered = changes.map((change, number) => ({ change, number }));
  const byId = new Map(numbered.flatMap((one) => (one.change.id === undefined ? [] : [[one.change.id, one] as const])));
  const hasWords = segments.some(({ words }) => words !== null);
  const addedBehind = (place: number | null): Planned[] =>
    numbered
      .filter(({ change }) => change.id === undefined && change.afterId === place)
      .map(({ change, number }) => added(change, number, hasWords));
  const kept = (segment: StoredSegment): Planned[] => {
    const found = byId.get(segment.position);
    if (found === undefined) return [{ ...segment, change: null, before: segment.position }];
    return found.change.delete === true ? [] : [changed(segment, found.change, found.number)];
  };
  return [...addedBehind(null), ...segments.flatMap((segment) => [...kept(segment), ...addedBehind(segment.position)])];
};

const charactersOf = (segments: readonly { text: string }[]): number =>
  segments.reduce((sum, { text }) => sum + text.length, 0);

/** The segments that the changes come to, or what is wrong with one of them. */
export const planTranscript = (
  current: { segments: readonly StoredSegment[]; durationMs: number | null },
  changes: readonly SegmentChange[],
): TranscriptPlan | { fault: ItemFault } => {
  const { segments, durationMs } = current;
  const wrongName = faultOfNames(segments, changes);
  if (wrongName !== null) return wrongName;
  const planned = apply(segments, changes);
  if (planned.length === 0) return fault(null, "", "A transcript has at least one segment");
  const isTimed = segments.some(({ startMs }) => startMs !== null);
  const wrongTime = faultOfTimes(planned, isTimed, durationMs);
  if (wrongTime !== null) return wrongTime;
  const characters = charactersOf(planned);
  if (characters > MAX_TRANSCRIPT_CHARACTERS && characters > charactersOf(segments)) {
    return fault(null, "", `A transcript has at most ${MAX_TRANSCRIPT_CHARACTERS} characters`);
  }
  return {
    segments: planned.map(({ change: _change, before: _before, ...segment }, position) => ({ ...segment, position })),
    placeNow: new Map(planned.flatMap(({ before }, place) => (before === null ? [] : [[before, place] as const]))),
  };
};
