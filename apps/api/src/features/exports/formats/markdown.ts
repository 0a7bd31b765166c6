import type { Prompt, Storyboard } from "@phonoscene/contracts";

import { shortClock } from "./clock.ts";
import { oneLine } from "./one-line.ts";

/** Every ASCII mark that CommonMark may read as markup is escaped, so words stay words. */
const escapeMarkdown = (text: string): string => oneLine(text).replaceAll(/[\\`*_{}[\]()#+\-.!|<>~&$^:=@]/gu, "\\$&");

/** A block for copying: nothing in it is markup, and its fence is longer than any run of backticks inside. */
const codeBlock = (text: string): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}\n`;
};

const timesOf = ({ startMs, endMs }: Prompt): string =>
  startMs === null || endMs === null ? "" : `, ${shortClock(startMs)}–${shortClock(endMs)}`;

/** A document for people: each prompt under its number and times, with the words it illustrates. */
export function* toMarkdown({ name, target, prompts }: Storyboard): Generator<string> {
  yield `# ${name === null ? "Storyboard" : escapeMarkdown(name)}\n\nWritten for ${target}.\n`;
  for (const prompt of prompts) {
    yield `\n## Prompt ${prompt.position + 1}${timesOf(prompt)}\n\n> ${escapeMarkdown(prompt.excerpt)}\n\n`;
    yield codeBlock(prompt.content);
    if (prompt.negative !== null) yield `\nNegative:\n\n${codeBlock(prompt.negative)}`;
  }
}
