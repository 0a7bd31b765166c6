import type { Slot } from "@phonoscene/contracts";

import { type Gender, genderOf } from "../english/words.ts";
import { RUSSIAN, UKRAINIAN } from "../lexicons/slavic.data.ts";
import { matchStem, readStems, type Stems } from "../text/stems.ts";
import type { Cast } from "./cast.ts";
import type { SceneReading, Thing } from "./scene-reading.ts";

type VisualLexicon = { nouns: Stems; verbs: Stems; adjectives: Stems; times: Stems };

const readLexicon = (tables: Readonly<Record<keyof VisualLexicon, string>>): VisualLexicon => ({
  nouns: readStems(tables.nouns),
  verbs: readStems(tables.verbs),
  adjectives: readStems(tables.adjectives),
  times: readStems(tables.times),
});

const LEXICONS: Readonly<Record<string, VisualLexicon>> = { uk: readLexicon(UKRAINIAN), ru: readLexicon(RUSSIAN) };
const STOP_LENGTH = 3;
/** "синім" is blue and no son. */
const ADJECTIVE_ENDING = /(?:[иыі]й|[иыі]м|[иыі]х|[иыі]ми|ого|его|ому|ему|ої|ою|ая|яя|ое|ее|ые|ие|ой|ей)$/u;

export const hasVisualLexicon = (language: string): boolean => Object.hasOwn(LEXICONS, language);

const withAdjective = (noun: string, adjective: string | null): string => {
  if (adjective === null || noun.includes(adjective)) return noun;
  const [article = "", ...rest] = noun.split(" ");
  if (/^(?:an?|the)$/u.test(article))
    return `${article === "the" ? "the" : /^[aeiou]/u.test(adjective) ? "an" : "a"} ${adjective} ${rest.join(" ")}`;
  return `${adjective} ${noun}`;
};

type Word =
  | { kind: "noun"; english: string; preposition: string; isSubject: boolean }
  | { kind: "verb"; english: string; gender: Gender }
  | { kind: "break" };

type Found = { words: Word[]; known: number; content: number };

/** Acts that take a thing: others stand alone. */
const TAKES_OBJECT =
  /^(?:taking|putting|giving|serving|handing|throwing|pulling|pushing|chopping|cutting|sewing|weaving|cooking|eating|drinking|washing|catching|shooting|beating|embracing|kissing|drawing|building|planting|watering|driving|rolling|lifting|lowering|picking|gathering|meeting|reading|writing|carrying|holding|digging|sowing|mowing|feeding|baking|opening|shaking|greeting|waving)$|^(?:putting down|laying down|taking out|taking off|handing out)$/u;

/** What stands before a noun says where it is; such a noun is never who acts. */
const PREPOSITIONS: Readonly<Record<string, string>> = {
  в: "in",
  во: "in",
  на: "on",
  по: "along",
  з: "with",
  із: "with",
  зі: "with",
  с: "with",
  со: "with",
  під: "under",
  под: "under",
  над: "above",
  за: "behind",
  біля: "by",
  коло: "by",
  около: "by",
  возле: "by",
  до: "to",
  к: "to",
  ко: "to",
  через: "across",
  между: "between",
  між: "between",
  перед: "before",
  навколо: "around",
  вокруг: "around",
  из: "from",
  от: "from",
  від: "from",
  без: "",
};
const BREAKS = new Set(["і", "й", "та", "а", "але", "и", "но", "что", "що", "який", "где", "де", "только", "тільки"]);

/** The past tense tells who acted: "закинул" he, "закинула" she. */
const pastGender = (word: string): Gender =>
  /ла(?:ся|сь)?$/u.test(word) ? "female" : /[лв](?:ся|сь)?$/u.test(word) ? "male" : "unknown";

const look = (language: string, lexicon: VisualLexicon, text: string): Found => {
  // "у моря" is by the sea in Russian, "у човні" is in the boat in Ukrainian.
  const prepositions: Readonly<Record<string, string>> = { ...PREPOSITIONS, у: language === "ru" ? "by" : "in" };
  const found: Found = { words: [], known: 0, content: 0 };
  let adjective: string | null = null;
  let preposition: string | null = null;
  let unknown = 0;
  for (const written of text.match(/[\p{L}\p{M}'’-]+|[,.;:!?…—"\n]/gu) ?? []) {
    const word = written.toLowerCase();
    if (!/\p{L}/u.test(word) || BREAKS.has(word)) {
      found.words.push({ kind: "break" });
      [adjective, preposition] = [null, null];
      continue;
    }
    if (Object.hasOwn(prepositions, word)) {
      [adjective, preposition] = [null, prepositions[word] ?? null];
      continue;
    }
    const verb = matchStem(lexicon.verbs, word);
    const time = matchStem(lexicon.times, word);
    const described = matchStem(lexicon.adjectives, word);
    const noun = matchStem(lexicon.nouns, word);
    if (word.length > STOP_LENGTH) found.content += 1;
    if (word.length > STOP_LENGTH && (verb ?? time ?? described ?? noun) !== null) found.known += 1;
    const isDescription = described !== null && ADJECTIVE_ENDING.test(word);
    if (verb !== null && word.length >= STOP_LENGTH) {
      found.words.push({ kind: "verb", english: verb, gender: pastGender(word) });
      preposition = null;
    }
    if (verb === null && time === null && noun !== null && !isDescription) {
      const english = withAdjective(noun, adjective);
      // "без": what is missing is not shown.
      if (preposition !== "")
        found.words.push({ kind: "noun", english, preposition: preposition ?? "", isSubject: preposition === null });
      preposition = null;
    }
    const isUnknown = (verb ?? time ?? described ?? noun) === null;
    // "старий Остап": a capital that opens nothing is a name's.
    const isName = isUnknown && /^\p{Lu}\p{Ll}{2,}/u.test(written);
    if (isName && adjective !== null) {
      const english = withAdjective(/[аяь]$/u.test(word) ? "a woman" : "a man", adjective);
      found.words.push({ kind: "noun", english, preposition: "", isSubject: true });
    }
    // "в третий раз закинул": a preposition reaches over one unknown word, no more.
    unknown = isUnknown ? unknown + 1 : 0;
    if (unknown > 1 || time !== null) preposition = null;
    adjective = verb === null && isDescription ? described : null;
  }
  return found;
};

/** How much of a text the visual lexicon knows, 0..1. */
export const visualCoverage = (language: string, text: string): number => {
  const lexicon = LEXICONS[language];
  if (lexicon === undefined) return 0;
  const { known, content } = look(language, lexicon, text);
  return content === 0 ? 0 : known / content;
};

const LIVING = new Set(
  "man men woman women girl boy child children mother father king tsar prince princess soldier warrior fisherman lord people friends guests villagers shepherd brother sister son daughter sailor captain fellow peasant peasants postman miller beggar bride bridegroom neighbour traveller hunter baker cook painter poet witch mermaid giant musicians ploughmen cossack cossacks family dog cat kitten horse foal calf calves cow sheep wolf fox bear hare bird raven gulls stork cranes nightingale cuckoo fish rooster hens chicks geese duck ducks ducklings goat pig piglets mouse hedgehog squirrel deer elk eagle eagles owl doves swallows sparrows bees beetles butterflies frog snake dragon puppy cobbler tailor grandson granddaughter grandmother grandfather wanderer landowner merchant lady gentleman teacher doctor blacksmith noblewoman seamstress beekeeper player".split(
    " ",
  ),
);
/** What may act without being alive. */
const MOVING = new Set(
  "sun moon stars star wind storm fog snow rain smoke fire waves river train boat ship sleigh leaves bell clouds".split(
    " ",
  ),
);

const headOf = (noun: string): string => (noun.split(" ").at(-1) ?? "").toLowerCase();
const isLiving = (noun: string): boolean => LIVING.has(headOf(noun));

type Told = { text: string; score: number };

type Actors = Record<Gender, string>;

const tellClause = (words: readonly Word[], actors: Actors): { told: Told | null; actor: string } => {
  const verbGender = words.find((word) => word.kind === "verb")?.gender ?? "unknown";
  const lastActor = actors[verbGender] === "" ? actors.unknown : actors[verbGender];
  const nouns = words.filter((word) => word.kind === "noun");
  const verb = words.find((word) => word.kind === "verb");
  // "she held a kitten": behind an act that takes a thing stands the thing.
  const verbAt = verb !== undefined && TAKES_OBJECT.test(verb.english) ? words.indexOf(verb) : words.length;
  const free = nouns.filter((noun) => noun.isSubject && words.indexOf(noun) < verbAt);
  const own = free.find(({ english }) => isLiving(english)) ?? free.find(({ english }) => MOVING.has(headOf(english)));
  const actor = own?.english ?? lastActor;
  if (verb === undefined || actor === "") return { told: null, actor: own?.english ?? lastActor };
  const others = nouns.filter((noun) => noun !== own && noun.english !== actor);
  const object = TAKES_OBJECT.test(verb.english)
    ? others.find((noun) => noun.isSubject && !free.includes(noun))
    : undefined;
  const rest = [
    ...(object === undefined ? [] : [object.english]),
    ...others.filter(({ isSubject }) => !isSubject).map(({ preposition, english }) => `${preposition} ${english}`),
  ];
  const idle = verb.english === "living" && rest.length === 0 ? 3 : 0;
  const score = (isLiving(actor) ? 3 : 1) + Math.min(rest.length, 2) + (own === undefined ? 0 : 1) - idle;
  return { told: { text: [actor, verb.english, ...rest.slice(0, 3)].join(" "), score }, actor };
};

const clausesOf = (words: readonly Word[]): Word[][] => {
  const clauses: Word[][] = [[]];
  for (const word of words) {
    if (word.kind === "break") clauses.push([]);
    else clauses.at(-1)?.push(word);
  }
  // "old man, ..., went": a piece without a verb belongs to what follows it.
  const joined: Word[][] = [];
  for (const clause of clauses.filter(({ length }) => length > 0)) {
    const last = joined.at(-1);
    if (last !== undefined && !last.some(({ kind }) => kind === "verb")) last.push(...clause);
    else joined.push([...clause]);
  }
  return joined;
};

const MAX_ACTS = 2;

/** One actor's acts are joined by "and"; another actor begins a new clause. */
const compose = (acts: readonly { actor: string; text: string }[]): string =>
  acts
    .map(({ actor, text }, index) => {
      if (index === 0) return text;
      return acts[index - 1]?.actor === actor ? ` and${text.slice(actor.length)}` : `, ${text}`;
    })
    .join("");

const toThing = (noun: string): Thing => ({
  words: noun.replace(/^(?:an?|the) /u, ""),
  introduced: noun,
  lemma: noun.split(" ").at(-1) ?? noun,
  isPerson: isLiving(noun),
  weight: noun.split(" ").length,
});

/** Reads a scene word by word: who acts, what they do, and what is around; nobody named, it is the cast's last figure. */
export const readVisualScene = (
  cast: Cast,
  language: string,
  text: string,
): { reading: SceneReading; subject: Omit<Slot, "name"> | null } => {
  const lexicon = LEXICONS[language];
  const empty: SceneReading = { actions: [], things: [], ideas: [], figures: [] };
  if (lexicon === undefined) return { reading: empty, subject: null };
  const { words } = look(language, lexicon, text);
  const acts: (Told & { actor: string; order: number })[] = [];
  const actors: Actors = cast.lastOf;
  for (const [order, clause] of clausesOf(words).entries()) {
    const { told, actor } = tellClause(clause, actors);
    if (told !== null && !acts.some(({ text }) => text === told.text)) acts.push({ ...told, actor, order });
    if (actor !== "" && isLiving(actor)) actors[genderOf(headOf(actor))] = actors.unknown = actor;
  }
  const chosen = acts
    .toSorted((a, b) => b.score - a.score || a.order - b.order)
    .slice(0, MAX_ACTS)
    .toSorted((a, b) => a.order - b.order);
  const nouns = [...new Set(words.flatMap((word) => (word.kind === "noun" ? [word.english] : [])))];
  const reading = { ...empty, things: nouns.map(toThing) };
  if (chosen.length > 0) return { reading, subject: { value: compose(chosen), origin: "text" } };
  const still = nouns.slice(0, 3);
  const value = still.length > 1 ? `${still.slice(0, -1).join(", ")} and ${still.at(-1) ?? ""}` : (still[0] ?? "");
  return { reading, subject: value === "" ? null : { value, origin: "text" } };
};
