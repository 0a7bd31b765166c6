/** Places where a description may end, from the last: before a clause, then before a preposition. */
const CUTS = [
  /^(.*),\s[^,]*$/su,
  /^(.*)\sand\s.*$/su,
  /^(.+\s.+)\s(?:with|at|on|in|from|through|into|towards?|above|under|over|beside|near|of|for|to|by|past|against)\s.*$/su,
];

/** Takes the last clause or phrase off; the words themselves where there is none. Null where one word is left. */
export const shorten = (text: string): string | null => {
  for (const cut of CUTS) {
    const shorter = cut.exec(text)?.[1]?.replace(/[,\s]+$/u, "");
    if (shorter !== undefined && shorter !== "" && shorter.split(" ").length >= 3) return shorter;
  }
  const words = text.split(/\s+/u);
  return words.length <= 1
    ? null
    : words
        .slice(0, -1)
        .join(" ")
        .replace(/(?:,|\s(?:and|the|a|an|of|with|in|on))+$/u, "");
};
