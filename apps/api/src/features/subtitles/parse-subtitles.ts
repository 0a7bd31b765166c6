import type { SubtitleFormat } from "@phonoscene/contracts";

import type { LineFault, Parsed } from "./cue.ts";
import { parseLrc } from "./lrc.ts";
import { parseSrt, parseVtt } from "./timed-blocks.ts";

const PARSERS: Record<SubtitleFormat, (content: string) => Parsed> = { srt: parseSrt, vtt: parseVtt, lrc: parseLrc };

/** Cues without words are dropped; what is wrong with the times is told with its line, and so is a file without words. */
export const parseSubtitles = (content: string, format: SubtitleFormat): Parsed => {
  const { cues, faults: found } = PARSERS[format](content);
  const faults: LineFault[] = [...found];
  for (const [index, { startMs, endMs, line }] of cues.entries()) {
    const previous = cues[index - 1];
    if (previous !== undefined && startMs < previous.startMs) {
      faults.push({ line, message: `This starts before the one on line ${previous.line}: sort them by their times` });
    }
    if (endMs < startMs) faults.push({ line, message: "This ends before it starts" });
  }
  const spoken = cues.filter(({ text }) => text !== "");
  if (spoken.length === 0 && faults.length === 0)
    faults.push({ line: 1, message: `There are no words in this ${format} file` });
  return { cues: spoken, faults };
};
