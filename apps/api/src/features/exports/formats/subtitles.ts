import { subtitleClock } from "./clock.ts";
import { oneLine } from "./one-line.ts";

/** Words that are on the screen from `startMs` until `endMs`. */
export type Cue = { startMs: number; endMs: number; text: string };

/** Zero wide, so invisible; our own parser takes it out again. */
const WORD_JOINER = "\u2060";

/** Players take such a cue for a fault: one that has no length gets a millisecond. */
const endOf = ({ startMs, endMs }: Cue): number => Math.max(endMs, startMs + 1);

/** SRT has no way to escape: what would be an arrow, a tag or a style is broken up invisibly. */
const srtText = (text: string): string =>
  oneLine(text)
    .replaceAll("-->", `--${WORD_JOINER}>`)
    .replaceAll(/<(?=\/?(?:[bius]|font)\b)/giu, `<${WORD_JOINER}`)
    .replaceAll("{\\", `{${WORD_JOINER}\\`);

/** SubRip subtitles; cues without words are left out. */
export function* toSrt(cues: Iterable<Cue>): Generator<string> {
  let number = 0;
  for (const cue of cues) {
    const text = srtText(cue.text);
    if (text === "") continue;
    number += 1;
    yield `${number}\n${subtitleClock(cue.startMs, ",")} --> ${subtitleClock(endOf(cue), ",")}\n${text}\n\n`;
  }
}

const vttText = (text: string): string =>
  oneLine(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** WebVTT subtitles; cues without words are left out. */
export function* toVtt(cues: Iterable<Cue>): Generator<string> {
  yield "WEBVTT\n";
  for (const cue of cues) {
    const text = vttText(cue.text);
    if (text === "") continue;
    yield `\n${subtitleClock(cue.startMs, ".")} --> ${subtitleClock(endOf(cue), ".")}\n${text}\n`;
  }
}
