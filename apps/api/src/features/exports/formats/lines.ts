import { oneLine } from "./one-line.ts";

/** One line each; what is empty is left out. */
export function* toLines(texts: Iterable<string>): Generator<string> {
  for (const text of texts) {
    const line = oneLine(text);
    if (line !== "") yield `${line}\n`;
  }
}
