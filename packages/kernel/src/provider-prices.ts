import { z } from "zod";

import { HOUR } from "./durations.ts";
import type { ProviderUsage } from "./provider-gate.ts";
import { PROVIDER_PRICES } from "./provider-prices.data.ts";

const usd = z.number().min(0).max(1_000_000);

/** What a model charges for; a unit that is absent costs nothing. */
const Rates = z
  .strictObject({ usdPerAudioHour: usd, usdPerMillionInputTokens: usd, usdPerMillionOutputTokens: usd })
  .partial();
type Rates = z.infer<typeof Rates>;

export type ProviderPrice = Rates & {
  provider: string;
  model: string;
  source: string;
  /** `YYYY-MM-DD`. */
  checkedOn: string;
};

/** By `provider/model`. */
export type PriceList = ReadonlyMap<string, Rates>;

const parseJson = (text: string, context: z.core.$RefinementCtx): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    context.addIssue({ code: "custom", message: "must be JSON" });
    return z.NEVER;
  }
};

/** The variable PROVIDER_PRICES: JSON, `{"provider/model": {"usdPerAudioHour": 0.2}}`. */
export const priceOverrides = z.string().transform(parseJson).pipe(z.record(z.string(), Rates));

/** The list prices, with those that the configuration puts in their place. */
export const createPriceList = (overrides: Record<string, Rates> = {}): PriceList => {
  const listed = PROVIDER_PRICES.map((price): [string, Rates] => [`${price.provider}/${price.model}`, price]);
  return new Map([...listed, ...Object.entries(overrides)]);
};

const MILLION = 1_000_000;

/** Millionths of a dollar, rounded up; null where the model has no price, or the provider did not count what it charges for. */
export const costMicroUsd = (
  prices: PriceList,
  { provider, model }: { provider: string; model: string },
  { audioMs, inputTokens, outputTokens }: ProviderUsage,
): number | null => {
  const rates = prices.get(`${provider}/${model}`);
  if (rates === undefined) return null;
  const { usdPerAudioHour, usdPerMillionInputTokens, usdPerMillionOutputTokens } = rates;
  const parts: [number | undefined, number | null][] = [
    [usdPerAudioHour, audioMs === null ? null : (audioMs / HOUR) * MILLION],
    [usdPerMillionInputTokens, inputTokens],
    [usdPerMillionOutputTokens, outputTokens],
  ];
  let microUsd = 0;
  for (const [rate, units] of parts) {
    if (rate === undefined) continue;
    if (units === null) return null;
    microUsd += rate * units;
  }
  // Rounded first to a billionth of a dollar: binary fractions are not worth a millionth more.
  return Math.ceil(Math.round(microUsd * 1000) / 1000);
};
