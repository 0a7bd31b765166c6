import { readdir } from "node:fs/promises";
import { join } from "node:path";

import {
  AutoProcessor,
  AutoTokenizer,
  env,
  LogitsProcessorList,
  type Processor,
  Tensor,
  WhisperForConditionalGeneration,
  type WhisperTokenizer,
} from "@huggingface/transformers";
import { AppError } from "@phonoscene/kernel";
import { z } from "zod";

import { SESSION_OPTIONS } from "../local/inference.ts";
import type { WhisperJob } from "../local/messages.ts";
import type { Recognition } from "../local/moonshine.ts";
import type { Recogniser } from "../local/open-models.ts";
import { SAMPLE_RATE_HZ } from "../local/pcm-format.ts";
import { verifiedFile } from "../models/files.ts";
import type { SpeechWord } from "../port.ts";
import { type GenerationRules, Watch, withoutLoop } from "./generation.ts";
import { createLanguageVote } from "./language.ts";

/** The decoder takes 448 with its prefix. */
const MAX_TOKENS = 440;
/** Scripts other than Latin take several tokens a word; times come on top. */
const MAX_TOKENS_PER_SECOND = 25;
const MIN_TOKENS = 16;
/** Of the encoder's output: one each 20 ms. */
const SAMPLES_PER_FRAME = 320;
const SECONDS_PER_FRAME = SAMPLES_PER_FRAME / SAMPLE_RATE_HZ;

/** What of a model's generation_config.json is needed here; English-only models have no languages. */
const Generation = z.object({
  decoder_start_token_id: z.number(),
  eos_token_id: z.union([
    z.number(),
    z
      .array(z.number())
      .min(1)
      .transform((ids) => ids[0] ?? 0),
  ]),
  is_multilingual: z.boolean().default(false),
  lang_to_id: z.record(z.string(), z.number()).default({}),
  alignment_heads: z.array(z.tuple([z.number(), z.number()])).nullish(),
});

const Chunks = z.object({
  chunks: z.array(z.object({ text: z.string(), timestamp: z.tuple([z.number().nullable(), z.number().nullable()]) })),
});

type Loaded = {
  model: WhisperForConditionalGeneration;
  processor: Processor;
  tokenizer: WhisperTokenizer;
  generation: z.output<typeof Generation>;
  /** By what Whisper calls it, such as `uk`. */
  languageTokens: ReadonlyMap<string, number>;
  /** Whether the decoder says where it listens. */
  hasWordTimes: boolean;
};

/** The 8-bit file of a part of the model where there is one. */
const precisionOf = async (folder: string, part: string): Promise<"q8" | "fp32"> =>
  (await readdir(join(folder, "onnx"))).includes(`${part}_quantized.onnx`) ? "q8" : "fp32";

const load = async ({ folder, files, repair }: WhisperJob): Promise<Loaded> => {
  for (const file of files) await verifiedFile(folder, file, repair);
  env.allowRemoteModels = false;
  const options = {
    dtype: {
      encoder_model: await precisionOf(folder, "encoder_model"),
      decoder_model_merged: await precisionOf(folder, "decoder_model_merged"),
    },
    device: "cpu",
    // Exports with 8-bit weights that encoder and decoder share do not survive this rewriting.
    session_options: { ...SESSION_OPTIONS, extra: { session: { disable_quant_qdq: "1" } } },
  } as const;
  const model = await WhisperForConditionalGeneration.from_pretrained(folder, options);
  const generation = Generation.parse(model.generation_config);
  const decoder = model.sessions["decoder_model_merged"] as { outputNames: string[] }; // the library's own session
  return {
    model: model as WhisperForConditionalGeneration, // typed as the base class that the method belongs to
    processor: await AutoProcessor.from_pretrained(folder),
    tokenizer: (await AutoTokenizer.from_pretrained(folder)) as WhisperTokenizer, // what Whisper's folder has
    generation,
    languageTokens: new Map(Object.entries(generation.lang_to_id).map(([name, id]) => [name.slice(2, -2), id])),
    hasWordTimes:
      decoder.outputNames.some((name) => name.startsWith("cross_attentions")) && Boolean(generation.alignment_heads),
  };
};

/** How probable each language is in this stretch of speech: what the decoder would say first. */
const listenForLanguage = async (
  { model, generation, languageTokens }: Loaded,
  input_features: Tensor,
): Promise<Map<string, number>> => {
  const start = new Tensor("int64", [BigInt(generation.decoder_start_token_id)], [1, 1]);
  const { logits } = await model({ input_features, decoder_input_ids: start });
  const weights = [...languageTokens].map(([code, id]) => [code, Number(logits.data[id])] as const);
  const max = Math.max(...weights.map(([, logit]) => logit));
  const sum = weights.reduce((total, [, logit]) => total + Math.exp(logit - max), 0);
  return new Map(weights.map(([code, logit]) => [code, Math.exp(logit - max) / sum]));
};

type Generated = {
  tokens: number[];
  times: number[] | null;
  logProbability: number;
  rules: GenerationRules;
  cap: number;
};
type Asked = { samples: Float32Array; features: Tensor; language: string | null; mayBeEmpty: boolean };

const generate = async (loaded: Loaded, { samples, features, language, mayBeEmpty }: Asked): Promise<Generated> => {
  const { model, generation, hasWordTimes } = loaded;
  const rules = { endToken: generation.eos_token_id, prefixLength: language === null ? 1 : 3, mayBeEmpty };
  const cap = Math.min(
    MAX_TOKENS,
    Math.max(MIN_TOKENS, Math.ceil((samples.length / SAMPLE_RATE_HZ) * MAX_TOKENS_PER_SECOND)),
  );
  const watch = new Watch(rules);
  const processors = new LogitsProcessorList();
  processors.push(watch);
  const answer = await model.generate({
    inputs: features,
    ...(language !== null && { language, task: "transcribe" }),
    return_timestamps: true,
    return_token_timestamps: hasWordTimes,
    num_frames: Math.ceil(samples.length / SAMPLES_PER_FRAME),
    max_new_tokens: cap,
    logits_processor: processors,
  } as Parameters<typeof model.generate>[0]); // the types leave out what goes into the configuration
  // The library's answer: a tensor of tokens, or an object with that and their times.
  const { sequences, token_timestamps: times } = (answer instanceof Tensor ? { sequences: answer } : answer) as {
    sequences: Tensor;
    token_timestamps?: Tensor;
  };
  const after = (tensor: Tensor): number[] =>
    Array.from(tensor.data as Iterable<bigint | number>, Number).slice(rules.prefixLength);
  const tokens = after(sequences);
  return {
    tokens,
    times: times === undefined ? null : after(times),
    logProbability: watch.finish(tokens.at(-1) ?? rules.endToken),
    rules,
    cap,
  };
};

const toMs = (seconds: number): number => Math.round(seconds * 1000);

/** The words in order, none beginning before the one before it ends. */
const toWords = (
  chunks: z.output<typeof Chunks>["chunks"],
  { lengthMs, confidence }: { lengthMs: number; confidence: number },
): SpeechWord[] => {
  let earliestMs = 0;
  return chunks.flatMap(({ text, timestamp: [start, end] }) => {
    if (text.trim() === "") return [];
    const startMs = Math.min(lengthMs, Math.max(earliestMs, toMs(start ?? 0)));
    const endMs = Math.min(lengthMs, Math.max(startMs, toMs(end ?? start ?? 0)));
    earliestMs = endMs;
    return [{ text: text.trim(), startMs, endMs, confidence }];
  });
};

const toRecognition = (
  { tokenizer, hasWordTimes }: Loaded,
  generated: Generated,
  samples: Float32Array,
): Recognition => {
  const { tokens, times, logProbability, rules, cap } = generated;
  const kept = withoutLoop(tokens, rules);
  const taken = kept ?? tokens;
  const seconds = samples.length / SAMPLE_RATE_HZ;
  // oxlint-disable-next-line no-underscore-dangle -- the library's way from tokens to words with their times
  const [text, timed] = tokenizer._decode_asr(
    [
      {
        tokens: taken.map(BigInt),
        ...(times !== null && { token_timestamps: times.slice(0, taken.length) }),
        stride: [seconds, 0, 0],
      },
    ],
    { return_timestamps: hasWordTimes ? "word" : true, time_precision: SECONDS_PER_FRAME, force_full_sequences: false },
  );
  const hasEnded = tokens.at(-1) === rules.endToken || tokens.length < cap;
  return {
    text: z.string().parse(text).replaceAll("\uFFFD", "").trim(),
    logProbability,
    tokens: taken.filter((token) => token < rules.endToken).length,
    ending: kept !== null ? "loop" : hasEnded ? "end" : "cap",
    words: hasWordTimes
      ? toWords(Chunks.parse(timed).chunks, { lengthMs: toMs(seconds), confidence: Math.exp(logProbability) })
      : null,
  };
};

/**
 * Opens a Whisper from its folder: nothing is fetched. Without a language it listens for it in the first stretches of
 * speech, until it is sure.
 * @throws AppError "language_unsupported" for a language that this model was not trained on.
 */
export const openWhisper = async (job: WhisperJob): Promise<Recogniser> => {
  const loaded = await load(job);
  const { generation, languageTokens } = loaded;
  const codes = generation.is_multilingual ? [...languageTokens.keys()] : ["en"];
  if (job.language !== null && !codes.includes(job.language)) {
    const detail = `The Whisper model in use does not know the language "${job.language}", it knows ${codes.join(", ")}: set WHISPER_MODEL to another one.`;
    throw new AppError("language_unsupported", { detail });
  }
  const vote = createLanguageVote(job.language === null ? codes : [job.language]);
  const isGiven = job.language !== null || !generation.is_multilingual;
  return {
    language: () => (isGiven ? null : vote.detected()),
    recognise: async (samples, { mayBeEmpty }) => {
      const { input_features: features } = (await loaded.processor(samples)) as { input_features: Tensor }; // Whisper's
      if (!isGiven && !vote.isSettled()) vote.add(await listenForLanguage(loaded, features));
      const language = generation.is_multilingual ? vote.best().code : null;
      return toRecognition(loaded, await generate(loaded, { samples, features, language, mayBeEmpty }), samples);
    },
  };
};
