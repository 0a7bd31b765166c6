export { fetchModel, type HubModel, isHubModel } from "./fetch-model.ts";
export { type InstalledModel, installedModels } from "./installed.ts";
export { findModel, sizeOf, SPEECH_MODELS, type SpeechModel } from "./registry.ts";
