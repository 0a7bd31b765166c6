import { AppError, type Logger } from "@phonoscene/kernel";

import { createAssemblyAiEngine } from "./assemblyai/engine.ts";
import { createLocalSpeechEngine } from "./local/engine.ts";
import type { ModelName } from "./local/model-files.ts";
import type { SpeechEngine } from "./port.ts";

export type SpeechConfig = {
  /** `auto`: AssemblyAI with a key, else the engine on this machine. */
  engine: "auto" | "local" | "assemblyai";
  assemblyAiApiKey?: string | undefined;
  assemblyAiBaseUrl?: string | undefined;
  /** Of the local engine. */
  model: ModelName;
  modelDir?: string | undefined;
  ffmpegPath?: string | undefined;
  maxDurationMs: number;
  /** For a whole job of AssemblyAI's. */
  timeoutMs: number;
  logger?: Logger | undefined;
};

/** Without what is undefined: absent and undefined are two things to the engines. */
const defined = <T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  // Only undefined values are left out.
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

/**
 * The speech engine that the configuration asks for.
 * @throws AppError "config/invalid" for AssemblyAI without a key.
 */
export const createSpeechEngine = (config: SpeechConfig): SpeechEngine => {
  const { engine, assemblyAiApiKey: apiKey, assemblyAiBaseUrl: baseUrl, timeoutMs } = config;
  if (engine === "local" || (engine === "auto" && apiKey === undefined)) {
    const { model, modelDir, ffmpegPath, maxDurationMs, logger } = config;
    return createLocalSpeechEngine(defined({ model, modelDir, ffmpegPath, maxDurationMs, logger }));
  }
  if (apiKey !== undefined) return createAssemblyAiEngine(defined({ apiKey, baseUrl, timeoutMs }));
  throw new AppError("config/invalid", {
    detail: "SPEECH_ENGINE is assemblyai, but ASSEMBLYAI_API_KEY is not set: set it, or take local or auto.",
  });
};
