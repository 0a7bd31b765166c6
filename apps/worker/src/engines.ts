import { AppError, type Logger } from "@phonoscene/kernel";
import { createLanguageModelEngine, createLocalEngine, type PromptEngine } from "@phonoscene/prompting";

import type { WorkerConfig } from "./config.ts";

/** `auto` takes the language model when its key is set, else the local engine, which also steps in for it. */
export const choosePromptEngine = (config: WorkerConfig["prompting"], logger: Logger): PromptEngine => {
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
