import { expect, test } from "vitest";

import { createSpeechEngine, type SpeechConfig } from "./create-speech-engine.ts";

const nameOf = (overrides: Partial<SpeechConfig>): string =>
  createSpeechEngine({ engine: "auto", model: "base", maxDurationMs: 1000, timeoutMs: 1000, ...overrides }).name;

test("auto takes AssemblyAI with a key and this machine without one", () => {
  expect(nameOf({ assemblyAiApiKey: "a-key" })).toBe("assemblyai");
  expect(nameOf({})).toBe("local/moonshine-base");
});

test("local stays local, key or not", () => {
  expect(nameOf({ engine: "local", assemblyAiApiKey: "a-key", model: "tiny" })).toBe("local/moonshine-tiny");
});

test("AssemblyAI without a key names the variable to set", () => {
  expect(() => nameOf({ engine: "assemblyai" })).toThrow(expect.objectContaining({ code: "config/invalid" }));
  expect(() => nameOf({ engine: "assemblyai" })).toThrow("ASSEMBLYAI_API_KEY");
});
