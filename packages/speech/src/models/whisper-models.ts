import { WHISPER_LANGUAGES } from "../openai/languages.ts";
import type { ModelFile, SpeechModel } from "./registry.ts";

/**
 * The 8-bit ONNX exports of OpenAI's Whisper that Transformers.js runs, by a name of ours. Sizes and SHA-256 are those of
 * the files of the revision named: others are refused. All four say where a word is (their decoders give cross-attention).
 */
const EXPORTS = [
  {
    id: "whisper-tiny",
    repository: "Xenova/whisper-tiny",
    revision: "5332fcc35e32a33b86612b9a57a89be7906102b1",
    files: [
      {
        path: "config.json",
        sizeBytes: 2_248,
        sha256: "2b2e4e519084e0ea028b19b153f95202735a971870d6844aa26e559edd292e94",
      },
      {
        path: "generation_config.json",
        sizeBytes: 3_716,
        sha256: "68ac791fcb4999461a313472125042934656240ba1cba7d1c2627fcbb19ac24c",
      },
      {
        path: "preprocessor_config.json",
        sizeBytes: 339,
        sha256: "a6a76d28c93edb273669eb9e0b0636a2bddbb1272c3261e47b7ca6dfdbac1b8d",
      },
      {
        path: "tokenizer.json",
        sizeBytes: 2_480_466,
        sha256: "27fc476bfe7f17299480be2273fc0608e4d5a99aba2ab5dec5374b4482d1a566",
      },
      {
        path: "tokenizer_config.json",
        sizeBytes: 282_683,
        sha256: "2a4c4281cf9f51ac6ccc406fdc711a087afe6530f671fa7b80953edc498275ce",
      },
      {
        path: "onnx/encoder_model_quantized.onnx",
        sizeBytes: 10_124_910,
        sha256: "fd9d995b9dcb0520f0dbf6cf68651af639fc385f594d9d876e69ca2802dc438e",
      },
      {
        path: "onnx/decoder_model_merged_quantized.onnx",
        sizeBytes: 30_727_765,
        sha256: "6c0c125986b007d2e3734bec84c18bda0152071b90b87fadac6d7764499927a0",
      },
    ],
  },
  {
    id: "whisper-base",
    repository: "onnx-community/whisper-base_timestamped",
    revision: "608c49e61301901684bc36cac8f74b95ff6b5a8e",
    files: [
      {
        path: "config.json",
        sizeBytes: 2_243,
        sha256: "f4d0608f7d918166da7edb3e188de5ef1bfe70d9802e785d271fd88111e9cf4b",
      },
      {
        path: "generation_config.json",
        sizeBytes: 3_832,
        sha256: "61070cf8de25b1e9256e8e102ded49d8d24a8369ed36ef84fdf21549e68125a0",
      },
      {
        path: "preprocessor_config.json",
        sizeBytes: 339,
        sha256: "a6a76d28c93edb273669eb9e0b0636a2bddbb1272c3261e47b7ca6dfdbac1b8d",
      },
      {
        path: "tokenizer.json",
        sizeBytes: 2_480_466,
        sha256: "27fc476bfe7f17299480be2273fc0608e4d5a99aba2ab5dec5374b4482d1a566",
      },
      {
        path: "tokenizer_config.json",
        sizeBytes: 282_682,
        sha256: "2e036e4dbacfdeb7242c7d4ec4149f4a16e86026048f94d1637e3a8ee9c6a573",
      },
      {
        path: "onnx/encoder_model_quantized.onnx",
        sizeBytes: 23_159_167,
        sha256: "2714484ebe1bae7c1646e8eadb768bb9d415cf11763466d21f23039a29c62e6f",
      },
      {
        path: "onnx/decoder_model_merged_quantized.onnx",
        sizeBytes: 53_712_708,
        sha256: "cf9a8d5bcddc0917a0078135b484cedcaf44f28909cd91910abd29dced9171db",
      },
    ],
  },
  {
    id: "whisper-small",
    repository: "Xenova/whisper-small",
    revision: "2d67713f236afa48a18992566e7647f6ca848e13",
    files: [
      {
        path: "config.json",
        sizeBytes: 2_232,
        sha256: "5a6429d21d7a3379dd0861b74510f9f7076f32b563bffc9fcb072482d55ab3be",
      },
      {
        path: "generation_config.json",
        sizeBytes: 3_837,
        sha256: "0b7407a4e53a677f826e03c75d409e6f830663932bf43dda3b08c5efa2223279",
      },
      {
        path: "preprocessor_config.json",
        sizeBytes: 339,
        sha256: "a6a76d28c93edb273669eb9e0b0636a2bddbb1272c3261e47b7ca6dfdbac1b8d",
      },
      {
        path: "tokenizer.json",
        sizeBytes: 2_480_466,
        sha256: "27fc476bfe7f17299480be2273fc0608e4d5a99aba2ab5dec5374b4482d1a566",
      },
      {
        path: "tokenizer_config.json",
        sizeBytes: 282_683,
        sha256: "2a4c4281cf9f51ac6ccc406fdc711a087afe6530f671fa7b80953edc498275ce",
      },
      {
        path: "onnx/encoder_model_quantized.onnx",
        sizeBytes: 92_324_809,
        sha256: "969f5ac12974340386bf7a02ea6626003e5e2dee396ffc6ab0eec282bf55ba06",
      },
      {
        path: "onnx/decoder_model_merged_quantized.onnx",
        sizeBytes: 156_780_950,
        sha256: "fcfc6100dc7339e7507e10f8b274350be7c4f8d8b575f0293f94cc0e156d6d24",
      },
    ],
  },
  {
    id: "whisper-medium",
    repository: "Xenova/whisper-medium",
    revision: "8c5b90880ab9f79487ab33613413431bf661d595",
    files: [
      {
        path: "config.json",
        sizeBytes: 2_256,
        sha256: "a9c2ef0290a8fa3d203231dd01a074891b7f595d5d305ead2aac8ac5e6e47105",
      },
      {
        path: "generation_config.json",
        sizeBytes: 3_694,
        sha256: "c57f39da43ff86f60451a1c978743ca48fd995ac5d7e3c3534f856d0bed57770",
      },
      {
        path: "preprocessor_config.json",
        sizeBytes: 339,
        sha256: "a6a76d28c93edb273669eb9e0b0636a2bddbb1272c3261e47b7ca6dfdbac1b8d",
      },
      {
        path: "tokenizer.json",
        sizeBytes: 2_480_466,
        sha256: "27fc476bfe7f17299480be2273fc0608e4d5a99aba2ab5dec5374b4482d1a566",
      },
      {
        path: "tokenizer_config.json",
        sizeBytes: 282_683,
        sha256: "2a4c4281cf9f51ac6ccc406fdc711a087afe6530f671fa7b80953edc498275ce",
      },
      {
        path: "onnx/encoder_model_quantized.onnx",
        sizeBytes: 313_468_028,
        sha256: "7d6b4a00e441271646327f8a71b6e1bd1a305013cd914b51ddd76919c59ee3af",
      },
      {
        path: "onnx/decoder_model_merged_quantized.onnx",
        sizeBytes: 462_661_606,
        sha256: "2cdd6d06ebdf9d993d21117bfeeb7e9b399521b7766d3df77c54a85d6dcf3c08",
      },
    ],
  },
] as const satisfies { id: string; repository: string; revision: string; files: ModelFile[] }[];

/** Cantonese came with the third version of the large model. */
const LANGUAGES = WHISPER_LANGUAGES.filter((tag) => tag !== "yue");

export const WHISPER_MODELS: SpeechModel[] = EXPORTS.map(({ id, repository, revision, files }) => ({
  id,
  engine: "whisper",
  languages: LANGUAGES,
  licence: "Apache-2.0",
  source: { kind: "hub", repository, revision },
  files: [...files],
}));
