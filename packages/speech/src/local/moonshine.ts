import { readFile } from "node:fs/promises";

import type { SpeechWord } from "../port.ts";
import { type Attention, tokenStarts } from "./alignment.ts";
import { attentionOutput, withAttentionOutputs } from "./attention-outputs.ts";
import { type Ending, generate, surenessOf } from "./greedy.ts";
import { floatsOf, type InferenceSession, openSession, outputOf, Tensor } from "./inference.ts";
import type { ModelName } from "./model-files.ts";
import { SAMPLE_RATE_HZ } from "./pcm-format.ts";
import { START_TOKEN, tokensOf, type TokenWord, wordsOf } from "./tokens.ts";
import { timeWords } from "./word-times.ts";

type Shape = {
  layers: number;
  heads: number;
  width: number;
  /** The heads that follow the sound best, by layer, and how late they are: measured, as `pnpm bench:words` does. */
  aligning: { heads: Readonly<Record<number, readonly number[]>>; lagMs: number };
};

const SHAPES: Record<ModelName, Shape> = {
  base: { layers: 8, heads: 8, width: 52, aligning: { heads: { 5: [1, 4, 5] }, lagMs: 60 } },
  tiny: { layers: 6, heads: 8, width: 36, aligning: { heads: { 3: [7], 5: [6] }, lagMs: 0 } },
};

/** The model was trained on no more; nobody speaks faster than the second figure. */
const MAX_TOKENS = 194;
const MAX_TOKENS_PER_SECOND = 13;
const MIN_TOKENS = 3;
/** Silence put before a recording that begins with speech: its first word may be lost without. Anywhere else it does harm. */
const LEAD_MS = 300;
const ENCODER_THREADS = 2;
/** The encoder's convolutions fail below 895 samples. */
const MIN_SAMPLES = 1600;

export type Recognition = {
  text: string;
  /** Mean log-probability of the tokens, <= 0. */
  logProbability: number;
  tokens: number;
  ending: Ending;
  /** From the start of the samples; null or absent where the model does not say. */
  words?: SpeechWord[] | null;
};

export type Hints = {
  /** False forbids an empty answer: right only where a voice is certain, for the model then invents. */
  mayBeEmpty: boolean;
  /** Whether the recording begins with this speech, without a pause in front. */
  isAbrupt: boolean;
};

export type Moonshine = {
  /** Recognises at most 28 s of 16 kHz English. */
  recognise(samples: Float32Array, hints: Hints): Promise<Recognition>;
  /** Finds given words in at most 28 s, from the start of the samples; null where they are too many, or it cannot tell. */
  place(samples: Float32Array, texts: readonly string[]): Promise<SpeechWord[] | null>;
};

type Past = Record<string, Tensor>;

const emptyPast = ({ layers, heads, width }: Shape): Past => {
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

const isOfDecoder = (name: string): boolean => name.includes(".decoder.");

/** The cache for the next step; the encoder's half is made at the first step and stays. */
const advance = (past: Past, outputs: InferenceSession.ReturnType, isFirst: boolean): Past =>
  Object.fromEntries(
    Object.entries(past).map(([name, tensor]) => [
      name,
      isFirst || isOfDecoder(name) ? outputOf(outputs, name.replace("past_key_values", "present")) : tensor,
    ]),
  );

/** The cache before the first token, with what it holds of the sound. */
const rewind = (past: Past, { heads, width }: Shape): Past =>
  Object.fromEntries(
    Object.entries(past).map(([name, tensor]) => [
      name,
      isOfDecoder(name) ? new Tensor("float32", new Float32Array(0), [1, heads, 0, width]) : tensor,
    ]),
  );

const padded = (samples: Float32Array, leadMs: number): Float32Array => {
  const lead = (leadMs * SAMPLE_RATE_HZ) / 1000;
  if (lead === 0 && samples.length >= MIN_SAMPLES) return samples;
  const longer = new Float32Array(Math.max(lead + samples.length, MIN_SAMPLES));
  longer.set(samples, lead);
  return longer;
};

const tokenCap = (samples: Float32Array): number => {
  const seconds = samples.length / SAMPLE_RATE_HZ;
  return Math.min(MAX_TOKENS, Math.max(MIN_TOKENS, Math.ceil(seconds * MAX_TOKENS_PER_SECOND)));
};

type GivenWord = TokenWord & { tokens: number[] };

const toTokenWords = (texts: readonly string[]): GivenWord[] => {
  let end = 0;
  return texts.map((text) => {
    const tokens = tokensOf(text);
    const start = end;
    end += tokens.length;
    return { text, tokens, start, end };
  });
};

type Encoded = { states: Tensor; frameMs: number };

const inputIds = (tokens: readonly number[]): Tensor =>
  new Tensor(
    "int64",
    BigInt64Array.from(tokens, (token) => BigInt(token)),
    [1, tokens.length],
  );

/** What the aligning heads attended to: [1, heads, tokens, frames] a layer. */
const attentionOf = (outputs: InferenceSession.ReturnType, { aligning }: Shape): Attention => {
  const layers = Object.entries(aligning.heads).map(([layer, heads]) => {
    const weights = outputOf(outputs, attentionOutput(Number(layer)));
    const [, , tokens = 0, frames = 0] = weights.dims;
    const size = tokens * frames;
    return { heads: heads.map((head) => floatsOf(weights).subarray(head * size, (head + 1) * size)), tokens, frames };
  });
  const { tokens = 0, frames = 0 } = layers[0] ?? {};
  return { heads: layers.flatMap(({ heads }) => heads), tokens, frames };
};

/** Opens the encoder and the decoder: 358-624 MB with everything, .4-1.2 s. */
export const openMoonshine = async (
  model: ModelName,
  files: { encoder: string; decoder: string },
): Promise<Moonshine> => {
  const shape = SHAPES[model];
  const { lagMs } = shape.aligning;
  const layers = Object.keys(shape.aligning.heads).map(Number);
  const encoder = await openSession(files.encoder, ENCODER_THREADS);
  const decoder = await openSession(withAttentionOutputs(await readFile(files.decoder), layers));
  const attentions = layers.map(attentionOutput);
  const stepOutputs = decoder.outputNames.filter((name) => !attentions.includes(name));

  /** One more run over all tokens at once: 4 % of the time, and the steps need not give out their attention. */
  const startsOf = async (
    tokens: readonly number[],
    encoder_hidden_states: Tensor,
    past: Past,
  ): Promise<number[] | null> => {
    const input_ids = inputIds([START_TOKEN, ...tokens]);
    const use_cache_branch = new Tensor("bool", [true]);
    const feeds = { input_ids, encoder_hidden_states, use_cache_branch, ...rewind(past, shape) };
    return tokenStarts(attentionOf(await decoder.run(feeds, attentions), shape));
  };

  const encode = async (samples: Float32Array, leadMs: number): Promise<Encoded> => {
    const input = padded(samples, leadMs);
    const outputs = await encoder.run({ input_values: new Tensor("float32", input, [1, input.length]) });
    const states = outputOf(outputs, "last_hidden_state");
    return { states, frameMs: (1000 * input.length) / SAMPLE_RATE_HZ / (states.dims[1] ?? 1) };
  };

  const recognise: Moonshine["recognise"] = async (samples, { mayBeEmpty, isAbrupt }) => {
    const leadMs = isAbrupt ? LEAD_MS : 0;
    const { states, frameMs } = await encode(samples, leadMs);
    let past = emptyPast(shape);
    const next = async (token: number, step: number): Promise<Float32Array> => {
      const use_cache_branch = new Tensor("bool", [step > 0]);
      const feeds = { input_ids: inputIds([token]), encoder_hidden_states: states, use_cache_branch, ...past };
      const outputs = await decoder.run(feeds, stepOutputs);
      past = advance(past, outputs, step === 0);
      return floatsOf(outputOf(outputs, "logits"));
    };
    const { tokens, logProbabilities, ending } = await generate(next, { cap: tokenCap(samples), mayBeEmpty });
    const words = wordsOf(tokens);
    const starts = words.length === 0 ? null : await startsOf(tokens, states, past);
    return {
      text: words.map(({ text }) => text).join(" "),
      logProbability: logProbabilities.reduce((sum, one) => sum + one, 0) / (tokens.length + 1),
      tokens: tokens.length,
      ending,
      words: starts && timeWords(words, { starts, frameMs, lagMs: lagMs + leadMs, logProbabilities }),
    };
  };

  const place: Moonshine["place"] = async (samples, texts) => {
    const words = toTokenWords(texts);
    const tokens = words.flatMap((word) => word.tokens);
    if (tokens.length > MAX_TOKENS) return null;
    const { states, frameMs } = await encode(samples, 0);
    const use_cache_branch = new Tensor("bool", [false]);
    const input_ids = inputIds([START_TOKEN, ...tokens]);
    const feeds = { input_ids, encoder_hidden_states: states, use_cache_branch, ...emptyPast(shape) };
    const outputs = await decoder.run(feeds, ["logits", ...attentions]);
    const starts = tokenStarts(attentionOf(outputs, shape));
    const logProbabilities = surenessOf(tokens, floatsOf(outputOf(outputs, "logits")));
    return starts && timeWords(words, { starts, frameMs, lagMs, logProbabilities });
  };
  return { recognise, place };
};
