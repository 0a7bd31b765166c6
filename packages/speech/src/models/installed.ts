import { AppError } from "@phonoscene/kernel";

import { type ModelName, moonshineFolder } from "../local/model-files.ts";
import { modelFolder } from "./fetch-model.ts";
import { hasEveryFile } from "./files.ts";
import { MOONSHINE_MODELS } from "./moonshine-models.ts";
import { SPEECH_MODELS, type SpeechModel } from "./registry.ts";

export type ModelFolders = { modelDir?: string | undefined; cacheDir: string };
export type InstalledModel = SpeechModel & { isInstalled: boolean };

const folderOf = (model: SpeechModel, { modelDir, cacheDir }: ModelFolders): string => {
  // The keys of the table are the names of its models.
  const name = (Object.keys(MOONSHINE_MODELS) as ModelName[]).find((key) => MOONSHINE_MODELS[key].id === model.id);
  return name === undefined ? modelFolder(model, cacheDir) : moonshineFolder(name, modelDir);
};

const isInstalled = async (model: SpeechModel, folders: ModelFolders): Promise<boolean> => {
  try {
    return await hasEveryFile(folderOf(model, folders), model);
  } catch (error) {
    if (error instanceof AppError && error.code === "model_not_installed") return false;
    throw error;
  }
};

/** Every known model, and whether all its files are on this machine (by their sizes: content is verified when it is loaded). */
export const installedModels = (folders: ModelFolders): Promise<InstalledModel[]> =>
  Promise.all(SPEECH_MODELS.map(async (model) => ({ ...model, isInstalled: await isInstalled(model, folders) })));
