export { type AssemblyAiConfig, createAssemblyAiEngine } from "./assemblyai/engine.ts";
export { createSpeechEngine, type SpeechConfig } from "./create-speech-engine.ts";
export { createLocalSpeechEngine, type LocalSpeechConfig } from "./local/engine.ts";
export type * from "./port.ts";
