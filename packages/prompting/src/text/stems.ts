/** Stems of one first letter, longest first. */
export type Stems = ReadonlyMap<string, readonly (readonly [stem: string, english: string])[]>;

const MAX_ENDING_CHARS = 4;

/** Reads a `stem:english|stem:english` table. */
export const readStems = (table: string): Stems => {
  const stems = new Map<string, [string, string][]>();
  for (const entry of table.split("|")) {
    const [stem = "", english = ""] = entry.split(":");
    if (stem === "" || english === "") continue;
    const letter = stem[0] ?? "";
    stems.set(letter, [...(stems.get(letter) ?? []), [stem, english]]);
  }
  for (const list of stems.values()) list.sort((a, b) => b[0].length - a[0].length);
  return stems;
};

/** The English of the longest stem that the word begins with; short stems allow only short endings. */
export const matchStem = (stems: Stems, word: string): string | null => {
  const found = (stems.get(word[0] ?? "") ?? []).find(([stem]) => {
    const ending = word.length - stem.length;
    return word.startsWith(stem) && ending >= 0 && ending <= Math.min(MAX_ENDING_CHARS, stem.length);
  });
  return found?.[1] ?? null;
};
