import { expect, it } from "vitest";

import { readConfig } from "./config.ts";

it("a chosen engine without its key does not start, and every fault is named at once", () => {
  const read = () =>
    readConfig({
      DATABASE_URL: "postgresql://x@127.0.0.1/x",
      SPEECH_ENGINE: "assemblyai",
      PROMPT_ENGINE: "openai",
      WORKER_QUEUES: "",
    });
  expect(read).toThrow(/ASSEMBLYAI_API_KEY[^]*OPENAI_API_KEY/);
});
