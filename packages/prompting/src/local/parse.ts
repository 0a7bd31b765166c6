import { type Chunk, chunk } from "../english/chunks.ts";
import { type Clause, findClauses } from "../english/clauses.ts";
import { mergeNamings, type Naming } from "../english/namings.ts";
import type { Reader, Token } from "../english/reader.ts";
import { withoutSimiles } from "../english/similes.ts";
import { splitUnpunctuated } from "../english/unpunctuated.ts";
import { verbForm } from "../english/verbs.ts";
import { isFirstName, nounKind } from "../english/words.ts";
import { wordCount } from "../text/normalise.ts";
import type { Pause } from "../text/pause.ts";
import { splitSentences } from "../text/units.ts";

/** A sentence cut into phrases and clauses; nothing here depends on what was read before it. */
export type ParsedSentence = { tokens: Token[]; chunks: Chunk[]; clauses: Clause[]; namings: Naming[] };

const KEEPS_CAPITAL = /^(?:I|I'\p{L}+|O|\p{Lu}{2,})$/u;

/** A line of verse begins with a capital whatever its first word is; inside a sentence that would look like a name. */
const lowerLineStart = (line: string): string => {
  const word = /^\p{Lu}[\p{L}'’-]*/u.exec(line)?.[0] ?? "";
  const second = /^\S+\s+(\p{Lu})/u.test(line);
  const lower = word.toLowerCase();
  const isKnown =
    nounKind(lower) !== null || verbForm(lower) !== null || SMALL_WORDS.test(lower) || ADJECTIVE_ENDING.test(lower);
  if (word === "" || KEEPS_CAPITAL.test(word) || isFirstName(word) || second || !isKnown) return line;
  return lower + line.slice(word.length);
};
const ADJECTIVE_ENDING = /.{3}(?:ful|less|ly|ous|ish|ive|able|ible|ical|ing|ed|est)$/u;
const SMALL_WORDS =
  /^(?:the|an?|and|or|but|nor|of|in|on|at|to|by|with|from|for|as|if|so|that|this|these|those|my|your|his|her|its|our|their|he|she|it|we|they|you|who|which|when|where|while|what|how|than|then|there|through|over|under|upon|into|against|between|beneath|beside|above|below|behind|beyond|until|till|not|no|all|each|every|some|one|two|three|once|long|thy|thine|thou|thee|because|though|is|are|was|were|will|would|shall|should|can|could|may|might|must|now|yet|still|down|up|out|off|like|before|after|about|within|without|only|never|ever)$/u;

/** A line of a song that begins so goes on with the one before. */
const CONTINUES =
  /^(?:(?:of|with|in|on|at|by|from|to|under|over|through|into|upon|like|that|who|which|where|while|till|until)\b|(?:is|are|was|were|has|have|had) \p{L}+(?:ing|ed)\b)/iu;
const ENDS_SENTENCE = /[.!?;:…]["'”’)]*$/u;
const MIN_PUNCTUATED = 0.4;

/** Units as running text: lyrics and raw speech have no full stops, so there each unit is a sentence. */
const runningText = (sentences: readonly string[]): string => {
  const punctuated = sentences.filter((sentence) => /[\p{P}]["'”’)]*$/u.test(sentence)).length;
  const isBare = sentences.length > 1 && punctuated < MIN_PUNCTUATED * sentences.length;
  // Raw speech is cut anew, wherever its segments end; lines of a song are sentences.
  if (isBare && sentences.filter((sentence) => /^\p{Ll}/u.test(sentence)).length > sentences.length / 2)
    return splitUnpunctuated(sentences.join(" ")).join(". ");
  if (isBare) {
    return sentences
      .map((sentence, index) => {
        const goesOn = CONTINUES.test(sentences[index + 1] ?? "");
        const line = index > 0 && CONTINUES.test(sentence) ? lowerLineStart(sentence) : sentence;
        return goesOn || ENDS_SENTENCE.test(line) ? line : `${line}.`;
      })
      .join(" ");
  }
  return sentences
    .map((sentence, index) => {
      const before = sentences[index - 1];
      return before === undefined || ENDS_SENTENCE.test(before) ? sentence : lowerLineStart(sentence);
    })
    .join(" ");
};

/** Longer stretches than this are cut: the tagger's work grows with them. */
const MAX_SENTENCE_CHARS = 1500;
/** Of a longer scene, which no picture could hold, only the opening is read: some two minutes of speech. */
const MAX_SCENE_WORDS = 400;

const opening = (sentences: readonly string[]): string[] => {
  const kept: string[] = [];
  let size = 0;
  for (const sentence of sentences) {
    if (size > MAX_SCENE_WORDS) break;
    kept.push(sentence);
    size += wordCount(sentence);
  }
  return kept;
};

const parseSentence = (read: Reader, sentence: string): ParsedSentence => {
  const tokens = read(sentence.slice(0, MAX_SENTENCE_CHARS));
  const { chunks, namings } = mergeNamings(tokens, withoutSimiles(tokens, chunk(tokens)));
  return { tokens, chunks, clauses: findClauses(chunks), namings };
};

/** Reads a scene's units as sentences. */
export const parseScene = async (
  read: Reader,
  sentences: readonly string[],
  pause: Pause,
): Promise<ParsedSentence[]> => {
  const parsed: ParsedSentence[] = [];
  for (const sentence of splitSentences(runningText(opening(sentences)))) {
    if (sentence.trim() !== "") parsed.push(parseSentence(read, sentence));
    await pause();
  }
  return parsed;
};
