import { startOpenAi } from "@phonoscene/testing/openai";

import { createLanguageModelEngine } from "../src/language-model/index.ts";
import { createLocalEngine } from "../src/local/engine.ts";
import type { PromptEngine } from "../src/port.ts";

type OpenEngine = { engine: PromptEngine; note: string | null; close(): Promise<void> };

const TIMEOUT_MS = 60_000;

const openLocal = (): Promise<OpenEngine> =>
  Promise.resolve({ engine: createLocalEngine(), note: null, close: () => Promise.resolve() });

/** The whole way to a language model, but for the model: a server of this machine answers with three words of the scene. */
const openScripted = async (): Promise<OpenEngine> => {
  const server = await startOpenAi();
  const engine = createLanguageModelEngine({
    apiKey: "sk-eval",
    baseUrl: server.baseUrl,
    model: "scripted",
    fallback: createLocalEngine(),
    requestTimeoutMs: TIMEOUT_MS,
  });
  const note =
    "The model is a script that picks three neighbouring words of a scene for each slot: the figures show what the stages around a model do, and nothing of a model's quality.";
  return { engine, note, close: () => server.close() };
};

const ENGINES: Readonly<Record<string, () => Promise<OpenEngine>>> = { local: openLocal, llm: openScripted };

/** @throws Error with the names there are. */
export const openEngine = (name: string): Promise<OpenEngine> => {
  const open = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined;
  if (open === undefined) throw new Error(`No engine "${name}": there are ${Object.keys(ENGINES).join(", ")}.`);
  return open();
};
