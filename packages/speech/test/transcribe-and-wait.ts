/** A process that transcribes `argv[2]`, for a test that kills it: says "started" once the work is going on. */
import { createLocalSpeechEngine } from "../src/index.ts";

const [, , filePath = ""] = process.argv;
let isStarted = false;
await createLocalSpeechEngine({ model: "tiny", maxDurationMs: 3_600_000 }).transcribe({
  filePath,
  language: "en",
  providerJobId: null,
  onProviderJobId: () => Promise.resolve(),
  onProgress: () => {
    if (!isStarted) process.send?.("started");
    isStarted = true;
  },
  signal: new AbortController().signal,
});
