import { LogitsProcessor, type Tensor } from "@huggingface/transformers";

import { repetitionAtEnd } from "../local/repetition.ts";

export type GenerationRules = {
  endToken: number;
  /** How many tokens the model is given. */
  prefixLength: number;
  /** False forbids an answer without a word. */
  mayBeEmpty: boolean;
};

const floats = ({ data }: Tensor): Float32Array => {
  if (data instanceof Float32Array) return data;
  throw new Error("The model gave logits that are not float32");
};

const logSumExp = (logits: Float32Array): number => {
  let max = Number.NEGATIVE_INFINITY;
  for (const logit of logits) max = Math.max(max, logit);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - max);
  return max + Math.log(sum);
};

const isWord = (token: number, { endToken }: GenerationRules): boolean => token < endToken;

/** How many words' tokens at the end only repeat: times and other marks between them do not count. */
const loopLength = (tokens: readonly number[], rules: GenerationRules): number =>
  repetitionAtEnd(tokens.filter((token) => isWord(token, rules)));

/** The tokens without the repetition at their end; null where there is none. */
export const withoutLoop = (tokens: readonly number[], rules: GenerationRules): number[] | null => {
  const repeated = loopLength(tokens, rules);
  if (repeated === 0) return null;
  let toKeep = tokens.filter((token) => isWord(token, rules)).length - repeated;
  const end = tokens.findIndex((token) => {
    if (isWord(token, rules)) toKeep -= 1;
    return toKeep < 0;
  });
  return tokens.slice(0, end);
};

/**
 * Adds up how sure the model was of the words it took, keeps it from an empty answer, and ends it when it only repeats
 * itself. The library wants a class, and hands no stopping criteria of ours on to Whisper.
 */
export class Watch extends LogitsProcessor {
  #before: { logits: Float32Array; logSum: number } | null = null;
  #total = 0;
  #tokens = 0;
  readonly #rules: GenerationRules;

  constructor(rules: GenerationRules) {
    super();
    this.#rules = rules;
  }

  /** Times are left out: at times the model would rather begin with a word, and is not let. */
  #count(token: number): void {
    if (this.#before === null || token > this.#rules.endToken) return;
    this.#total += (this.#before.logits[token] ?? 0) - this.#before.logSum;
    this.#tokens += 1;
  }

  override _call(inputIds: bigint[][], logits: Tensor): Tensor {
    const { endToken, prefixLength, mayBeEmpty } = this.#rules;
    const tokens = inputIds[0] ?? [];
    const scores = floats(logits);
    this.#count(Number(tokens.at(-1)));
    // The first token is a time, the second a word or the end.
    if (!mayBeEmpty && tokens.length === prefixLength + 1) scores[endToken] = Number.NEGATIVE_INFINITY;
    this.#before = { logits: scores.slice(), logSum: logSumExp(scores) };
    if (loopLength(tokens.slice(prefixLength).map(Number), this.#rules) > 0) {
      scores.fill(Number.NEGATIVE_INFINITY);
      scores[endToken] = 0;
    }
    return logits;
  }

  /** Mean log-probability of words and end; the last token is the one that no call has told of. */
  finish(lastToken: number): number {
    this.#count(lastToken);
    this.#before = null;
    return this.#tokens === 0 ? 0 : this.#total / this.#tokens;
  }
}
