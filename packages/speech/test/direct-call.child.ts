/**
 * A process: the recogniser called directly, without an engine around it, on the chunks that the engine cuts. Takes the
 * model's name, the number of threads and files; sends what the calls took. Decoding and the search for speech do not count.
 */
import { stat } from "node:fs/promises";

import { InferenceSession, Tensor } from "onnxruntime-node";

import { type Chunk, createChunker } from "../src/local/chunks.ts";
import { openDecoder } from "../src/local/decode.ts";
import { identifyMedia } from "../src/local/media-kind.ts";
import { mixDown } from "../src/local/mix.ts";
import { moonshineFiles, voiceFile } from "../src/local/model-files.ts";
import { openVoiceDetector } from "../src/local/voice-detector.ts";

/** What the calls of the model took. */
export type Floor = { wallMs: number; cpuMs: number; chunks: number };

const START_TOKEN = 1;
const END_TOKEN = 2;
const TOKENS_PER_SECOND = 13;
const MAX_TOKENS = 194;
const HOUR_MS = 3_600_000;

const [, , model, threads, ...files] = process.argv;
if (model !== "base" && model !== "tiny") throw new Error(`base or tiny was due, not ${String(model)}`);

const open = (path: string): Promise<InferenceSession> =>
  InferenceSession.create(path, { intraOpNumThreads: Number(threads), interOpNumThreads: 1, enableMemPattern: false });

const chunksOf = async (filePath: string): Promise<Chunk[]> => {
  const media = await identifyMedia(filePath);
  const { size: sizeBytes } = await stat(filePath);
  const { blocks } = openDecoder({ filePath, media, sizeBytes, ffmpegPath: undefined, maxDurationMs: HOUR_MS });
  const chunker = createChunker((await openVoiceDetector(await voiceFile()))());
  const chunks: Chunk[] = [];
  for await (const block of blocks) chunks.push(...(await chunker.push(mixDown(block))));
  return [...chunks, ...(await chunker.flush())];
};

const emptyPast = (decoder: InferenceSession): Record<string, Tensor> =>
  Object.fromEntries(
    decoder.inputMetadata.flatMap((input) => {
      if (!input.isTensor || !input.name.startsWith("past_key_values")) return [];
      const [, heads, , width] = input.shape;
      return [[input.name, new Tensor("float32", new Float32Array(0), [0, Number(heads), 1, Number(width)])]];
    }),
  );

const likeliest = (logits: Tensor): number => {
  let best = 0;
  // The model's own output: float32.
  const numbers = logits.data as Float32Array;
  for (let id = 1; id < numbers.length; id += 1) if ((numbers[id] ?? 0) > (numbers[best] ?? 0)) best = id;
  return best;
};

const recognise = async (
  encoder: InferenceSession,
  decoder: InferenceSession,
  samples: Float32Array,
): Promise<void> => {
  const encoded = await encoder.run({ input_values: new Tensor("float32", samples, [1, samples.length]) });
  // Both models are as published: their outputs have these names.
  const encoder_hidden_states = encoded["last_hidden_state"] as Tensor;
  const cap = Math.min(MAX_TOKENS, Math.ceil((samples.length / 16_000) * TOKENS_PER_SECOND));
  let past = emptyPast(decoder);
  let token = START_TOKEN;
  for (let step = 0; step < cap && token !== END_TOKEN; step += 1) {
    const input_ids = new Tensor("int64", BigInt64Array.of(BigInt(token)), [1, 1]);
    const use_cache_branch = new Tensor("bool", [step > 0]);
    const outputs = await decoder.run({ input_ids, encoder_hidden_states, use_cache_branch, ...past });
    past = Object.fromEntries(
      Object.entries(past).map(([name, tensor]) => {
        const present = outputs[name.replace("past_key_values", "present")] as Tensor;
        return [name, step === 0 || name.includes(".decoder.") ? present : tensor];
      }),
    );
    token = likeliest(outputs["logits"] as Tensor);
  }
};

const { encoder: encoderFile, decoder: decoderFile } = await moonshineFiles(model, undefined);
const [encoder, decoder] = [await open(encoderFile), await open(decoderFile)];
const floor: Floor = { wallMs: 0, cpuMs: 0, chunks: 0 };
for (const file of files) {
  for (const { samples } of await chunksOf(file)) {
    const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()];
    await recognise(encoder, decoder, samples);
    const { user, system } = process.cpuUsage(cpuBefore);
    floor.wallMs += performance.now() - startedAt;
    floor.cpuMs += (user + system) / 1000;
    floor.chunks += 1;
  }
}
process.send?.(floor);
process.disconnect?.();
