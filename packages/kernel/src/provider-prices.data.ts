import type { ProviderPrice } from "./provider-prices.ts";

const ASSEMBLYAI = { provider: "assemblyai", source: "https://www.assemblyai.com/pricing", checkedOn: "2026-11-22" };
const OPENAI = {
  provider: "openai",
  source: "https://developers.openai.com/api/docs/pricing",
  checkedOn: "2026-11-22",
};
const OPENAI_SPEECH = { ...OPENAI, provider: "openai-speech" };

/**
 * List prices in US dollars, without batches, caches and contracts. Where a provider charges for audio by tokens, its own
 * estimate for an hour stands here. AssemblyAI's speaker labels (0.02 an hour) are not in it.
 */
export const PROVIDER_PRICES: readonly ProviderPrice[] = [
  { ...ASSEMBLYAI, model: "universal-3-5-pro", usdPerAudioHour: 0.21 },
  { ...ASSEMBLYAI, model: "universal-3-pro", usdPerAudioHour: 0.21 },
  { ...ASSEMBLYAI, model: "universal-2", usdPerAudioHour: 0.15 },
  { ...OPENAI_SPEECH, model: "whisper-1", usdPerAudioHour: 0.36 },
  { ...OPENAI_SPEECH, model: "gpt-4o-transcribe", usdPerAudioHour: 0.36 },
  { ...OPENAI_SPEECH, model: "gpt-4o-mini-transcribe", usdPerAudioHour: 0.18 },
  { ...OPENAI, model: "gpt-5", usdPerMillionInputTokens: 1.25, usdPerMillionOutputTokens: 10 },
  { ...OPENAI, model: "gpt-5-mini", usdPerMillionInputTokens: 0.25, usdPerMillionOutputTokens: 2 },
  { ...OPENAI, model: "gpt-5-nano", usdPerMillionInputTokens: 0.05, usdPerMillionOutputTokens: 0.4 },
  { ...OPENAI, model: "gpt-4.1", usdPerMillionInputTokens: 2, usdPerMillionOutputTokens: 8 },
  { ...OPENAI, model: "gpt-4.1-mini", usdPerMillionInputTokens: 0.4, usdPerMillionOutputTokens: 1.6 },
  { ...OPENAI, model: "gpt-4o", usdPerMillionInputTokens: 2.5, usdPerMillionOutputTokens: 10 },
  { ...OPENAI, model: "gpt-4o-mini", usdPerMillionInputTokens: 0.15, usdPerMillionOutputTokens: 0.6 },
];
