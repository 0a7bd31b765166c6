/**
 * Errors of the local engine's word times against known ones: `npx pnpm bench:words [--model base|tiny] [name filter]`.
 *
 * The known times (word-times.json: start and end of each word, in hundredths of a second) come from a forced aligner of
 * another kind: PocketSphinx 5 with its model en-us, over the corpus's transcripts. Against the times that the Montreal
 * Forced Aligner's authors publish for one of the recordings they are 10 ms off (median; 40 ms at the 90th percentile).
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { z } from "zod";

import {
  createLocalAligner,
  createLocalSpeechEngine,
  type SpeechSegment,
  type SpeechWord,
} from "../../packages/speech/src/index.ts";
import { matchWords, spokenForm } from "../../packages/speech/src/local/match-words.ts";
import { interpolateWords } from "../../packages/speech/src/local/word-times.ts";
import { type Clip, loadCorpus } from "./corpus.ts";
import { tableOf } from "./table.ts";

const TARGET_MEDIAN_MS = 80;

const { positionals, values } = parseArgs({ allowPositionals: true, options: { model: { type: "string" } } });
const model = z.enum(["base", "tiny"]).parse(values.model ?? "base");
const known = z
  .record(z.string(), z.array(z.number()))
  .parse(JSON.parse(readFileSync(new URL("word-times.json", import.meta.url), "utf8")));

type Known = { text: string; startMs: number; endMs: number };

const knownWords = ({ name, transcript }: Clip): Known[] => {
  const times = known[name] ?? [];
  return (transcript ?? "")
    .replaceAll("-", " ")
    .split(/\s+/)
    .filter((text) => spokenForm(text) !== "")
    .map((text, at) => ({ text, startMs: 10 * (times[2 * at] ?? 0), endMs: 10 * (times[2 * at + 1] ?? 0) }));
};

/** How far words are from the known ones. A known start of 0 is where the recording begins, and the word before it. */
const errorsOf = (words: readonly SpeechWord[], truth: readonly Known[]): number[] => {
  const match = matchWords(
    truth.map(({ text }) => text),
    words.map(({ text }) => text),
  );
  return truth.flatMap(({ text, startMs, endMs }, at) => {
    const found = words[match[at] ?? -1];
    if (found === undefined || spokenForm(found.text) !== spokenForm(text)) return [];
    return [...(startMs === 0 ? [] : [Math.abs(found.startMs - startMs)]), Math.abs(found.endMs - endMs)];
  });
};

const wordsIn = (segments: readonly SpeechSegment[]): SpeechWord[] => segments.flatMap(({ words }) => words ?? []);

const METHODS = ["attention", "interpolated", "aligned"] as const;
type Errors = Record<(typeof METHODS)[number], number[]>;

const config = { model, maxDurationMs: 4 * 3_600_000 };
const engine = createLocalSpeechEngine(config);
const aligner = createLocalAligner(config);

const measure = async (clip: Clip): Promise<Errors> => {
  const request = {
    filePath: clip.filePath,
    language: "en",
    onProgress: () => undefined,
    signal: new AbortController().signal,
  };
  const { segments } = await engine.transcribe({
    ...request,
    providerJobId: null,
    onProviderJobId: () => Promise.resolve(),
  });
  const aligned = await aligner.align({ ...request, given: [{ text: clip.transcript ?? "" }] });
  const truth = knownWords(clip);
  const interpolated = segments.flatMap((segment) => interpolateWords(segment, [segment]));
  return {
    attention: errorsOf(wordsIn(segments), truth),
    interpolated: errorsOf(interpolated, truth),
    aligned: errorsOf(wordsIn(aligned.segments), truth),
  };
};

const none = (): Errors => ({ attention: [], interpolated: [], aligned: [] });
const addTo = (sum: Errors, more: Errors): void => METHODS.forEach((method) => sum[method].push(...more[method]));

const quantile = (errors: readonly number[], share: number): string => {
  const sorted = errors.toSorted((a, b) => a - b);
  return String(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? "-");
};

const rowOf = (name: string, errors: Errors): string[] => [
  name,
  String(errors.aligned.length),
  ...METHODS.flatMap((method) => [0.5, 0.9, 1].map((share) => quantile(errors[method], share))),
];

const sets = new Map<string, Errors>();
const all = none();
for (const clip of loadCorpus(positionals[0] ?? "")) {
  if (known[clip.name] === undefined) continue;
  const errors = await measure(clip);
  const ofSet = sets.get(clip.set) ?? none();
  addTo(ofSet, errors);
  addTo(all, errors);
  sets.set(clip.set, ofSet);
}

const HEADER = ["ms", "edges", ...METHODS.flatMap((method) => [method, "p90", "worst"])];
const median = Number(quantile(all.attention, 0.5));
process.stdout.write(`Errors of words' starts and ends, moonshine-${model}: median, 90th percentile, worst\n`);
process.stdout.write(
  `${tableOf([HEADER, ...[...sets].map(([name, errors]) => rowOf(name, errors)), rowOf("all", all)])}\n`,
);
process.stdout.write(
  `Median by attention ${median} ms; target <= ${TARGET_MEDIAN_MS} ms: ${median <= TARGET_MEDIAN_MS ? "met" : "missed"}\n`,
);
