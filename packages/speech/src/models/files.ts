import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { AppError } from "@phonoscene/kernel";

import type { ModelFile, SpeechModel } from "./registry.ts";

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");

const isPresent = async (folder: string, { path, sizeBytes }: ModelFile): Promise<boolean> => {
  try {
    return (await stat(join(folder, path))).size === sizeBytes;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

/** Whether the files are in the folder, by their sizes; what they hold is verified where they are loaded. */
export const hasEveryFile = async (folder: string, { files }: Pick<SpeechModel, "files">): Promise<boolean> =>
  (await Promise.all(files.map((file) => isPresent(folder, file)))).every(Boolean);

const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
};

/** Whether the file is in the folder and what was published. */
export const isIntact = async (folder: string, file: ModelFile): Promise<boolean> =>
  (await isPresent(folder, file)) && (await sha256Of(join(folder, file.path))) === file.sha256;

/**
 * The file's path, once its content is what was published.
 * @param repair what to do otherwise, as the end of a sentence.
 * @throws AppError "model_not_installed" for what is missing or altered.
 */
export const verifiedFile = async (
  folder: string,
  file: Omit<ModelFile, "sizeBytes">,
  repair: string,
): Promise<string> => {
  const path = join(folder, file.path);
  const refusal = (fault: string, cause?: unknown): AppError =>
    new AppError(
      "model_not_installed",
      { detail: `The speech model's file ${file.path} ${fault}: ${repair}.` },
      { cause },
    );
  const sha256 = await sha256Of(path).catch((cause: unknown) => {
    throw refusal("cannot be read", cause);
  });
  if (sha256 !== file.sha256) throw refusal("is damaged or of another version (its SHA-256 differs)");
  return path;
};
