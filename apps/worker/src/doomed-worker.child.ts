/*
 * For the tests of deaths: a worker process as it is shipped, but for engines that answer at once, once they may. Before
 * it does any work of a stage it tells its parent what it is about to do, `{stage, words}`; the parent answers, or kills it.
 */
import { once } from "node:events";

import { createLogger } from "@phonoscene/kernel";

import { readConfig } from "./config.ts";
import type { Engines } from "./engines.ts";
import { startWorker } from "./worker.ts";

const mayGoOn = async (stage: string, words: string): Promise<void> => {
  const answered = once(process, "message");
  process.send?.({ stage, words });
  await answered;
};

const engines: Engines = {
  speech: {
    name: "doomed",
    transcribe: async () => {
      await mayGoOn("transcribing", "");
      const segments = [{ startMs: 0, endMs: 900, text: "A recorded gull cried.", confidence: null }];
      return { language: "en", durationMs: 1000, segments, engine: "doomed", warnings: [] };
    },
  },
  prompting: {
    name: "doomed",
    writeSlots: async ({ scenes, formula }) => {
      await mayGoOn("prompting", JSON.stringify(scenes));
      const slots = formula.slots.map(({ name }) => ({ name, value: "a gull on a mast", origin: "text" as const }));
      return { slots: scenes.map(() => slots), engine: "doomed", usage: null, warnings: [] };
    },
  },
};

const config = readConfig(process.env);
// The queue gives a dead worker's job to another one after this long, instead of 30 s.
const timings = { ...config.timings, lockDurationMs: 1500, retryBaseMs: 50 };
const logger = createLogger({ name: "doomed", level: "fatal" });
const worker = await startWorker({ ...config, timings }, logger, engines);
await worker.ready;
process.send?.("ready");
process.on("disconnect", () => process.exit(1));
