/** One process for one measurement, so that nothing else counts: prints `{ms, peakMb, blockedMs}`. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { argv, resourceUsage, stdout } from "node:process";

import { TaskOptions } from "@phonoscene/contracts";

import { createLocalEngine } from "../src/local/engine.ts";
import type { StoryboardRequest } from "../src/port.ts";
import { writeStoryboard } from "../src/storyboard.ts";
import { writeBoard } from "./measure.ts";
import { readTexts } from "./texts.ts";

const WORDS = 50_000;
const SEGMENTS = 20_000;
const SEGMENT_MS = 3000;

const wordsOf = (language: string): string[] => {
  const texts = readTexts().filter((text) => text.language === language && text.kind !== "asr");
  return texts.flatMap(({ text }) => text.split(/(?<=\s)/u));
};

const longText = (): string => {
  const words = wordsOf("en");
  return Array.from({ length: WORDS }, (_, index) => words[index % words.length] ?? "").join("");
};

const transcript = (): StoryboardRequest["source"] => {
  const words = wordsOf("en");
  const segments = Array.from({ length: SEGMENTS }, (_, id) => ({
    id,
    startMs: id * SEGMENT_MS,
    endMs: (id + 1) * SEGMENT_MS,
    text: words.slice((id * 8) % words.length, ((id * 8) % words.length) + 8).join(""),
    confidence: null,
  }));
  return { kind: "segments", segments };
};

const source: StoryboardRequest["source"] = argv[2] === "segments" ? transcript() : { kind: "text", text: longText() };
const engine = createLocalEngine();
// The model loads once a process, not once a text.
await writeBoard(engine, { text: "The fox ran over the hill.", language: "en" });
const delay = monitorEventLoopDelay({ resolution: 2 });
delay.enable();
const started = performance.now();
const board = await writeStoryboard(engine, {
  source,
  language: "en",
  options: TaskOptions.parse({}),
  onProgress: () => undefined,
  signal: new AbortController().signal,
});
const ms = performance.now() - started;
delay.disable();
const NANOSECONDS = 1e6;
stdout.write(
  JSON.stringify({
    scenes: board.scenes.length,
    ms: Math.round(ms),
    peakMb: Math.round(resourceUsage().maxRSS / 1024),
    blockedMs: Math.round(delay.max / NANOSECONDS),
  }),
);
