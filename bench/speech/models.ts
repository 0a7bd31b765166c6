import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createLocalSpeechEngine } from "../../packages/speech/src/index.ts";
import type { ModelName } from "../../packages/speech/src/local/model-files.ts";
import { wavOf } from "../../packages/speech/test/wav.ts";
import { wordErrors } from "../../packages/speech/test/word-error-rate.ts";
import { type Clip, isEnglish, isRead } from "./corpus.ts";
import { measureFloor } from "./floor.ts";
import { measure, textOf } from "./measure.ts";
import { megabytes, percent, tableOf, times } from "./table.ts";

const HOUR_MS = 3_600_000;

type Sum = {
  files: number;
  audioMs: number;
  errors: number;
  words: number;
  wallMs: number;
  cpuMs: number;
  peakBytes: number;
};

type Other = { name: string; kind: string; outcome: string; text: string };

export type ModelReport = {
  model: ModelName;
  loadMs: number;
  loadCpuMs: number;
  sets: Record<string, Sum>;
  english: Sum;
  read: Sum;
  /** English that ended otherwise than as a transcript without a doubt. */
  flagged: string[];
  others: Other[];
  floors: { threads: number; wallMs: number; cpuMs: number }[];
};

const nothing = (): Sum => ({ files: 0, audioMs: 0, errors: 0, words: 0, wallMs: 0, cpuMs: 0, peakBytes: 0 });

const add = (sum: Sum, more: Sum): void => {
  for (const key of ["files", "audioMs", "errors", "words", "wallMs", "cpuMs"] as const) sum[key] += more[key];
  sum.peakBytes = Math.max(sum.peakBytes, more.peakBytes);
};

/** A silent second takes what starting a process and loading a model takes. */
const measureLoad = async (model: ModelName): Promise<{ loadMs: number; loadCpuMs: number }> => {
  const folder = await mkdtemp(join(tmpdir(), "bench-speech-"));
  try {
    const filePath = join(folder, "second.wav");
    await writeFile(filePath, wavOf(new Float32Array(16_000)));
    const { wallMs, cpuMs } = await measure(createLocalSpeechEngine({ model, maxDurationMs: HOUR_MS }), filePath);
    return { loadMs: wallMs, loadCpuMs: cpuMs };
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** Transcribes every clip; what is over by then is printed. */
export const measureModel = async (
  model: ModelName,
  clips: readonly Clip[],
  print: (line: string) => void,
): Promise<ModelReport> => {
  const engine = createLocalSpeechEngine({ model, maxDurationMs: HOUR_MS });
  const load = await measureLoad(model);
  const report: ModelReport = {
    ...load,
    model,
    sets: {},
    english: nothing(),
    read: nothing(),
    flagged: [],
    others: [],
    floors: [],
  };
  for (const clip of clips) {
    const measured = await measure(engine, clip.filePath);
    const outcome = measured.failure ?? measured.result?.warnings.map(({ code }) => code).join(", ") ?? "";
    const { errors, words } = wordErrors(clip.transcript ?? "", textOf(measured));
    const speed = times((clip.seconds * 1000) / measured.cpuMs);
    print(`${model}  ${clip.name}  ${outcome || `${errors} of ${words} words wrong`}, ${speed} by CPU`);
    if (!isEnglish(clip)) {
      report.others.push({ name: clip.name, kind: clip.lang ?? clip.kind, outcome, text: textOf(measured) });
      continue;
    }
    if (outcome !== "") report.flagged.push(`${clip.name}: ${outcome}`);
    const { wallMs, cpuMs, peakBytes } = measured;
    const sum = { files: 1, audioMs: clip.seconds * 1000, errors, words, wallMs, cpuMs, peakBytes };
    add((report.sets[clip.set] ??= nothing()), sum);
    add(report.english, sum);
    if (isRead(clip)) add(report.read, sum);
  }
  return report;
};

const TARGETS = {
  base: { english: 0.04, read: 0.035, speed: 10 },
  tiny: { english: null, read: null, speed: 20 },
};
const LEAST_SHARE = 0.85;

const rowOf = (name: string, sum: Sum, { loadMs, loadCpuMs }: ModelReport): string[] => [
  name,
  String(sum.files),
  `${Math.round(sum.audioMs / 1000)} s`,
  String(sum.words),
  percent(sum.errors / sum.words),
  times(sum.audioMs / sum.wallMs),
  times(sum.audioMs / (sum.wallMs - sum.files * loadMs)),
  times(sum.audioMs / (sum.cpuMs - sum.files * loadCpuMs)),
  megabytes(sum.peakBytes),
];

const HEADINGS = ["set", "files", "sound", "words", "wrong", "real time", "loaded", "by CPU", "memory"];

const verdict = (name: string, value: number, target: number | null): string =>
  target === null
    ? `${name} ${percent(value)}`
    : `${name} ${percent(value)} (target ${percent(target)}${value <= target ? "" : ", MISSED"})`;

/** What the model alone needs for the same chunks, with one thread and with two. */
export const measureFloors = async (report: ModelReport, clips: readonly Clip[], print: (line: string) => void) => {
  const files = clips.filter(isEnglish).map(({ filePath }) => filePath);
  const { english, loadCpuMs } = report;
  const oursMs = english.cpuMs - english.files * loadCpuMs;
  for (const threads of [1, 2]) {
    const { wallMs, cpuMs } = await measureFloor(report.model, threads, files);
    report.floors.push({ threads, wallMs, cpuMs });
    const speed = `${times(english.audioMs / wallMs)} real time, ${times(english.audioMs / cpuMs)} by CPU`;
    print(`the model alone, ${threads} thread(s): ${speed}`);
    const share = (cpuMs / oursMs).toFixed(2);
    if (threads === 1)
      print(`of that we reach ${share} by CPU, decoding and voice detection included (target ${LEAST_SHARE})`);
  }
};

/** One table a model, and what it says of the targets. */
export const printModel = (report: ModelReport, print: (line: string) => void): void => {
  const { model, sets, english, read, flagged, others, loadMs, loadCpuMs } = report;
  const targets = TARGETS[model];
  const rows = Object.entries(sets).map(([name, sum]) => rowOf(name, sum, report));
  print(`\n${model}: start and load ${Math.round(loadMs)} ms (${Math.round(loadCpuMs)} ms of processor time)`);
  print(tableOf([HEADINGS, ...rows, rowOf("all English", english, report), rowOf("read", read, report)]));
  print(verdict("wrong words, all English:", english.errors / english.words, targets.english));
  print(verdict("wrong words, read:", read.errors / read.words, targets.read));
  print(`target: ${targets.speed} x real time from end to end`);
  print(flagged.length === 0 ? "no English recording is flagged" : `FLAGGED English: ${flagged.join("; ")}`);
  print(
    tableOf([
      ["not English", "what", "outcome", "text"],
      ...others.map(({ name, kind, outcome, text }) => [name, kind, outcome, text.slice(0, 60)]),
    ]),
  );
};
