import { HOUR, MINUTE, SECOND } from "@phonoscene/kernel";

import { cleanText, linesOf, type LineFault, type Parsed, type ParsedCue } from "./cue.ts";

/** `[hours:]minutes:seconds`, then a comma or a dot and up to three digits. */
const CLOCK = String.raw`(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[,.](\d{1,3}))?`;
const TIMES = new RegExp(String.raw`^\s*${CLOCK}\s*-->\s*${CLOCK}(?:\s.*)?$`, "u");

const toMs = (hours = "0", minutes = "0", rest: { seconds: string; fraction: string }): number =>
  Number(hours) * HOUR +
  Number(minutes) * MINUTE +
  Number(rest.seconds) * SECOND +
  Number(rest.fraction.padEnd(3, "0"));

const readTimes = (line: string): { startMs: number; endMs: number } | null => {
  const match = TIMES.exec(line);
  if (match === null) return null;
  const [, hours, minutes, seconds = "0", fraction = "", toHours, toMinutes, toSeconds = "0", toFraction = ""] = match;
  if ([minutes, seconds, toMinutes, toSeconds].some((part) => Number(part) > 59)) return null;
  const startMs = toMs(hours, minutes, { seconds, fraction });
  return { startMs, endMs: toMs(toHours, toMinutes, { seconds: toSeconds, fraction: toFraction }) };
};

type Block = { lines: string[]; line: number };

/** Stretches of lines between blank ones. */
const blocksOf = (lines: readonly string[]): Block[] => {
  const blocks: Block[] = [];
  let block: Block | null = null;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") block = null;
    else if (block === null) blocks.push((block = { lines: [line], line: index + 1 }));
    else block.lines.push(line);
  }
  return blocks;
};

/** Tags of the words' look (`<i>`, `<c.loud>`, `<00:01.000>`, `{\an8}`), and what our own writer broke up. */
const stripSrt = (text: string): string =>
  text
    .replaceAll(/<\/?(?:[bius]|font)(?:\s[^<>]*)?>/giu, "")
    .replaceAll(/\{\\[^{}]*\}/gu, "")
    .replaceAll(/(--|<|\{)\u2060/gu, "$1");

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&nbsp;": " ",
  "&lrm;": "\u200e",
  "&rlm;": "\u200f",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};

const stripVtt = (text: string): string =>
  text
    .replaceAll(/<[^<>]*>/gu, "")
    .replaceAll(/&(?:lt|gt|nbsp|lrm|rlm|quot|#39|amp);/gu, (entity) => ENTITIES[entity] ?? entity);

const BAD_TIMES = "These are no times; write them as 00:00:01,000 --> 00:00:02,500";

/** Every line with times starts a cue, so that a missing blank line costs nothing; a number right before it is its index. */
const readBlock = (block: Block, strip: (text: string) => string): Parsed => {
  const cues: ParsedCue[] = [];
  const faults: LineFault[] = [];
  for (const [index, text] of block.lines.entries()) {
    const line = block.line + index;
    const times = readTimes(text);
    const isIndex = /^\s*\d+\s*$/u.test(text) && readTimes(block.lines[index + 1] ?? "") !== null;
    const cue = cues.at(-1);
    if (times !== null) cues.push({ ...times, text: "", line });
    else if (/^[\s\d:.,]*-->/u.test(text)) faults.push({ line, message: BAD_TIMES });
    else if (cue !== undefined && !isIndex) cue.text += ` ${text}`;
    else if (cue === undefined && index === 1) faults.push({ line, message: BAD_TIMES });
  }
  if (cues.length === 0 && faults.length === 0) faults.push({ line: block.line, message: BAD_TIMES });
  return { cues: cues.map((cue) => ({ ...cue, text: cleanText(strip(cue.text)) })), faults };
};

const readBlocks = (blocks: readonly Block[], strip: (text: string) => string): Parsed => {
  const parsed = blocks.map((block) => readBlock(block, strip));
  return { cues: parsed.flatMap(({ cues }) => cues), faults: parsed.flatMap(({ faults }) => faults) };
};

/** SubRip: with or without indices, with commas or dots, with any line ends. */
export const parseSrt = (content: string): Parsed => readBlocks(blocksOf(linesOf(content)), stripSrt);

/** WebVTT: identifiers, settings, tags, notes, styles and regions are skipped. */
export const parseVtt = (content: string): Parsed => {
  const lines = linesOf(content);
  if (!/^WEBVTT(?:\s|$)/u.test(lines[0] ?? "")) {
    return { cues: [], faults: [{ line: 1, message: "A WebVTT file starts with the word WEBVTT" }] };
  }
  const [, ...blocks] = blocksOf(lines);
  return readBlocks(
    blocks.filter((block) => !/^(?:NOTE|STYLE|REGION)(?:\s|$)/u.test(block.lines[0] ?? "")),
    stripVtt,
  );
};
