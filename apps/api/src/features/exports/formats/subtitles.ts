import { subtitleClock } from "./clock.ts";
import { oneLine } from "./one-line.ts";

/** Words that are on the screen from `startMs` until `endMs`; a speaker where several are told apart. */
export type Cue = { startMs: number; endMs: number; text: string; speaker?: string | null | undefined };

/** Where the format has no place for a speaker: the line says it. */
export const spokenBy = ({ speaker, text }: Pick<Cue, "speaker" | "text">): string =>
  text === "" || (speaker ?? null) === null ? text : `${speaker}: ${text}`;

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
    const text = srtText(spokenBy(cue));
    if (text === "") continue;
    number += 1;
    const times = `${subtitleClock(cue.startMs, ",")} --> ${subtitleClock(endOf(cue), ",")}`;
    yield `${number}\n${times}\n${text}\n\n`;
  }
}

const vttText = (text: string): string =>
  oneLine(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A voice span; its annotation ends at `>`, which `vttText` writes otherwise. */
const vttVoice = ({ speaker = null }: Cue, text: string): string =>
  speaker === null ? text : `<v ${vttText(speaker)}>${text}</v>`;

/** WebVTT subtitles; cues without words are left out. */
export function* toVtt(cues: Iterable<Cue>): Generator<string> {
  yield "WEBVTT\n";
  for (const cue of cues) {
    const text = vttText(cue.text);
    if (text === "") continue;
    yield `\n${subtitleClock(cue.startMs, ".")} --> ${subtitleClock(endOf(cue), ".")}\n${vttVoice(cue, text)}\n`;
  }
}
