/** A stretch of a subtitle file, with the line (from 1) that its times are on. */
export type ParsedCue = { startMs: number; endMs: number; text: string; line: number };

/** What is wrong with a file, and on which line (from 1). */
export type LineFault = { line: number; message: string };

export type Parsed = { cues: ParsedCue[]; faults: LineFault[] };

/** Lines without their ends, whatever system wrote them; a byte order mark is skipped. */
export const linesOf = (content: string): string[] => content.replace(/^\uFEFF/u, "").split(/\r\n|\r|\n/u);

/** Words on one line, without characters that only machines see. */
export const cleanText = (text: string): string =>
  text
    .replaceAll(/\s+/gu, " ")
    // oxlint-disable-next-line no-control-regex -- they are what is taken out.
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]/gu, "")
    // Half of a pair, which no database stores.
    .replaceAll(/\p{Cs}/gu, "\uFFFD")
    .trim();
