import type { Chunk, NounPhrase } from "./chunks.ts";
import type { Token } from "./reader.ts";

/** "a widow called Dagny Holm": who bears the name. */
export type Naming = { name: NounPhrase; role: NounPhrase };

const isCalling = (chunk: Chunk | undefined): boolean =>
  chunk?.kind === "verb" &&
  (chunk.lemma === "call" || chunk.lemma === "name") &&
  chunk.form === "either" &&
  !chunk.isSurelyFinite;

/** Takes "a widow called Dagny" as one phrase, the name, and notes what it says of her. */
export const mergeNamings = (
  tokens: readonly Token[],
  chunks: readonly Chunk[],
): { chunks: Chunk[]; namings: Naming[] } => {
  const merged: Chunk[] = [];
  const namings: Naming[] = [];
  for (let index = 0; index < chunks.length; index += 1) {
    const [role, verb, name] = [chunks[index], chunks[index + 1], chunks[index + 2]];
    const isNaming =
      role?.kind === "noun" &&
      !role.isPronoun &&
      isCalling(verb) &&
      name?.kind === "noun" &&
      tokens[name.head]?.tag === "PROPN";
    if (isNaming) {
      namings.push({ name, role });
      merged.push(name);
      index += 2;
    } else merged.push(chunks[index]!);
  }
  return { chunks: merged, namings };
};
