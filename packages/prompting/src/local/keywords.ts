import type { Slot } from "@phonoscene/contracts";

import { singular } from "../english/words.ts";
import { MOODS, NEUTRAL_MOOD, type Mood } from "../lexicons/moods.data.ts";
import type { SceneDraft } from "../port.ts";
import type { Thing } from "./scene-reading.ts";

const KEYWORD_COUNT = 5;
/** At least this many of the five say how it looks, not what is there. */
const ATMOSPHERE_COUNT = 1;

export const moodOf = (scene: SceneDraft): Mood =>
  scene.mood !== null && Object.hasOwn(MOODS, scene.mood) ? (MOODS[scene.mood] ?? NEUTRAL_MOOD) : NEUTRAL_MOOD;

const wordSet = (text: string): Set<string> =>
  new Set((text.toLowerCase().match(/\p{L}[\p{L}-]*/gu) ?? []).flatMap((word) => [word, singular(word)]));

/** The scene's things that the subject has not named yet: the fullest names first, then in the text's order. */
const leftOver = (things: readonly Thing[], subject: string): string[] => {
  const said = wordSet(subject);
  const chosen: Thing[] = [];
  for (const thing of things.toSorted((a, b) => Number(a.isPerson) - Number(b.isPerson) || b.weight - a.weight)) {
    if (said.has(thing.lemma) || thing.words === "") continue;
    for (const word of wordSet(thing.words)) said.add(word);
    chosen.push(thing);
  }
  const kept = new Set(chosen.slice(0, KEYWORD_COUNT - ATMOSPHERE_COUNT));
  return things.filter((thing) => kept.has(thing)).map(({ words }) => words);
};

const isSaid = (word: string, subject: string): boolean => wordSet(subject).has(word.split(" ").at(-1) ?? "");

/** Five keywords: things of the scene first, then weather, place and mood. */
export const writeKeywords = (scene: SceneDraft, things: readonly Thing[], subject: string): Omit<Slot, "name"> => {
  const fromText = leftOver(things, subject);
  const place = scene.place ?? null;
  const setting = [
    scene.weather ?? null,
    place === null || fromText.some((words) => words.toLowerCase().includes(place.toLowerCase())) ? null : place,
  ].filter(
    (word): word is string => word !== null && !isSaid(word, subject) && !fromText.some((words) => isSaid(word, words)),
  );
  const { keywords } = moodOf(scene);
  // Each scene begins elsewhere in the mood's list, so that a set does not repeat itself.
  const turn = scene.index % keywords.length;
  const atmosphere = [...keywords.slice(turn), ...keywords.slice(0, turn), ...NEUTRAL_MOOD.keywords];
  const all = [
    ...fromText,
    ...setting.slice(0, Math.max(0, KEYWORD_COUNT - ATMOSPHERE_COUNT - fromText.length)),
    ...atmosphere,
  ];
  const origin =
    fromText.length > 0 ? "text" : scene.carried?.mood === true || setting.length === 0 ? "inferred" : "carried";
  return { value: [...new Set(all)].slice(0, KEYWORD_COUNT).join(", "), origin };
};
