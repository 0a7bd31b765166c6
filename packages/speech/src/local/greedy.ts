import { repetitionAtEnd } from "./repetition.ts";
import { END_TOKEN, START_TOKEN } from "./tokens.ts";

/** `loop`: the model repeated itself, and the repetition is cut off. `cap`: it did not come to an end. */
export type Ending = "end" | "loop" | "cap";

type Choice = { token: number; logProbability: number };

/** The likeliest token and its log-probability. */
const choose = (logits: Float32Array): Choice => {
  let token = 0;
  for (let id = 1; id < logits.length; id += 1) if ((logits[id] ?? 0) > (logits[token] ?? 0)) token = id;
  const top = logits[token] ?? 0;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - top);
  return { token, logProbability: -Math.log(sum) };
};

export type Generated = {
  tokens: number[];
  /** Of each token, and of the end where it came to one. */
  logProbabilities: number[];
  ending: Ending;
};

/** Greedy decoding: `next` takes the last token and the step's number, and gives the logits of the one to come. */
export const generate = async (
  next: (token: number, step: number) => Promise<Float32Array>,
  { cap, mayBeEmpty }: { cap: number; mayBeEmpty: boolean },
): Promise<Generated> => {
  const tokens: number[] = [];
  const logProbabilities: number[] = [];
  for (let step = 0; step < cap; step += 1) {
    const logits = await next(tokens.at(-1) ?? START_TOKEN, step);
    if (step === 0 && !mayBeEmpty) logits[END_TOKEN] = Number.NEGATIVE_INFINITY;
    const { token, logProbability } = choose(logits);
    logProbabilities.push(logProbability);
    if (token === END_TOKEN) return { tokens, logProbabilities, ending: "end" };
    tokens.push(token);
    const repeated = repetitionAtEnd(tokens);
    if (repeated > 0) return { tokens: tokens.slice(0, -repeated), logProbabilities, ending: "loop" };
  }
  return { tokens, logProbabilities, ending: "cap" };
};

/** The log-probability of each given token after those before it; the logits have a row a token. */
export const surenessOf = (tokens: readonly number[], logits: Float32Array): number[] => {
  const size = logits.length / (tokens.length + 1);
  return tokens.map((token, row) => {
    const of = logits.subarray(row * size, (row + 1) * size);
    const best = choose(of);
    return (of[token] ?? 0) - (of[best.token] ?? 0) + best.logProbability;
  });
};
