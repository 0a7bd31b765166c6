import type { Chunk } from "./chunks.ts";
import type { Token } from "./reader.ts";

const ENDS = new Set(["comma", "stop", "quote", "conjunction"]);

const endsAt = (chunks: readonly Chunk[], index: number): boolean => {
  const kind = chunks[index]?.kind ?? "stop";
  // "a cloud that floats over vales and hills"
  const joinsNouns = chunks[index + 1]?.kind === "noun" && chunks[index + 2]?.kind !== "verb";
  return ENDS.has(kind) && !(kind === "conjunction" && joinsNouns);
};

const opensSimile = (tokens: readonly Token[], chunks: readonly Chunk[], index: number): boolean => {
  const part = chunks[index];
  if (part?.kind !== "preposition" && part?.kind !== "subordinator") return false;
  const before = chunks[index - 1];
  const word = tokens[part.start]?.lower;
  if (word === "like") return true;
  // "brighter than the moon", against "more than ten thousand corals"
  if (word === "than") return tokens[part.start + 1]?.tag !== "NUM";
  // "strong as iron bands", against "dressed as a king" and "as he walked"
  return word === "as" && part.kind === "preposition" && before?.kind === "other";
};

/** "like tired whales", "as iron bands": what something is likened to is not there and must not be drawn. */
export const withoutSimiles = (tokens: readonly Token[], chunks: readonly Chunk[]): Chunk[] => {
  const kept: Chunk[] = [];
  for (let index = 0; index < chunks.length; index += 1) {
    if (opensSimile(tokens, chunks, index)) {
      // "with the windows down and our hearts like silver": of the hearts only the likeness is told.
      if (kept.at(-1)?.kind === "noun" && kept.at(-2)?.kind === "conjunction") kept.splice(-2);
      while (index + 1 < chunks.length && !endsAt(chunks, index + 1)) index += 1;
    } else kept.push(chunks[index]!);
  }
  return kept;
};
