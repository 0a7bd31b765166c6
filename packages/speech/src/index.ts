export { type AssemblyAiConfig, createAssemblyAiEngine } from "./assemblyai/engine.ts";
export { createAligner, createSpeechEngine, type SpeechConfig } from "./create-speech-engine.ts";
export { createLocalAligner } from "./local/aligner.ts";
export { createLocalSpeechEngine, type LocalSpeechConfig } from "./local/engine.ts";
export { createOpenAiSpeechEngine, type OpenAiSpeechConfig } from "./openai/engine.ts";
export * from "./port.ts";
export { createWhisperSpeechEngine, type WhisperSpeechConfig } from "./whisper/engine.ts";
