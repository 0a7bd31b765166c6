import { stat } from "node:fs/promises";

import type { Warning } from "@phonoscene/contracts";
import { AppError, type Logger } from "@phonoscene/kernel";

import { inOrder, TRUNCATED } from "../local/engine.ts";
import { hearInChild } from "../local/hear-in-child.ts";
import type { DetectedLanguage, WhisperJob } from "../local/messages.ts";
import { wordTimingOf } from "../local/word-times.ts";
import { fetchModel, type HubModel, isHubModel, modelFolder, repairOf } from "../models/fetch-model.ts";
import { hasEveryFile } from "../models/files.ts";
import { findModel, sizeOf, SPEECH_MODELS } from "../models/registry.ts";
import type { SpeechEngine, SpeechRequest, SpeechResult } from "../port.ts";
import { onlyRising } from "../rising.ts";
import { whisperCode } from "./language.ts";

export type WhisperSpeechConfig = {
  /** One of the registry by its name or its repository's, a folder with a Whisper as Transformers.js takes it, or a model. */
  model: string | HubModel;
  /** Where models are kept, and fetched to. */
  cacheDir: string;
  /** A mirror of the model hub. */
  hubUrl?: string;
  /** In place of the ffmpeg on PATH. */
  ffmpegPath?: string;
  maxDurationMs: number;
  logger?: Logger;
};

/** What of the progress a model takes that must be fetched first. */
const FETCH_SHARE = 0.5;
/** Less sure of the language than this says so in a warning. */
const SURE = 0.5;

type Model = Pick<WhisperJob, "files" | "repair"> & { name: string; folder(request: ModelRequest): Promise<string> };
type ModelRequest = Pick<SpeechRequest, "signal" | "onProgress">;

const ownFolder = (path: string): Model => ({
  files: [],
  repair: "put it into the folder that WHISPER_MODEL names",
  name: path.split(/[\\/]/).findLast((part) => part !== "") ?? path,
  folder: async () => {
    const found = await stat(path).catch((cause: unknown) => {
      const detail = `The folder of the speech model, ${path}, cannot be read: correct WHISPER_MODEL, or put the model there.`;
      throw new AppError("model_not_installed", { detail }, { cause });
    });
    if (found.isDirectory()) return path;
    throw new AppError("model_not_installed", { detail: `WHISPER_MODEL names ${path}, which is no folder.` });
  },
});

/** @throws AppError "config/invalid" for a name that is neither in the registry nor a path. */
const modelOf = ({ model, cacheDir, hubUrl, logger }: WhisperSpeechConfig): Model => {
  const name = typeof model === "string" ? model : model.id;
  const known = typeof model === "string" ? findModel(model) : model;
  if (known === null && /^([./~]|[a-z]:)/i.test(name)) return ownFolder(name);
  if (known === null || !isHubModel(known)) {
    const ids = SPEECH_MODELS.filter(isHubModel).map(({ id }) => id);
    const detail = `WHISPER_MODEL is ${name}: it takes ${ids.join(", ")}, or the path of a folder with a Whisper in ONNX.`;
    throw new AppError("config/invalid", { detail });
  }
  const folder = async ({ signal, onProgress }: ModelRequest): Promise<string> => {
    if (await hasEveryFile(modelFolder(known, cacheDir), known)) return modelFolder(known, cacheDir);
    logger?.info({ model: known.id, sizeBytes: sizeOf(known) }, "fetching a speech model");
    return fetchModel(known, {
      cacheDir,
      ...(hubUrl !== undefined && { hubUrl }),
      signal,
      onProgress: (bytes) => onProgress((FETCH_SHARE * bytes) / sizeOf(known)),
    });
  };
  return { name: known.id, files: known.files, repair: repairOf(known), folder };
};

const doubt = (language: DetectedLanguage | null): Warning[] => {
  if (language === null || language.probability >= SURE) return [];
  const message = `The language was taken for ${language.tag}, and could be another: check the transcript, or name the language.`;
  return [{ code: "language_low_confidence", message }];
};

/** Changes when the same recording would be cut or heard otherwise: what was kept before is then of no use. */
const HEARING = "1";

/**
 * Speech in 99 languages on this machine: OpenAI's Whisper in ONNX, through Transformers.js, in a process a recording.
 * A model that is not there is fetched when the first recording needs it; nothing is asked of anybody after that.
 */
export const createWhisperSpeechEngine = (config: WhisperSpeechConfig): SpeechEngine<SpeechResult> => {
  const { ffmpegPath, maxDurationMs, logger } = config;
  const model = modelOf(config);
  const { files, repair } = model;
  const name = `whisper/${model.name}`;
  return {
    name,
    transcribe: async ({ filePath, language, signal, pieces, onProgress }): Promise<SpeechResult> => {
      signal.throwIfAborted();
      const code = whisperCode(language);
      let doneBefore = 0;
      const rise = onlyRising(onProgress);
      const folder = await model.folder({ signal, onProgress: (fraction) => rise((doneBefore = fraction)) });
      const whisper = { folder, files, repair, language: code };
      const { chunks, summary } = await hearInChild(
        { filePath, whisper, ffmpegPath, maxDurationMs },
        {
          engine: `${name}, ${code ?? "auto"}, ${HEARING}`,
          pieces,
          signal,
          logger,
          onProgress: (fraction) => rise(doneBefore + (1 - doneBefore) * fraction),
        },
      );
      const segments = chunks.flatMap((chunk) => chunk.segments);
      const detected = chunks.at(-1)?.language ?? null;
      rise(1);
      return {
        language: language === "auto" ? (detected?.tag ?? "en") : language,
        durationMs: summary.durationMs,
        wordTiming: wordTimingOf(segments),
        segments: inOrder(segments, summary.durationMs),
        engine: name,
        warnings: [...(summary.isTruncated ? [TRUNCATED] : []), ...doubt(detected)],
      };
    },
  };
};
