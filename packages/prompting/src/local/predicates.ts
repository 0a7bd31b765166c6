import type { Chunk, NounPhrase } from "../english/chunks.ts";
import type { Clause } from "../english/clauses.ts";
import type { Token } from "../english/reader.ts";
import { gerund, pastParticiple } from "../english/verbs.ts";
import { isConcrete, singular, words } from "../english/words.ts";
import { TIME_CUES } from "../lexicons/settings.data.ts";
import type { Cast } from "./cast.ts";
import { mention } from "./members.ts";
import { countWords, isDenied, joinTokens, replacePossessives, spanTokens } from "./phrases.ts";
import { mayMean, resolve } from "./pronouns.ts";
import { UNNAMED } from "./unnamed.ts";

const MAX_COMPLEMENT_WORDS = 13;
/** Words of days and hours, which the setting tells better. */
export const TIME_WORDS = new Set([
  // "the moon" speaks of the night and is a thing all the same.
  ...words(Object.values(TIME_CUES).join(" ")).filter((word) => !isConcrete(word)),
  ...words(
    "day days week weeks month months year years century centuries decade hour hours minute minutes moment time times monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december winter summer autumn spring half quarter today tomorrow yesterday age ages period while past future",
  ),
]);
/** "looking about him": his own surroundings, most often. */
const AROUND = /^(?:about|around|round|behind|before|beside|with|for|near|over|above|of)$/u;

const tellObject = (cast: Cast, tokens: readonly Token[], phrase: NounPhrase): string | null => {
  if (isDenied(tokens, phrase)) return null;
  if (!phrase.isPronoun) {
    mention(cast, tokens, phrase);
    return replacePossessives(joinTokens(spanTokens(tokens, phrase)));
  }
  const pronoun = tokens[phrase.head]?.lower ?? "";
  if (/sel(?:f|ves)$/u.test(pronoun)) return null;
  const isOwn = AROUND.test(tokens[phrase.start - 1]?.lower ?? "") && mayMean(cast, pronoun, cast.acting);
  if (isOwn) return null;
  const member = resolve(cast, pronoun, { except: cast.acting });
  // "the water mounted near him" who sees it
  if (member === null && resolve(cast, pronoun)?.key === cast.acting) return null;
  // "them" and "it" that mean nothing named would only mislead.
  return member?.short ?? (/^(?:them|it)$/u.test(pronoun) ? null : (UNNAMED[pronoun] ?? null));
};

const isTemporal = (tokens: readonly Token[], phrase: NounPhrase | null): boolean =>
  phrase !== null &&
  (tokens[phrase.head]?.tag === "NUM" ||
    TIME_WORDS.has(singular(tokens[phrase.head]?.lower ?? "")) ||
    (!isConcrete(tokens[phrase.head]?.lower ?? "") && TIME_WORDS.has(singular(tokens[phrase.end - 1]?.lower ?? ""))));

const tellPart = (cast: Cast, tokens: readonly Token[], part: Chunk): string | null => {
  // "she wound the spring"
  const isThing = part.kind === "noun" && /^(?:spring|watch|second)$/u.test(tokens[part.head]?.lower ?? "");
  if (part.kind === "noun") return !isThing && isTemporal(tokens, part) ? null : tellObject(cast, tokens, part);
  if (part.kind === "preposition") {
    if (isTemporal(tokens, part.object)) return null;
    if (part.object === null) return joinTokens(spanTokens(tokens, part));
    const object = tellObject(cast, tokens, part.object);
    const preposition = joinTokens(tokens.slice(part.start, part.object.start));
    return object === null ? null : `${preposition} ${object}`;
  }
  if (part.kind === "verb" && part.isNegated) return null;

  if (part.kind === "comma") return ",";
  const text = replacePossessives(joinTokens(spanTokens(tokens, part)));
  return part.kind === "adverb" &&
    /^(?:not|never|so|too|then|now|also|however|thus|therefore|yet|already|here|there|right|just|almost|anyway|actually|i\.e\.)$/u.test(
      text,
    )
    ? null
    : text;
};

const DANGLING =
  /(?:[,;]|\s|\b(?:and|or|but|nor|as|than|that|to|with|of|for|from|the|a|an|by|so|in being|if|being|both))+$/u;

const isPerception = ({ verb }: Clause): boolean => /^(?:see|hear|watch|feel|let|make|help|find)$/u.test(verb.lemma);

/** "walking with hot potatoes to keep": an act that has lost its object says nothing. */
const withoutLooseInfinitive = (parts: readonly Chunk[]): readonly Chunk[] => {
  const last = parts.at(-1);
  return last?.kind === "verb" && last.isInfinitive ? parts.slice(0, -1) : parts;
};

/** What follows the verb, in words for a picture. */
export const tellComplement = (cast: Cast, tokens: readonly Token[], clause: Clause): string => {
  const parts = withoutLooseInfinitive(clause.parts);
  let text = "";
  for (const [index, part] of parts.entries()) {
    // "without waiting to put on his coat": what somebody leaves undone is not shown.
    if (part.kind === "preposition" && /^(?:without|till|until)$/u.test(tokens[part.start]?.lower ?? "")) break;
    const next = parts[index + 1]?.kind;
    const isLoose = part.kind === "preposition" && part.object === null && part.gerund === null && !part.isParticle;
    const isSeen = part.kind === "verb" && part.form === "base" && !part.isInfinitive && isPerception(clause);
    // "watching a horse swim": said of a picture, swimming.
    const whole = isSeen ? gerund(part.lemma) : tellPart(cast, tokens, part);
    // "put his bare hand in"
    const isInto = clause.verb.lemma === "put" && index > 0 && tokens[part.start]?.lower === "in";
    const told = isLoose && !isInto && next !== "noun" && next !== "other" ? null : whole;
    if (told === null) continue;
    if (countWords(text) + countWords(told) > MAX_COMPLEMENT_WORDS) {
      text = text.replace(/ to \p{Ll}+$/u, "");
      break;
    }
    // "dogs run barking" are running and barking.
    const isPaired = index === 0 && clause.verb.voice !== "copula" && part.kind === "verb" && part.form === "gerund";
    text = told === "," ? `${text},` : `${text}${isPaired ? " and" : ""} ${told}`;
  }
  const isList = clause.origin === "existential" && parts[0]?.kind === "conjunction";
  if (isList) return text.trim().replace(DANGLING, "");
  return text
    .trim()
    .replace(/^(?:,\s*|(?:or|but|only|not)\s+|and\s+(?!\p{L}+ing\b))+/u, "")
    .replace(/(?:^| )as \p{L}+$|, \p{L}+ed$| right$/u, "")
    .replace(DANGLING, "")
    .replace(/(?<=\s\S+)\s(?:on|at|into|upon|under|through)$/u, "");
};

const isPassingBy = ({ parts }: Clause): boolean => parts[0]?.kind === "preposition" && parts[0].isParticle;

const PLACE_ADVERBS =
  /^(?:outside|inside|here|there|below|above|beyond|behind|nearby|overhead|far|away|home|upstairs)$/u;

/** From the verb on, as a picture would tell it; empty where nothing can be shown. */
export const tellPredicate = (clause: Clause, complement: string): string => {
  const { verb } = clause;
  const where = verb.manner.filter((adverb) => PLACE_ADVERBS.test(adverb));
  const how = verb.manner.filter((adverb) => /ly$|^(?:together|alone)$/u.test(adverb) && !PLACE_ADVERBS.test(adverb));
  const act = (form: string) => [...how, form, ...where, complement].filter((part) => part !== "").join(" ");
  if (clause.origin === "existential") return complement;
  if (verb.voice === "copula") return clause.parts[0]?.kind === "noun" ? "" : complement;
  if (verb.lemma === "have") return complement === "" ? "" : `with ${complement}`;
  // "he found himself rolling in the grass"
  if (verb.lemma === "find" && /^\p{L}+ing\b/u.test(complement)) return complement;
  if (verb.lemma === "go" && verb.form === "participle" && !verb.isSurelyFinite) return "";
  if (verb.lemma === "go" && complement === "" && isPassingBy(clause)) return act("passing by");
  // "the woman was gone"
  if (verb.voice === "passive" && /^(?:go|come|become)$/u.test(verb.lemma)) return "";
  if (verb.voice === "passive") return act(pastParticiple(verb.lemma));
  if (verb.lemma === "hear") return complement === "" ? "listening" : act("listening to");
  return act(verb.lemma === "see" ? "watching" : gerund(verb.lemma));
};
