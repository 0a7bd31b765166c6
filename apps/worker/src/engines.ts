import { AppError, type Logger } from "@phonoscene/kernel";
import { createLanguageModelEngine, createLocalEngine, type PromptEngine } from "@phonoscene/prompting";
import { createAligner, createSpeechEngine, type SpeechAligner, type SpeechEngine } from "@phonoscene/speech";

import type { WorkerConfig } from "./config.ts";

/** `auto` takes the language model when its key is set, else the local engine, which also steps in for it. */
const choosePromptEngine = (config: WorkerConfig["prompting"], logger: Logger): PromptEngine => {
  const local = createLocalEngine();
  if (config.engine === "local" || (config.engine === "auto" && config.apiKey === undefined)) return local;
  if (config.apiKey === undefined) {
    throw new AppError("config/invalid", { detail: "PROMPT_ENGINE=openai needs OPENAI_API_KEY." });
  }
  const { apiKey, baseUrl, model, requestTimeoutMs } = config;
  return createLanguageModelEngine({
    apiKey,
    ...(baseUrl !== undefined && { baseUrl }),
    model,
    requestTimeoutMs,
    fallback: local,
    logger,
  });
};

export type Engines = { speech: SpeechEngine; aligner: SpeechAligner; prompting: PromptEngine };

/** What hears and what writes, as the configuration says. */
export const createEngines = (config: WorkerConfig, logger: Logger): Engines => ({
  speech: createSpeechEngine({ ...config.speech, logger }),
  aligner: createAligner({ ...config.speech, logger }),
  prompting: choosePromptEngine(config.prompting, logger),
});
