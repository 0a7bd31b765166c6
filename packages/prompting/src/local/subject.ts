import type { Slot } from "@phonoscene/contracts";

import { genderOf, isPlural, nounKind } from "../english/words.ts";
import { EXPRESSIONS, GESTURES, QUIET_IMAGES, SYMBOLS } from "../lexicons/symbols.data.ts";
import type { Action } from "./actions.ts";
import { countWords } from "./phrases.ts";
import type { SceneReading, Thing } from "./scene-reading.ts";

const MIN_SCORE = 4;
/** Good enough where nothing better is: "the air is pure". */
const WEAK_SCORE = 2;
const MAX_WORDS = 32;
/** With each act less room is left: a fourth only where all stay short. */
const MAX_WORDS_OF = [MAX_WORDS, MAX_WORDS, MAX_WORDS, 20] as const;

const phrase = (action: Action): string => [action.subject, action.predicate].filter((part) => part !== "").join(" ");

/** Nothing to add to another act. */
const EMPTY_ACTS =
  /^(?:dwelling|living|walking|going|coming|standing|waking up|speaking|stopping|muttering|breaking)$/u;

const pick = (all: readonly Action[]): Action[] => {
  const strong = all.filter(({ score }) => score >= MIN_SCORE);
  const weak = all.filter(({ score, subject }) => score >= WEAK_SCORE && subject !== "").slice(0, 1);
  const actions = strong.length > 0 ? strong : weak;
  const chosen: Action[] = [];
  const said = new Set<string>();
  let words = 0;
  for (const action of actions.toSorted((a, b) => b.score - a.score || a.order - b.order)) {
    const size = countWords(phrase(action));
    // "running down the river", and then no more than "running"
    const isNew = ![...said].some((told) => told === action.predicate || told.startsWith(`${action.predicate} `));
    const limit = MAX_WORDS_OF[chosen.length] ?? 0;
    if (!isNew || (chosen.length > 0 && words + size > limit)) continue;
    chosen.push(action);
    said.add(action.predicate);
    words += size;
  }
  const telling = chosen.filter(({ predicate }) => !EMPTY_ACTS.test(predicate));
  return (telling.length > 0 ? telling : chosen).toSorted((a, b) => a.order - b.order);
};

/** "carrying the girl upstairs and laying her beside the stove": what was just named is not named again. */
const backToPronouns = (said: string, predicate: string): string =>
  predicate.replace(/(?<=^\p{L}+(?: \p{L}+)? )the (\p{L}+)(?=$| \p{L}+)/u, (whole, noun: string) => {
    if (!new RegExp(`\\b${noun}\\b`, "u").test(said)) return whole;
    const gender = genderOf(noun);
    if (gender !== "unknown") return gender === "male" ? "him" : "her";
    return isPlural(noun) ? "them" : "it";
  });

/** What stands between one act of `subject` and the next. */
const join = (text: string, { subject, predicate }: Action): string => {
  if (predicate.startsWith("with ")) return " ";
  return text.replace(subject, "").includes(" and ") ? ", then " : " and ";
};

/** "dreaming of a garden", then "dreaming of a face": once more of the same. */
const moreOfTheSame = (before: string, predicate: string): string => {
  const act = /^\p{L}+ing (?:of|for|at|to|with|in) (?=\p{L})/u.exec(predicate)?.[0] ?? "";
  return act !== "" && before.startsWith(act) ? ` and ${predicate.slice(act.length)}` : "";
};

/** One subject's acts are joined by "and"; another subject begins a new clause. */
const compose = (actions: readonly Action[]): string => {
  let text = "";
  let lastKey = "";
  const introduced = new Set<string>();
  actions.forEach((action, index) => {
    const isSame = index > 0 && action.subjectKey === lastKey;
    const more = isSame ? moreOfTheSame(actions[index - 1]?.predicate ?? "", action.predicate) : "";
    if (more !== "") text += more;
    // "watching a host of daffodils dancing in the breeze"
    else if (index > 0 && action.subject !== "" && text.endsWith(` ${action.subject}`)) text += ` ${action.predicate}`;
    else if (isSame) text += `${join(text, action)}${backToPronouns(text, action.predicate)}`;
    else {
      const known = introduced.has(action.subjectKey)
        ? action.subject
            .replace(/^.* and .*$/u, "the two")
            .replace(/ named .*$/u, "")
            .replace(/^an? (?:.* )?(\S+)$/u, "the $1")
        : action.subject;
      text += `${index === 0 ? "" : ", "}${[known, action.predicate].filter((part) => part !== "").join(" ")}`;
    }
    introduced.add(action.subjectKey);
    lastKey = action.subjectKey;
  });
  return text;
};

const THIN_WORDS = 5;

/** Up to two things of the scene that the subject has not named. */
const besides = (things: readonly Thing[], said: string): string => {
  const spoken = said.toLowerCase();
  const seen = new Set<string>();
  return things
    .filter(
      ({ lemma, isPerson }) =>
        !isPerson && nounKind(lemma) !== "body" && !spoken.includes(lemma) && !seen.has(lemma) && seen.add(lemma),
    )
    .slice(0, 2)
    .map(({ introduced }) => introduced)
    .join(" and ");
};

const stillLife = (things: readonly Thing[]): string => {
  const seen = new Set<string>();
  const named = things
    .filter(({ lemma }) => !seen.has(lemma) && seen.add(lemma))
    .toSorted((a, b) => b.weight - a.weight);
  const kept = new Set(named.slice(0, 3));
  const words = things.filter((thing) => kept.has(thing)).map(({ introduced }) => introduced);
  if (words.length <= 1) return words[0] ?? "";
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
};

const WEAK_IDEAS = new Set([
  "time",
  "way",
  "day",
  "world",
  "moment",
  "work",
  "change",
  "reason",
  "life",
  "word",
  "past",
]);

/** Somebody of the scene who does nothing that can be seen: shown all the same, as they feel. */
const portrait = ({ figures, ideas }: SceneReading): string => {
  const [figure] = figures;
  if (figure === undefined) return "";
  const [expression] = ideas.flatMap((idea) => (Object.hasOwn(EXPRESSIONS, idea) ? [EXPRESSIONS[idea] ?? ""] : []));
  return `${figure} ${expression ?? "standing still"}`;
};

const symbolsOf = (ideas: readonly string[]): string[] =>
  [...new Set(ideas)]
    .toSorted((a, b) => Number(WEAK_IDEAS.has(a)) - Number(WEAK_IDEAS.has(b)))
    .flatMap((idea) => (Object.hasOwn(SYMBOLS, idea) ? [SYMBOLS[idea] ?? ""] : []));

/** What somebody does of whom a scene only speaks. */
const POSES = [
  "pausing for a moment",
  "seen from behind",
  "looking into the distance",
  "in close-up",
  "standing apart",
  "turning round",
] as const;

const MAX_GESTURE_WORDS = 3;

/** What a scene is left with when its words name nothing to see. */
export type Fallback = { lastFigure: string; speaks: boolean; words: readonly string[]; sceneIndex: number };

/**
 * Says who does what. Symbols stand for ideas only where nobody acts: a person in the scene is always the better
 * picture.
 */
export const writeSubject = (reading: SceneReading, fallback: Fallback): Omit<Slot, "name"> => {
  const gesture =
    fallback.words.length > MAX_GESTURE_WORDS
      ? undefined
      : fallback.words.find((word) => Object.hasOwn(GESTURES, word));
  if (gesture !== undefined) return { value: GESTURES[gesture] ?? gesture, origin: "inferred" };
  const chosen = pick(reading.actions);
  const symbols = symbolsOf(reading.ideas);
  const hasActor = chosen.some((action) => action.hasActor);
  if (chosen.length > 0) {
    const told = compose(chosen);
    const around = countWords(told) < THIN_WORDS ? besides(reading.things, told) : "";
    if (around !== "") return { value: `${told}, ${around} nearby`, origin: "text" };
    const isThin = !hasActor && countWords(told) < THIN_WORDS;
    return { value: isThin && symbols[0] !== undefined ? `${told}, ${symbols[0]}` : told, origin: "text" };
  }
  const figure = portrait(reading);
  if (figure !== "") {
    const around = besides(reading.things, figure);
    return { value: around === "" ? figure : `${figure}, ${around} nearby`, origin: "text" };
  }
  const things = stillLife(reading.things);
  if (things !== "") {
    if (countWords(things) >= 7) return { value: things, origin: "text" };
    const isAlone = !things.includes(" and ");
    if (isAlone && symbols[0] !== undefined) return { value: `${things}, ${symbols[0]}`, origin: "text" };
    return { value: countWords(things) < 4 ? `a close view of ${things}` : things, origin: "text" };
  }
  if (symbols[0] !== undefined) return { value: symbols.slice(0, 2).join(", "), origin: "inferred" };
  if (fallback.lastFigure !== "") {
    const pose = POSES[fallback.sceneIndex % POSES.length] ?? POSES[0];
    return { value: `${fallback.lastFigure} ${pose}`, origin: "carried" };
  }
  const quiet = QUIET_IMAGES[fallback.sceneIndex % QUIET_IMAGES.length] ?? QUIET_IMAGES[0];
  return { value: fallback.speaks ? "a speaker addressing a listening audience" : quiet, origin: "inferred" };
};
