import { MOODS } from "../lexicons/moods.data.ts";
import { PLACE_NAMES, PLACE_WORDS, TIME_CUES, WEATHER_CUES } from "../lexicons/settings.data.ts";
import { RUSSIAN, UKRAINIAN } from "../lexicons/slavic.data.ts";
import { matchStem, readStems } from "../text/stems.ts";

/** Where, when and in which mood a scene plays. `carried` names what an earlier scene said and this one did not. */
export type Setting = {
  place: string | null;
  timeOfDay: string | null;
  weather: string | null;
  mood: string | null;
  carried: { place: boolean; timeOfDay: boolean; mood: boolean };
};

type Found = { place: string | null; timeOfDay: string | null; weather: string | null };

const places = new Set(PLACE_WORDS.split(" "));
const names = new Set(PLACE_NAMES.split(/\s+/u));
const LOCATING = new Set(
  "in at on by near inside into onto through along across towards toward beside behind outside within to over above past under around".split(
    " ",
  ),
);
/** Whoever comes from a place is not there any more, and what is of a place may be anywhere. */
const NOT_LOCATING = new Set("from of out off for about with without like than as and or but".split(" "));
const cueTable = (table: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(Object.entries(table).flatMap(([value, cues]) => cues.split(" ").map((cue) => [cue, value] as const)));
const timeCues = cueTable(TIME_CUES);
const weatherCues = cueTable(WEATHER_CUES);
const moodCues = new Map<string, string[]>();
for (const [mood, { cues }] of Object.entries(MOODS)) {
  for (const cue of cues.split(/\s+/u))
    moodCues.set(cue.toLowerCase(), [...(moodCues.get(cue.toLowerCase()) ?? []), mood]);
}
const slavicTimes = { uk: readStems(UKRAINIAN.times), ru: readStems(RUSSIAN.times) };

const stripPlural = (word: string): string =>
  places.has(word)
    ? word
    : word.replace(/(?:e?s)$/u, (ending) => (places.has(word.slice(0, -ending.length)) ? "" : ending));

const isPlaceAt = (words: readonly string[], index: number): boolean => {
  const word = stripPlural((words[index] ?? "").toLowerCase());
  if (!places.has(word)) return false;
  // A place sets the scene where something is in, at or on it, up to four words before: "at the old stone harbour".
  for (let back = 1; back <= 4; back += 1) {
    const before = words[index - back]?.toLowerCase();
    if (before === undefined || NOT_LOCATING.has(before)) return false;
    if (LOCATING.has(before)) return true;
  }
  return false;
};

const findPlace = (words: readonly string[]): string | null => {
  const index = words.findIndex((_, at) => isPlaceAt(words, at));
  if (index >= 0) return (words[index] ?? "").toLowerCase();
  return words.find((word, at) => names.has(word) && LOCATING.has(words[at - 1]?.toLowerCase() ?? "")) ?? null;
};

const findCue = (words: readonly string[], table: ReadonlyMap<string, string>): string | null => {
  for (const word of words) {
    const value = table.get(word.toLowerCase());
    if (value !== undefined) return value;
  }
  return null;
};

const SUN_RISES = /\bsun (?:comes|came|is coming|was coming|rises|rose|climbs|climbed) ?(?:up|over)?\b/iu;
const SUN_SETS = /\bsun (?:sets|set|sinks|sank|goes down|went down|is setting|was setting)\b/iu;
const STARS =
  /\b(?:(?:the|under|beneath|of) stars\b|stars (?:shone|shine|came|come|glittered|twinkle|twinkled|appeared|burned))/iu;
const skyOf = (text: string): string | null =>
  SUN_RISES.test(text) ? "dawn" : SUN_SETS.test(text) ? "sunset" : STARS.test(text) ? "night" : null;

/** A scene longer than this is set by its opening. */
const MAX_SCENE_CHARS = 3000;

const findIn = (text: string, language: string): Found => {
  const words = text.match(/[\p{L}\p{M}'-]+/gu) ?? [];
  if (language === "uk" || language === "ru") {
    const times = slavicTimes[language];
    const timeOfDay = words.map((word) => matchStem(times, word.toLowerCase())).find((found) => found !== null) ?? null;
    return { place: null, timeOfDay, weather: null };
  }
  if (language !== "en") return { place: null, timeOfDay: null, weather: null };
  // Who travels to the moon does not look up at it.
  const sky = text.replaceAll(/\b(?:on|to|for) the moon\b/giu, "").match(/[\p{L}\p{M}'-]+/gu) ?? [];
  return {
    place: findPlace(words),
    timeOfDay: findCue(sky, timeCues) ?? skyOf(text),
    weather: findCue(words, weatherCues),
  };
};

const moodScores = (text: string): Map<string, number> => {
  const scores = new Map<string, number>();
  for (const word of text.toLowerCase().match(/\p{L}[\p{L}-]*/gu) ?? []) {
    for (const mood of moodCues.get(word) ?? []) scores.set(mood, (scores.get(mood) ?? 0) + 1);
  }
  return scores;
};

/** The whole text has a say in a scene's mood: one cheerful word does not make The Raven joyful. */
const WHOLE_TEXT_SHARE = 2.5;
/** One word alone proves no mood: it takes two in the scene, or three in the text. */
const MIN_OWN_CUES = 2;
const MIN_TEXT_CUES = 3;

const moodOf = (scene: ReadonlyMap<string, number>, whole: ReadonlyMap<string, number>): string | null => {
  const total = [...whole.values()].reduce((sum, score) => sum + score, 0);
  let best: string | null = null;
  let bestScore = 0;
  for (const mood of Object.keys(MOODS)) {
    const own = scene.get(mood) ?? 0;
    const all = whole.get(mood) ?? 0;
    const isProved = own >= MIN_OWN_CUES || (own > 0 && all >= MIN_TEXT_CUES);
    const score = isProved ? own + (WHOLE_TEXT_SHARE * all) / Math.max(total, 1) : 0;
    if (score > bestScore) [best, bestScore] = [mood, score];
  }
  return best;
};

/** The mood of the whole text; a long one with a single cue has none. */
const leading = (scores: ReadonlyMap<string, number>, sceneCount: number): string | null => {
  const [best] = [...scores].toSorted((a, b) => b[1] - a[1]);
  return best === undefined || (best[1] < MIN_OWN_CUES && sceneCount > MIN_OWN_CUES) ? null : best[0];
};

/** A place that nobody names again is left behind after so many scenes. */
const PLACE_MEMORY_SCENES = 2;

const carriedPlace = (settings: readonly Setting[]): string | null => {
  const named = settings.findLastIndex(({ carried, place }) => place !== null && !carried.place);
  return named >= 0 && settings.length - named <= PLACE_MEMORY_SCENES ? (settings[named]?.place ?? null) : null;
};

/** The story leaps in time: neither the hour nor the place of before holds on. */
const LEAP =
  /^\W*(?:(?:many |some |several |two |three |ten |twenty )?(?:years|months|weeks|days) (?:later|after|passed)|the next (?:day|year|summer|winter|spring|autumn)|one day|once upon|the following|long ago|meanwhile)/iu;

/** Reads each scene's setting out of its words; what a scene does not say, it takes over from the one before. */
export const findSettings = (texts: readonly string[], language: string): Setting[] => {
  const scenes = texts.map((text) => text.slice(0, MAX_SCENE_CHARS));
  const perScene = scenes.map((text) => (language === "en" ? moodScores(text) : new Map<string, number>()));
  const whole = new Map<string, number>();
  for (const scores of perScene) for (const [mood, score] of scores) whole.set(mood, (whole.get(mood) ?? 0) + score);
  const overall = leading(whole, scenes.length);
  const settings: Setting[] = [];
  scenes.forEach((text, index) => {
    const found = findIn(text, language);
    const isLeap = LEAP.test(text);
    const before = isLeap ? undefined : settings.at(-1);
    const place = isLeap ? null : carriedPlace(settings);
    const mood = moodOf(perScene[index] ?? new Map(), whole);
    settings.push({
      place: found.place ?? place,
      timeOfDay: found.timeOfDay ?? before?.timeOfDay ?? null,
      weather: found.weather,
      mood: mood ?? before?.mood ?? overall,
      carried: {
        place: found.place === null && place !== null,
        timeOfDay: found.timeOfDay === null && (before?.timeOfDay ?? null) !== null,
        mood: mood === null,
      },
    });
  });
  return settings;
};
