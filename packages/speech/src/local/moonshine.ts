import tokenizer from "llama-tokenizer-js";

import type { SpeechWord } from "../port.ts";
import { floatsOf, type InferenceSession, openSession, outputOf, Tensor } from "./inference.ts";
import type { ModelName } from "./model-files.ts";
import { SAMPLE_RATE_HZ } from "./pcm-format.ts";
import { repetitionAtEnd } from "./repetition.ts";

const SHAPES: Record<ModelName, { layers: number; heads: number; width: number }> = {
  base: { layers: 8, heads: 8, width: 52 },
  tiny: { layers: 6, heads: 8, width: 36 },
};

const START_TOKEN = 1;
const END_TOKEN = 2;
/** The model was trained on no more; nobody speaks faster than the second figure. */
const MAX_TOKENS = 194;
const MAX_TOKENS_PER_SECOND = 13;
const MIN_TOKENS = 3;
/** The encoder's convolutions fail below 895 samples. */
const MIN_SAMPLES = 1600;

export type Recognition = {
  text: string;
  /** Mean log-probability of the tokens, <= 0. */
  logProbability: number;
  tokens: number;
  /** `loop`: the model repeated itself, and the repetition is cut off. `cap`: it did not come to an end. */
  ending: "end" | "loop" | "cap";
  /** From the start of the samples; null or absent where the model does not say. */
  words?: SpeechWord[] | null;
};

export type Moonshine = {
  /**
   * Recognises at most 28 s of 16 kHz English.
   * @param mayBeEmpty false forbids an empty answer: right only where a voice is certain, for the model then invents.
   */
  recognise(samples: Float32Array, mayBeEmpty: boolean): Promise<Recognition>;
};

type Past = Record<string, Tensor>;
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

const emptyPast = (model: ModelName): Past => {
  const { layers, heads, width } = SHAPES[model];
  const past: Past = {};
  for (let layer = 0; layer < layers; layer += 1) {
    for (const side of ["decoder", "encoder"]) {
      for (const part of ["key", "value"]) {
        past[`past_key_values.${layer}.${side}.${part}`] = new Tensor("float32", new Float32Array(0), [
          0,
          heads,
          1,
          width,
        ]);
      }
    }
  }
  return past;
};

/** The cache for the next step; the encoder's half is made at the first step and stays. */
const advance = (past: Past, outputs: InferenceSession.ReturnType, isFirst: boolean): Past =>
  Object.fromEntries(
    Object.entries(past).map(([name, tensor]) => [
      name,
      isFirst || name.includes(".decoder.") ? outputOf(outputs, name.replace("past_key_values", "present")) : tensor,
    ]),
  );

const padded = (samples: Float32Array): Float32Array => {
  if (samples.length >= MIN_SAMPLES) return samples;
  const longer = new Float32Array(MIN_SAMPLES);
  longer.set(samples);
  return longer;
};

const tokenCap = (samples: Float32Array): number => {
  const seconds = samples.length / SAMPLE_RATE_HZ;
  return Math.min(MAX_TOKENS, Math.max(MIN_TOKENS, Math.ceil(seconds * MAX_TOKENS_PER_SECOND)));
};

const decodeTokens = (tokens: readonly number[]): string =>
  tokenizer
    .decode([START_TOKEN, ...tokens])
    .replaceAll("<unk>", "")
    .replaceAll("\uFFFD", "")
    .trim();

type Generated = { tokens: number[]; total: number; ending: Recognition["ending"] };

/** Greedy decoding: `next` takes the last token and the step's number, and gives the logits of the one to come. */
const generate = async (
  next: (token: number, step: number) => Promise<Float32Array>,
  { cap, mayBeEmpty }: { cap: number; mayBeEmpty: boolean },
): Promise<Generated> => {
  const tokens: number[] = [];
  let total = 0;
  for (let step = 0; step < cap; step += 1) {
    const logits = await next(tokens.at(-1) ?? START_TOKEN, step);
    if (step === 0 && !mayBeEmpty) logits[END_TOKEN] = Number.NEGATIVE_INFINITY;
    const { token, logProbability } = choose(logits);
    total += logProbability;
    if (token === END_TOKEN) return { tokens, total, ending: "end" };
    tokens.push(token);
    const repeated = repetitionAtEnd(tokens);
    if (repeated > 0) return { tokens: tokens.slice(0, -repeated), total, ending: "loop" };
  }
  return { tokens, total, ending: "cap" };
};

/** Opens the encoder and the decoder: 358-624 MB with everything, .4-1.2 s. */
export const openMoonshine = async (
  model: ModelName,
  files: { encoder: string; decoder: string },
): Promise<Moonshine> => {
  const encoder = await openSession(files.encoder);
  const decoder = await openSession(files.decoder);

  const recognise: Moonshine["recognise"] = async (samples, mayBeEmpty) => {
    const input = padded(samples);
    const encoded = await encoder.run({ input_values: new Tensor("float32", input, [1, input.length]) });
    const encoder_hidden_states = outputOf(encoded, "last_hidden_state");
    let past = emptyPast(model);
    const next = async (token: number, step: number): Promise<Float32Array> => {
      const input_ids = new Tensor("int64", BigInt64Array.of(BigInt(token)), [1, 1]);
      const use_cache_branch = new Tensor("bool", [step > 0]);
      const outputs = await decoder.run({ input_ids, encoder_hidden_states, use_cache_branch, ...past });
      past = advance(past, outputs, step === 0);
      return floatsOf(outputOf(outputs, "logits"));
    };
    const { tokens, total, ending } = await generate(next, { cap: tokenCap(samples), mayBeEmpty });
    return { text: decodeTokens(tokens), logProbability: total / (tokens.length + 1), tokens: tokens.length, ending };
  };
  return { recognise };
};
