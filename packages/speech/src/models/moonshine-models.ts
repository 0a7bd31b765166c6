import type { SpeechModel } from "./registry.ts";

const SOURCE = { kind: "npm", package: "@usefulsensors/moonshine-js", version: "0.1.16" } as const;

/** The quantized English weights as published: anything else is refused before it is run. */
export const MOONSHINE_MODELS = {
  base: {
    id: "moonshine-base",
    engine: "local",
    languages: ["en"],
    licence: "MIT",
    source: SOURCE,
    files: [
      {
        path: "encoder_model.onnx",
        sizeBytes: 20_513_063,
        sha256: "1dd9ab0a7f987113d30affcba5a068d11c8f90fa0223caa3e491ade431ad9751",
      },
      {
        path: "decoder_model_merged.onnx",
        sizeBytes: 42_498_870,
        sha256: "cc9f3cd6698a369c6008b41aa60aa3fb3322e7f03c9bdf19d8e6b7200afca4f3",
      },
    ],
  },
  tiny: {
    id: "moonshine-tiny",
    engine: "local",
    languages: ["en"],
    licence: "MIT",
    source: SOURCE,
    files: [
      {
        path: "encoder_model.onnx",
        sizeBytes: 7_937_661,
        sha256: "c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a",
      },
      {
        path: "decoder_model_merged.onnx",
        sizeBytes: 20_243_286,
        sha256: "eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367",
      },
    ],
  },
} as const satisfies Record<string, SpeechModel>;
