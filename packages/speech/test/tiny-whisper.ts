import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { constant, model, node } from "./onnx.ts";

/**
 * A Whisper of a few kilobytes, with the files, the tokens and the graphs' ends of a real one, that "hears" by pitch: a low
 * tone is English ("hello world."), anything in between, such as speech, Ukrainian, and a high tone makes it repeat itself.
 */
const WORDS = [" hello", " world", ".", " привіт", " світе", " la"];
const [HELLO, WORLD, STOP, PRYVIT, SVITE, LA] = [0, 1, 2, 3, 4, 5] as const;
const SPECIAL = [
  "endoftext",
  "startoftranscript",
  "en",
  "uk",
  "ru",
  "translate",
  "transcribe",
  "nospeech",
  "notimestamps",
];
const idOf = (name: string): number => WORDS.length + SPECIAL.indexOf(name);
const END = idOf("endoftext");
/** `<|0.00|>`; one each 20 ms up to 30 s. */
const FIRST_TIME = WORDS.length + SPECIAL.length;
const VOCABULARY = FIRST_TIME + 1501;
const FRAMES = 1500;

/** What comes after a token, whatever is heard: nothing where the sound decides. */
const NEXT = new Map<number, number>([
  [HELLO, WORLD],
  [WORLD, STOP],
  [PRYVIT, SVITE],
  [SVITE, STOP],
  [STOP, FIRST_TIME + 100],
  [FIRST_TIME + 100, END],
  [LA, LA],
]);
/** Where the decoder listens when it is given a token: 20 ms frames. */
const HEARD_AT = new Map<number, number>([
  [FIRST_TIME, 10],
  [HELLO, 40],
  [PRYVIT, 40],
  [WORLD, 70],
  [SVITE, 70],
  [STOP, 100],
  [FIRST_TIME + 100, 100],
]);
/** A token's score is `slope` times how much louder low sounds are than high ones (-2 to 2), and `base`. */
const BY_SOUND: { token: number; slope: number; base: number }[] = [
  { token: idOf("en"), slope: 40, base: 0 },
  { token: idOf("uk"), slope: 0, base: 30 },
  { token: HELLO, slope: 40, base: 12 },
  { token: PRYVIT, slope: 0, base: 42 },
  { token: LA, slope: -40, base: 12 },
];
const SURE = 200;

const perToken = (entries: Iterable<readonly [number, number]>, otherwise: number): number[] => {
  const values = Array.from({ length: VOCABULARY }, () => otherwise);
  for (const [token, value] of entries) values[token] = value;
  return values;
};
const integers = (name: string, values: number[]): Buffer =>
  constant(name, BigInt64Array.from(values.map(BigInt)), [values.length]);
const floats = (name: string, values: number[], dims = [values.length]): Buffer =>
  constant(name, Float32Array.from(values), dims);

const encoder = (): Buffer =>
  model(
    [
      floats(
        "frames",
        Array.from({ length: FRAMES }, () => 1),
        [1, FRAMES, 1],
      ),
      node("ReduceMax", { inputs: ["input_features"], output: "loudest", axes: [2], keepdims: 1 }),
      node("Transpose", { inputs: ["loudest"], output: "bands", perm: [0, 2, 1] }),
      node("Mul", { inputs: ["bands", "frames"], output: "last_hidden_state" }),
    ],
    [{ name: "input_features", type: "float", shape: ["batch", 80, 3000] }],
    [{ name: "last_hidden_state", type: "float", shape: ["batch", FRAMES, 80] }],
  );

const attention = [
  integers("heardAt", perToken(HEARD_AT, 0)),
  floats(
    "frameNumbers",
    Array.from({ length: FRAMES }, (_, frame) => frame),
    [1, 1, 1, FRAMES],
  ),
  floats("sharpness", [-0.1]),
  integers("newAxes", [1, 3]),
  node("Gather", { inputs: ["heardAt", "input_ids"], output: "heardFrame", axis: 0 }),
  node("Cast", { inputs: ["heardFrame"], output: "heardNumber", to: 1 }),
  node("Unsqueeze", { inputs: ["heardNumber", "newAxes"], output: "heardColumn" }),
  node("Sub", { inputs: ["frameNumbers", "heardColumn"], output: "distance" }),
  node("Abs", { inputs: ["distance"], output: "far" }),
  node("Mul", { inputs: ["far", "sharpness"], output: "fading" }),
  node("Exp", { inputs: ["fading"], output: "cross_attentions.0" }),
];

const decoder = (hasAttention: boolean): Buffer =>
  model(
    [
      integers("next", perToken(NEXT, VOCABULARY)),
      integers("depth", [VOCABULARY]),
      floats("offOn", [0, SURE]),
      floats(
        "slopes",
        perToken(
          BY_SOUND.map(({ token, slope }) => [token, slope]),
          0,
        ),
      ),
      floats(
        "bases",
        perToken(
          BY_SOUND.map(({ token, base }) => [token, base]),
          0,
        ),
      ),
      ...["zero", "middle", "all", "bandAxis"].map((name, index) => integers(name, [[0, 40, 80, 2][index] ?? 0])),
      node("Gather", { inputs: ["next", "input_ids"], output: "following", axis: 0 }),
      node("OneHot", { inputs: ["following", "depth", "offOn"], output: "chain", axis: -1 }),
      node("ReduceMax", { inputs: ["encoder_hidden_states"], output: "bands", axes: [1], keepdims: 1 }),
      node("Slice", { inputs: ["bands", "zero", "middle", "bandAxis"], output: "lowBands" }),
      node("Slice", { inputs: ["bands", "middle", "all", "bandAxis"], output: "highBands" }),
      node("ReduceMax", { inputs: ["lowBands"], output: "low", axes: [2], keepdims: 1 }),
      node("ReduceMax", { inputs: ["highBands"], output: "high", axes: [2], keepdims: 1 }),
      node("Sub", { inputs: ["low", "high"], output: "pitch" }),
      node("Mul", { inputs: ["pitch", "slopes"], output: "sloped" }),
      node("Add", { inputs: ["sloped", "bases"], output: "heard" }),
      node("Add", { inputs: ["chain", "heard"], output: "logits" }),
      ...(hasAttention ? attention : []),
    ],
    [
      { name: "input_ids", type: "int64", shape: ["batch", "length"] },
      { name: "encoder_hidden_states", type: "float", shape: ["batch", FRAMES, 80] },
    ],
    [
      { name: "logits", type: "float", shape: ["batch", "length", VOCABULARY] },
      ...(hasAttention
        ? [{ name: "cross_attentions.0", type: "float" as const, shape: ["batch", 1, "length", FRAMES] }]
        : []),
    ],
  );

const isPrintable = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);

/** Byte-level BPE writes bytes as letters: printable ones as themselves, the rest from U+0100 on. */
const byteLevel = (word: string): string => {
  const others = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !isPrintable(byte));
  return [...Buffer.from(word)]
    .map((byte) => String.fromCodePoint(isPrintable(byte) ? byte : 0x100 + others.indexOf(byte)))
    .join("");
};

const tokenizer = {
  version: "1.0",
  added_tokens: SPECIAL.map((name) => ({ id: idOf(name), content: `<|${name}|>`, special: true, normalized: false })),
  normalizer: null,
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true },
  post_processor: null,
  decoder: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true },
  model: { type: "BPE", vocab: Object.fromEntries(WORDS.map((word, id) => [byteLevel(word), id])), merges: [] },
};

const generation = {
  decoder_start_token_id: idOf("startoftranscript"),
  eos_token_id: END,
  pad_token_id: END,
  is_multilingual: true,
  lang_to_id: Object.fromEntries(["en", "uk", "ru"].map((code) => [`<|${code}|>`, idOf(code)])),
  task_to_id: { transcribe: idOf("transcribe"), translate: idOf("translate") },
  no_timestamps_token_id: idOf("notimestamps"),
  return_timestamps: false,
  max_length: 448,
};

const config = {
  model_type: "whisper",
  architectures: ["WhisperForConditionalGeneration"],
  is_encoder_decoder: true,
  vocab_size: VOCABULARY,
  d_model: 80,
  encoder_layers: 1,
  decoder_layers: 1,
  encoder_attention_heads: 1,
  decoder_attention_heads: 1,
  max_source_positions: FRAMES,
  median_filter_width: 7,
};

const preprocessor = {
  feature_extractor_type: "WhisperFeatureExtractor",
  processor_class: "WhisperProcessor",
  feature_size: 80,
  sampling_rate: 16_000,
  hop_length: 160,
  n_fft: 400,
  chunk_length: 30,
  n_samples: 480_000,
  nb_max_frames: 3000,
};

const json = (content: object): Buffer => Buffer.from(JSON.stringify(content));

/** The model's files, by their path in its folder. */
export const tinyWhisper = (hasAttention = true): Map<string, Buffer> => {
  return new Map([
    ["config.json", json(config)],
    ["generation_config.json", json({ ...generation, ...(hasAttention && { alignment_heads: [[0, 0]] }) })],
    ["preprocessor_config.json", json(preprocessor)],
    ["tokenizer.json", json(tokenizer)],
    ["tokenizer_config.json", json({ tokenizer_class: "WhisperTokenizer", eos_token: "<|endoftext|>" })],
    ["onnx/encoder_model_quantized.onnx", encoder()],
    ["onnx/decoder_model_merged_quantized.onnx", decoder(hasAttention)],
  ]);
};

export const writeTinyWhisper = async (folder: string, hasAttention = true): Promise<string> => {
  await mkdir(join(folder, "onnx"), { recursive: true });
  for (const [path, content] of tinyWhisper(hasAttention)) await writeFile(join(folder, path), content);
  return folder;
};
