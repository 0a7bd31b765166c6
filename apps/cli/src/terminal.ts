import pc from "picocolors";

const two = (value: number): string => String(value).padStart(2, "0");

/** `83500` as `1:23`; hours only where there are any. */
export const formatClock = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
};

/** Breaks text at spaces so that no line is longer than `width`, unless one word is. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
};

export type PromptRow = {
  position: number;
  startMs: number | null;
  endMs: number | null;
  content: string;
  negative: string | null;
};

const timesOf = ({ startMs, endMs }: PromptRow): string =>
  startMs === null || endMs === null ? "" : `${formatClock(startMs)}–${formatClock(endMs)}`;

/** The prompts as a table: number, times, words; wrapped to `width` columns. */
export const promptTable = (prompts: readonly PromptRow[], width: number): string => {
  const timesWidth = Math.max(0, ...prompts.map((prompt) => timesOf(prompt).length));
  const numberWidth = Math.max(2, String(prompts.length).length);
  const indent = numberWidth + (timesWidth > 0 ? timesWidth + 2 : 0) + 2;
  const blocks = prompts.map((prompt) => {
    const number = pc.bold(String(prompt.position + 1).padStart(numberWidth));
    const times = timesWidth > 0 ? `  ${pc.cyan(timesOf(prompt).padEnd(timesWidth))}` : "";
    const negative =
      prompt.negative === null ? [] : wrap(`not: ${prompt.negative}`, width - indent).map((line) => pc.dim(line));
    const lines = [...wrap(prompt.content, width - indent), ...negative];
    return `${number}${times}  ${lines.join(`\n${" ".repeat(indent)}`)}`;
  });
  return blocks.join("\n\n");
};
