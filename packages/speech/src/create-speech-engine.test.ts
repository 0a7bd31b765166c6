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

const openAi = { apiKey: "a-key", model: "whisper-1", requestTimeoutMs: 1000 };

test("openai is taken when it is asked for; its key alone sends no recording away", () => {
  expect(nameOf({ engine: "openai", openAi })).toBe("openai/whisper-1");
  expect(nameOf({ openAi })).toBe("local/moonshine-base");
  expect(() => nameOf({ engine: "openai" })).toThrow("OPENAI_API_KEY");
});

test("whisper takes a model by its name, its repository's or its folder, and names what there is otherwise", () => {
  const whisper = (model: string) => nameOf({ engine: "whisper", whisper: { model, cacheDir: "/nowhere" } });
  expect(whisper("whisper-small")).toBe("whisper/whisper-small");
  expect(whisper("onnx-community/whisper-base_timestamped")).toBe("whisper/whisper-base");
  expect(whisper("/models/mine/")).toBe("whisper/mine");
  expect(() => whisper("whisper-huge")).toThrow(/config|whisper-tiny, whisper-base/);
  expect(() => whisper("moonshine-base")).toThrow("WHISPER_MODEL is moonshine-base");
});

test("AssemblyAI without a key names the variable to set", () => {
  expect(() => nameOf({ engine: "assemblyai" })).toThrow(expect.objectContaining({ code: "config/invalid" }));
  expect(() => nameOf({ engine: "assemblyai" })).toThrow("ASSEMBLYAI_API_KEY");
});
