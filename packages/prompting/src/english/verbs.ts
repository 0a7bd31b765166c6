import {
  DOUBLING_VERBS,
  INVERTING_VERBS,
  INVISIBLE_VERBS,
  IRREGULAR_VERBS,
  OBJECT_VERBS,
  PASSIVE_VERBS,
  SPEECH_VERBS,
  VISIBLE_VERBS,
} from "../lexicons/verbs.data.ts";
import { TRANSITIVE_VERBS, VERB_SENSES } from "../lexicons/word-senses.data.ts";
import { words } from "./words.ts";

/** `either` is a form that is both the past and the participle: "covered". */
export type VerbForm = { lemma: string; form: "base" | "third" | "past" | "participle" | "either" | "gerund" };

const classes = new Map<string, string>(
  Object.entries(VERB_SENSES).flatMap(([name, list]) => words(list).map((verb) => [verb, name] as const)),
);
const doubling = new Set(words(DOUBLING_VERBS));
const visible = new Set(words(VISIBLE_VERBS));
const invisible = new Set(words(INVISIBLE_VERBS));
const inverting = new Set(words(INVERTING_VERBS));
const speech = new Set(words(SPEECH_VERBS));
const passive = new Set(words(PASSIVE_VERBS));
const needsObject = new Set([...words(TRANSITIVE_VERBS), ...words(OBJECT_VERBS)]);

const irregular = new Map<string, VerbForm>();
const participles = new Map<string, string>();
for (const entry of IRREGULAR_VERBS.split("|")) {
  const [lemma = "", past = "", participle = ""] = entry.split(" ");
  classes.set(lemma, classes.get(lemma) ?? "other");
  participles.set(lemma, participle.split("/")[0] ?? participle);
  for (const form of past.split("/")) if (form !== lemma) irregular.set(form, { lemma, form: "past" });
  for (const form of participle.split("/")) {
    if (form === lemma) continue;
    irregular.set(form, { lemma, form: irregular.get(form)?.lemma === lemma ? "either" : "participle" });
  }
}

const isShortStem = (lemma: string): boolean =>
  /^[^aeiou]*[aeiou][bdgklmnprtvz]$/u.test(lemma) || /^[^aeiou]*qu[aeiou][bdgmnprt]$/u.test(lemma);
const doubles = (lemma: string): boolean => doubling.has(lemma) || isShortStem(lemma);

/** The -ing form: rowing, lying, running, mimicking. */
export const gerund = (lemma: string): string => {
  if (lemma.endsWith("ie")) return `${lemma.slice(0, -2)}ying`;
  if (/[^aeiou]ic$/u.test(lemma)) return `${lemma}king`;
  if (lemma.endsWith("e") && !/(?:ee|oe|ye|^be|inge)$/u.test(lemma)) return `${lemma.slice(0, -1)}ing`;
  if (lemma === "singe" || lemma === "swinge" || lemma === "tinge") return `${lemma}ing`;
  if (lemma.endsWith("inge")) return `${lemma.slice(0, -1)}ing`;
  return doubles(lemma) ? `${lemma}${lemma.at(-1) ?? ""}ing` : `${lemma}ing`;
};

const regularPast = (lemma: string): string => {
  if (lemma.endsWith("e")) return `${lemma}d`;
  if (/[^aeiou]y$/u.test(lemma)) return `${lemma.slice(0, -1)}ied`;
  if (/[^aeiou]ic$/u.test(lemma)) return `${lemma}ked`;
  return doubles(lemma) ? `${lemma}${lemma.at(-1) ?? ""}ed` : `${lemma}ed`;
};

/** The past participle: covered, thrown. */
export const pastParticiple = (lemma: string): string => participles.get(lemma) ?? regularPast(lemma);

const undouble = (stem: string): string[] => (/([bdgklmnprtvz])\1$/u.test(stem) ? [stem.slice(0, -1), stem] : [stem]);

const firstKnown = (lemmas: string[], matches: (lemma: string) => boolean): string | undefined =>
  lemmas.find((lemma) => classes.has(lemma) && matches(lemma));

/** Reads a surface form as a verb; null when no verb of the dictionary has it. */
export const verbForm = (word: string): VerbForm | null => {
  const known = irregular.get(word);
  if (known !== undefined) return known;
  if (word.endsWith("ing") && word.length > 4) {
    const stem = word.slice(0, -3);
    const lemma = firstKnown(
      [...undouble(stem), `${stem}e`, stem.endsWith("y") ? `${stem.slice(0, -1)}ie` : stem],
      (candidate) => gerund(candidate) === word,
    );
    if (lemma !== undefined) return { lemma, form: "gerund" };
  }
  if (word.endsWith("ed") && word.length > 3) {
    const stem = word.slice(0, -2);
    const lemma = firstKnown([...undouble(stem), `${stem}e`, stem.replace(/i$/u, "y")], (candidate) => {
      return regularPast(candidate) === word;
    });
    if (lemma !== undefined) return { lemma, form: "either" };
  }
  if (word.endsWith("s") && !word.endsWith("ss")) {
    const lemma = firstKnown(
      [word.slice(0, -1), word.replace(/ies$/u, "y"), word.replace(/es$/u, "")],
      (candidate) => candidate !== word,
    );
    if (lemma !== undefined) return { lemma, form: "third" };
  }
  return classes.has(word) ? { lemma: word, form: "base" } : null;
};

const SEEN_CLASSES = new Set(words("motion contact body consumption creation competition weather"));

/** How well a picture shows the act: 3 plainly, 1 somehow, 0 not at all. */
export const visibility = (compound: string): 0 | 1 | 2 | 3 => {
  // "spring-clean" is seen as well as "clean".
  const lemma = compound.slice(compound.lastIndexOf("-") + 1);
  if (invisible.has(lemma)) return 0;
  if (visible.has(lemma)) return 3;
  const verbClass = classes.get(lemma) ?? "";
  if (SEEN_CLASSES.has(verbClass)) return 2;
  return verbClass === "perception" || verbClass === "change" || verbClass === "social" ? 1 : 0;
};

export const isInverting = (lemma: string): boolean => inverting.has(lemma);
export const isSpeech = (lemma: string): boolean => speech.has(lemma);
export const mustHaveObject = (lemma: string): boolean => needsObject.has(lemma);
const ACTOR_CLASSES = new Set(words("body consumption social perception speech cognition emotion"));
const FREE_OF_ACTORS = new Set(
  words(
    "shine glow gleam show appear burn flicker ring sound echo sleep smell taste sparkle glitter blow roar howl rustle",
  ),
);

const ACTOR_VERBS = new Set(words("sit kneel dance dine chase gather"));

/** Done by people and animals only: a coat does not gaze. */
export const needsActor = (lemma: string): boolean =>
  ACTOR_VERBS.has(lemma) || (ACTOR_CLASSES.has(classes.get(lemma) ?? "") && !FREE_OF_ACTORS.has(lemma));

const LIGHT_VERBS = new Set(words("take make use bring give keep hold put find set draw follow pay"));

/** Means what its object means: "taking care" shows nothing, "taking a rope" does. */
export const isLight = (lemma: string): boolean => LIGHT_VERBS.has(lemma);

/** Reads as done to its subject where nothing else is its object. */
export const isReadAsPassive = (lemma: string): boolean => passive.has(lemma);
export const isThought = (lemma: string): boolean =>
  speech.has(lemma) || classes.get(lemma) === "cognition" || lemma === "know" || lemma === "think" || lemma === "see";
