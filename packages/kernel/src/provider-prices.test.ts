import { expect, it } from "vitest";
import { z } from "zod";

import { parseConfig } from "./config.ts";
import { PROVIDER_PRICES } from "./provider-prices.data.ts";
import { costMicroUsd, createPriceList, priceOverrides } from "./provider-prices.ts";

const none = { audioMs: null, inputTokens: null, outputTokens: null };
const list = createPriceList();
const whisper = { provider: "openai-speech", model: "whisper-1" };
const chat = { provider: "openai", model: "gpt-5-mini" };

it("an hour of audio and a million tokens cost their list price", () => {
  expect(costMicroUsd(list, whisper, { ...none, audioMs: 3_600_000 })).toBe(360_000);
  expect(costMicroUsd(list, chat, { ...none, inputTokens: 1_000_000, outputTokens: 1_000_000 })).toBe(2_250_000);
  expect(costMicroUsd(list, chat, { ...none, inputTokens: 0, outputTokens: 0 })).toBe(0);
});

it("a part of a millionth of a dollar is rounded up: many small calls do not add up to nothing", () => {
  expect(costMicroUsd(list, chat, { ...none, inputTokens: 1, outputTokens: 0 })).toBe(1);
});

it("a model without a price, and a count that the provider keeps to itself, have no known cost", () => {
  expect(costMicroUsd(list, { ...chat, model: "gpt-test" }, { ...none, inputTokens: 1, outputTokens: 1 })).toBeNull();
  expect(costMicroUsd(list, chat, { ...none, inputTokens: 1 })).toBeNull();
});

it("the configuration's prices take the place of the list's, and add to them", () => {
  const read = (text: string) => parseConfig(z.object({ PROVIDER_PRICES: priceOverrides }), { PROVIDER_PRICES: text });
  const { PROVIDER_PRICES: overrides } = read(
    '{"openai/gpt-5-mini": {"usdPerMillionInputTokens": 3}, "openai/own": {}}',
  );
  const prices = createPriceList(overrides);
  expect(costMicroUsd(prices, chat, { ...none, inputTokens: 1_000_000, outputTokens: 9 })).toBe(3_000_000);
  expect(costMicroUsd(prices, { ...chat, model: "own" }, none)).toBe(0);
  expect(costMicroUsd(prices, whisper, { ...none, audioMs: 3_600_000 })).toBe(360_000);
  expect(() => read("cheap")).toThrow(/PROVIDER_PRICES: must be JSON/);
  expect(() => read('{"openai/own": {"usdPerAudioMinute": 1}}')).toThrow(/PROVIDER_PRICES\.openai\/own/);
});

it("every list price says where it is from and when it was looked up, and is there once", () => {
  const names = PROVIDER_PRICES.map(({ provider, model }) => `${provider}/${model}`);
  expect(new Set(names).size).toBe(names.length);
  for (const { source, checkedOn } of PROVIDER_PRICES) {
    expect(source).toMatch(/^https:/);
    expect(checkedOn).toMatch(/^20\d\d-\d\d-\d\d$/);
  }
});
