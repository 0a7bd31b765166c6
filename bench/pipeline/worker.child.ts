// A worker process as it is shipped, but for engines that answer at once: what is left is what the pipeline costs.
import { readConfig } from "../../apps/worker/src/config.ts";
import type { Engines } from "../../apps/worker/src/engines.ts";
import { startWorker } from "../../apps/worker/src/worker.ts";
import { createLogger } from "../../packages/kernel/src/index.ts";
import { reportUsage } from "./usage.ts";

const SEGMENTS = ["An old keeper lit the lamp.", "A red boat fought the waves.", "At dawn the sea was quiet."].map(
  (text, index) => ({ startMs: index * 4000, endMs: index * 4000 + 3500, text, confidence: null }),
);

const engines: Engines = {
  speech: {
    name: "bench",
    transcribe: async () => ({
      language: "en",
      durationMs: 12_000,
      wordTiming: null,
      segments: SEGMENTS,
      engine: "bench",
      warnings: [],
    }),
  },
  aligner: { align: () => Promise.reject(new Error("No task of this benchmark comes with words")) },
  prompting: {
    name: "bench",
    readBible: async () => ({ entities: [], engine: "bench", usage: null, warnings: [] }),
    writeSlots: async ({ scenes, formula }) => ({
      slots: scenes.map(() =>
        formula.slots.map(({ name }) => ({ name, value: "a lamp on the shore", origin: "text" as const })),
      ),
      engine: "bench",
      usage: null,
      warnings: [],
    }),
  },
};

const worker = await startWorker(readConfig(process.env), createLogger({ name: "bench", level: "error" }), engines);
await worker.ready;
reportUsage(() => worker.stop());
