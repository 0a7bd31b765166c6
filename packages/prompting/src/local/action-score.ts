import type { Chunk } from "../english/chunks.ts";
import { PAST_LIKE_BASE } from "../english/clause-state.ts";
import type { Clause } from "../english/clauses.ts";
import type { Token } from "../english/reader.ts";
import { isLight, isSpeech, mustHaveObject, needsActor, visibility } from "../english/verbs.ts";
import { isConcrete } from "../english/words.ts";
import type { Told } from "./cast.ts";
import { isDenied } from "./phrases.ts";
import { UNNAMED } from "./unnamed.ts";

/** "picked up the knife" has its object behind the particle. */
const hasObject = (parts: readonly Chunk[]): boolean =>
  parts.some((part) => part.kind === "noun") || (parts[0]?.kind === "preposition" && parts[0].object !== null);

const concreteNouns = (tokens: readonly Token[], clause: Clause): number => {
  const heads = clause.parts.flatMap((part) => {
    const phrase = part.kind === "noun" ? part : part.kind === "preposition" ? part.object : null;
    // "the edge of the forest" is the forest's.
    return phrase === null ? [] : isConcrete(tokens[phrase.head]?.lower ?? "") ? [phrase.head] : [phrase.end - 1];
  });
  return heads.filter((head) => isConcrete(tokens[head]?.lower ?? "")).length;
};

/** Said of something that a picture would show no otherwise. */
const UNSEEN =
  /^(?:gone|able|unable|sure|certain|likely|ready|late|early|right|wrong|true|false|good|bad|better|best|worse|important|possible|impossible|terrible|honest|alone|such|same|different|free|due|aware|worth|patient|sorry|lost|familiar|easy|hard|necessary|proper|fitting|equal|clear)$/u;

/** "wet with dew", against "of the first importance" and "to be feared" */
const isAdjectival = (tokens: readonly Token[], clause: Clause): boolean =>
  clause.parts.some((part) => part.kind === "other" && !UNSEEN.test(tokens[part.start]?.lower ?? "")) &&
  !clause.parts.some((part) => part.kind === "verb");

const THINGS_ONLY = /^(?:break|melt|crack|shatter|open|close|ring|explode|spill|tear|boil)$/u;

/** What was done shows: "two bridges had been destroyed". */
const RESULTS =
  /^(?:destroy|break|burn|flood|wreck|shatter|smash|crush|tear|bury|cover|light|freeze|paint|decorate|ruin|sink|uproot)$/u;
const OWNING = /^(?:keep|own|run|manage)$/u;

const SUBJECT_SCORES = { actor: 3, thing: 2, idea: -1, none: -1 } as const;

const UNREAL = /^(?:would|should|might|may|ought|cannot)$/u;

/** "he would cross the bridge", "there was no flour": not to be seen. */
const isUnreal = (tokens: readonly Token[], clause: Clause): boolean => {
  const { verb } = clause;
  if (
    tokens
      .slice(verb.start, verb.main)
      .some(({ lower }) => UNREAL.test(lower) || (verb.voice === "passive" && /^(?:must|can)$/u.test(lower)))
  )
    return true;
  const [subject] = clause.subjects;
  const isThirdPerson =
    subject?.isSingular === true || /^(?:he|she|it)$/u.test(tokens[subject?.head ?? -1]?.lower ?? "");
  // "that he would cross the bridge and beg the king": a bare form is no act of a single person.
  if (isThirdPerson && verb.form === "base" && verb.voice === "active" && !verb.isSurelyFinite)
    return clause.origin === "coordinated" && !PAST_LIKE_BASE.has(verb.lemma);
  const nouns = [...clause.subjects, ...clause.parts.filter((part) => part.kind === "noun").slice(0, 1)];
  return nouns.some((phrase) => isDenied(tokens, phrase));
};

/** How much of a picture a clause is: who acts, whether the act can be seen, and on what. */
export const scoreOf = (tokens: readonly Token[], clause: Clause, subject: Told): number => {
  const { verb } = clause;
  const objects = concreteNouns(tokens, clause);
  const isState = clause.origin === "existential" || verb.voice === "copula";
  const seen = isState
    ? clause.origin === "existential" || objects > 0 || isAdjectival(tokens, clause)
      ? 1
      : -2
    : verb.lemma === "have"
      ? objects > 0
        ? 1
        : -2
      : visibility(verb.lemma);
  const object = clause.parts[0];
  const hasConcreteObject = object?.kind === "noun" && isConcrete(tokens[object.head]?.lower ?? "");
  // "it was natural" speaks of nothing that was named before.
  const isExpletive = isState && tokens[clause.subjects[0]?.head ?? -1]?.lower === "it" && isAdjectival(tokens, clause);
  const isVague = isState && (subject.isUnnamed === true || isExpletive);
  let score = (isVague ? -2 : 0) + SUBJECT_SCORES[subject.kind] + seen + Math.min(objects, 2);
  if (seen === 0) score -= isSpeech(verb.lemma) && subject.kind === "actor" ? 1.5 : 3;
  if (subject.kind === "idea" && !hasConcreteObject) score -= 2;
  if (isLight(verb.lemma) && objects === 0) score -= 3;
  if (subject.kind === "thing" && verb.voice !== "passive" && needsActor(verb.lemma)) score -= 2;
  const nouns = clause.parts.filter((part) => part.kind === "noun").length;
  if (clause.origin === "relative" && nouns > 1) score -= 2;
  if (subject.kind === "none" && hasConcreteObject) score += 1;
  if (verb.isNegated || isUnreal(tokens, clause)) score -= 5;
  if (clause.isQuoted) score -= 4;
  if (clause.origin === "relative" || clause.origin === "gerund") score -= 0.5;
  const isInverted = clause.origin === "existential" || clause.origin === "inverted";
  if (!isState && clause.parts.length === 0) score -= subject.isUnnamed === true ? 3 : isInverted ? 0 : 1;
  if (verb.voice === "passive" && clause.parts.length === 0) score += RESULTS.test(verb.lemma) ? 2 : -2;
  // "had kept the shop since": how things stood is no act to be seen.
  if (OWNING.test(verb.lemma) && tokens[verb.start]?.lower === "had") score -= 5;
  // "the golden chain ... it broke": taken for the wolf's act, were it not that wolves do not break in two
  if (subject.kind === "actor" && verb.voice === "active" && nouns === 0 && THINGS_ONLY.test(verb.lemma)) score -= 4;
  if (clause.origin === "relative" && object?.kind === "noun" && !hasConcreteObject) score -= 3;
  // "you can hear": said to everybody
  if (subject.key === UNNAMED["you"] && seen < 2) score -= 4;
  // "you are lost and gone": a state, no act
  if (verb.form === "participle" && verb.voice === "active" && !verb.isSurelyFinite && clause.origin === "coordinated")
    score -= 4;
  if (isSpeech(verb.lemma) && clause.parts.length === 0) score -= 1.5;
  if (clause.origin === "relative" && clause.parts[0]?.kind === "noun" && subject.kind !== "actor") score -= 2;
  if (mustHaveObject(verb.lemma) && verb.voice === "active" && !hasObject(clause.parts)) score -= 3;
  return score;
};
