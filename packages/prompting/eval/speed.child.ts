/**
 * One process for one measurement, so that nothing else counts: prints times, memory, and the longest stretch without
 * a turn of the event loop. `cpuMs` are of this process alone, and hold on a machine that has other work, too.
 */
import { argv, cpuUsage, resourceUsage, stdout } from "node:process";

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

const cpuMs = (): number => {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
};

/** Watches every turn of the event loop; `stop` tells the longest, in time and in this process's work. */
const watchTurns = () => {
  let last = { at: performance.now(), cpu: cpuMs() };
  const longest = { heldMs: 0, heldCpuMs: 0 };
  let isOver = false;
  const turn = () => {
    const now = { at: performance.now(), cpu: cpuMs() };
    longest.heldMs = Math.max(longest.heldMs, Math.round(now.at - last.at));
    longest.heldCpuMs = Math.max(longest.heldCpuMs, Math.round(now.cpu - last.cpu));
    last = now;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return { longest, stop: () => (isOver = true) };
};

const turns = watchTurns();
const started = { at: performance.now(), cpu: cpuMs() };
const board = await writeStoryboard(engine, {
  source,
  language: "en",
  options: TaskOptions.parse({}),
  onProgress: () => undefined,
  signal: new AbortController().signal,
});
const ms = Math.round(performance.now() - started.at);
const spent = Math.round(cpuMs() - started.cpu);
turns.stop();
stdout.write(
  JSON.stringify({
    scenes: board.scenes.length,
    ms,
    cpuMs: spent,
    peakMb: Math.round(resourceUsage().maxRSS / 1024),
    ...turns.longest,
  }),
);
