import { AppError, type Logger } from "@phonoscene/kernel";

import { type AssemblyAiConfig, createAssemblyAiEngine } from "./assemblyai/engine.ts";
import { createLocalAligner } from "./local/aligner.ts";
import { createLocalSpeechEngine, type LocalSpeechConfig } from "./local/engine.ts";
import type { ModelName } from "./local/model-files.ts";
import { createOpenAiSpeechEngine } from "./openai/engine.ts";
import type { SpeechAligner, SpeechEngine } from "./port.ts";
import { createWhisperSpeechEngine } from "./whisper/engine.ts";

export type SpeechConfig = {
  /**
   * `auto`: AssemblyAI with a key, else the engine on this machine. A key of OpenAI's is there for prompts: it alone
   * sends no recording away.
   */
  engine: "auto" | "local" | "whisper" | "assemblyai" | "openai";
  assemblyAiApiKey?: string | undefined;
  assemblyAiBaseUrl?: string | undefined;
  assemblyAi?: Partial<
    Pick<AssemblyAiConfig, "speechModels" | "languageConfidence" | "expectedLanguages" | "hasSpeakerLabels">
  >;
  openAi?: { apiKey?: string | undefined; baseUrl?: string | undefined; model: string; requestTimeoutMs: number };
  /** Of the local engine. */
  model: ModelName;
  modelDir?: string | undefined;
  whisper?: { model: string; cacheDir: string; hubUrl?: string | undefined } | undefined;
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

const createOpenAi = ({ openAi, maxDurationMs, ffmpegPath }: SpeechConfig): SpeechEngine => {
  if (openAi?.apiKey !== undefined) {
    const { apiKey, ...rest } = openAi;
    return createOpenAiSpeechEngine({ apiKey, ...defined({ ...rest, maxDurationMs, ffmpegPath }) });
  }
  throw new AppError("config/invalid", {
    detail: "SPEECH_ENGINE is openai, but OPENAI_API_KEY is not set: set it, or take local or auto.",
  });
};

const localConfig = ({ model, modelDir, ffmpegPath, maxDurationMs, logger }: SpeechConfig): LocalSpeechConfig =>
  defined({ model, modelDir, ffmpegPath, maxDurationMs, logger });

/** Places given words on this machine, whichever engine hears: it needs no key. */
export const createAligner = (config: SpeechConfig): SpeechAligner => createLocalAligner(localConfig(config));
const createWhisper = ({ whisper, maxDurationMs, ffmpegPath, logger }: SpeechConfig): SpeechEngine => {
  if (whisper !== undefined) {
    return createWhisperSpeechEngine(defined({ ...whisper, maxDurationMs, ffmpegPath, logger }));
  }
  throw new AppError("config/invalid", { detail: "SPEECH_ENGINE is whisper, but WHISPER_MODEL is not set." });
};

/**
 * The speech engine that the configuration asks for.
 * @throws AppError "config/invalid" for a vendor without a key or a model that there is not, "language_unsupported" for an expected language that
 * AssemblyAI does not know.
 */
export const createSpeechEngine = (config: SpeechConfig): SpeechEngine => {
  const { engine, assemblyAiApiKey: apiKey, assemblyAiBaseUrl: baseUrl, timeoutMs } = config;
  if (engine === "local" || (engine === "auto" && apiKey === undefined)) {
    return createLocalSpeechEngine(localConfig(config));
  }
  if (engine === "whisper") return createWhisper(config);
  if (engine === "openai") return createOpenAi(config);
  if (apiKey !== undefined) {
    const { assemblyAi = {}, maxDurationMs, ffmpegPath } = config;
    return createAssemblyAiEngine({
      ...defined({ apiKey, baseUrl, timeoutMs, maxDurationMs, ffmpegPath }),
      ...assemblyAi,
    });
  }
  throw new AppError("config/invalid", {
    detail: "SPEECH_ENGINE is assemblyai, but ASSEMBLYAI_API_KEY is not set: set it, or take local or auto.",
  });
};
