import {
  type GivenSegment,
  type GivenTranscript,
  MAX_TRANSCRIPT_CHARACTERS,
  MAX_TRANSCRIPT_MS,
  MAX_TRANSCRIPT_SEGMENTS,
  type Segment,
} from "@phonoscene/contracts";
import { AppError } from "@phonoscene/kernel";

import { cleanText, type LineFault, type Parsed, type ParsedCue } from "./cue.ts";
import { parseSubtitles } from "./parse-subtitles.ts";

/** A transcript as a task stores it; `language` may be `auto`. */
type TranscriptSource = { language: string; durationMs: number; segments: Omit<Segment, "id">[] };

const MAX_FAULTS = 20;

const limitFaults = ({ cues }: Parsed): LineFault[] => {
  const faults: LineFault[] = [];
  const late = cues.find(({ endMs }) => endMs > MAX_TRANSCRIPT_MS);
  if (late !== undefined) faults.push({ line: late.line, message: "A time is at most 10 hours" });
  const extra = cues[MAX_TRANSCRIPT_SEGMENTS];
  if (extra !== undefined) faults.push({ line: extra.line, message: `At most ${MAX_TRANSCRIPT_SEGMENTS} are taken` });
  if (cues.reduce((sum, { text }) => sum + text.length, 0) > MAX_TRANSCRIPT_CHARACTERS) {
    faults.push({ line: 1, message: `A transcript has at most ${MAX_TRANSCRIPT_CHARACTERS} characters` });
  }
  return faults;
};

/** @throws AppError "request/invalid" that names the lines. */
const readFile = (content: string, format: NonNullable<GivenTranscript["format"]>): ParsedCue[] => {
  const parsed = parseSubtitles(content, format);
  const faults = [...parsed.faults, ...limitFaults(parsed)].slice(0, MAX_FAULTS);
  if (faults.length === 0) return parsed.cues;
  const errors = faults.map(({ line, message }) => ({
    path: "body.transcript.content",
    code: "invalid_line",
    message: `Line ${line}: ${message}`,
  }));
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new AppError("request/invalid", { detail, errors });
};

const readSegments = ({ segments = [], text, format, content }: GivenTranscript): GivenSegment[] => {
  if (text !== undefined) return [{ text }];
  return format === undefined || content === undefined ? segments : readFile(content, format);
};

/** The words of a transcript that comes with its recording. @throws as `readGivenTranscript`. */
export const readGivenWords = (given: GivenTranscript): { text: string }[] =>
  readSegments(given)
    .map(({ text }) => ({ text: cleanText(text) }))
    .filter(({ text }) => text !== "");

/**
 * Reads the transcript of a request into segments: whitespace is made one space, and a cue of no length gets a millisecond.
 * @throws AppError "request/invalid" that names the lines of a file which cannot be read.
 */
export const readGivenTranscript = (given: GivenTranscript, taskLanguage: string): TranscriptSource => {
  // The contract takes none without times here.
  const cues = readSegments(given).map(({ startMs = 0, endMs = 0, text }) => ({ startMs, endMs, text }));
  return {
    language: given.language ?? taskLanguage,
    durationMs: cues.reduce((last, { endMs }) => Math.max(last, endMs), 0),
    segments: cues.map(({ startMs, endMs, text }) => ({
      startMs,
      endMs: Math.max(endMs, startMs + 1),
      text: cleanText(text),
      confidence: null,
    })),
  };
};
