/**
 * Errors of the local engine's word times against known ones: `npx pnpm bench:words [base|tiny] [corpus folder] [name filter]`.
 *
 * The known times (word-times.json: start and end of each word, in hundredths of a second) are of a forced aligner of
 * another kind: PocketSphinx 5 with its model en-us, over the corpus's transcripts. Against times that the Montreal
 * Forced Aligner published for one of the recordings they are 10 ms off (median; 40 ms at the 90th percentile).
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { z } from "zod";

import {
  createLocalAligner,
  createLocalSpeechEngine,
  type SpeechResult,
  type SpeechSegment,
  type SpeechWord,
} from "../../packages/speech/src/index.ts";
import { matchWords, spokenForm } from "../../packages/speech/src/local/match-words.ts";
import { interpolateWords } from "../../packages/speech/src/local/word-times.ts";

const TARGET_MEDIAN_MS = 80;

const Manifest = z.array(z.object({ name: z.string(), set: z.string(), transcript: z.string().nullish() }));
const Times = z.record(z.string(), z.array(z.number()));

const DEFAULT_CORPUS =
  process.env["PHONOSCENE_CORPUS"] ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));

const { positionals } = parseArgs({ allowPositionals: true });
const [modelName = "base", corpus = DEFAULT_CORPUS, filter = ""] = positionals;
const model = z.enum(["base", "tiny"]).parse(modelName);
const readJson = async (path: string | URL): Promise<unknown> => JSON.parse(await readFile(path, "utf8"));
const known = Times.parse(await readJson(new URL("word-times.json", import.meta.url)));
const clips = Manifest.parse(await readJson(join(corpus, "manifest.json"))).filter(
  ({ name }) => known[name] !== undefined && name.includes(filter),
);

const print = (line: string): void => void process.stdout.write(`${line}\n`);

type Known = { text: string; startMs: number; endMs: number };

const knownWords = (name: string, transcript: string): Known[] =>
  transcript
    .replaceAll("-", " ")
    .split(/\s+/)
    .filter((text) => spokenForm(text) !== "")
    .map((text, at) => ({
      text,
      startMs: 10 * (known[name]?.[2 * at] ?? Number.NaN),
      endMs: 10 * (known[name]?.[2 * at + 1] ?? Number.NaN),
    }));

/** How far the starts and the ends of the words that are the same are from the known ones; the clip's edges have none. */
const errorsOf = (words: readonly SpeechWord[], truth: readonly Known[]): number[] => {
  const pairs = matchWords(
    truth.map(({ text }) => text),
    words.map(({ text }) => text),
  );
  return pairs.flatMap((at, index) => {
    const [found, right] = [at === null ? undefined : words[at], truth[index]];
    if (found === undefined || right === undefined || spokenForm(found.text) !== spokenForm(right.text)) return [];
    return [
      ...(right.startMs === 0 ? [] : [Math.abs(found.startMs - right.startMs)]),
      Math.abs(found.endMs - right.endMs),
    ];
  });
};

const wordsIn = (segments: readonly SpeechSegment[]): SpeechWord[] => segments.flatMap(({ words }) => words ?? []);

const interpolated = (segments: readonly SpeechSegment[]): SpeechWord[] =>
  segments.flatMap((segment) => interpolateWords(segment, [segment]));

const METHODS = ["attention", "interpolated", "aligned"] as const;
type Method = (typeof METHODS)[number];
type Errors = Record<Method, number[]>;

const request = (name: string) => ({
  filePath: join(corpus, name),
  language: "en",
  providerJobId: null,
  onProviderJobId: () => Promise.resolve(),
  onProgress: () => undefined,
  signal: new AbortController().signal,
});

const config = { model, maxDurationMs: 4 * 3_600_000 };
const engine = createLocalSpeechEngine(config);
const aligner = createLocalAligner(config);

const measure = async (name: string, transcript: string): Promise<Errors> => {
  const heard: SpeechResult = await engine.transcribe(request(name));
  const aligned = await aligner.align({ ...request(name), given: [{ text: transcript }] });
  const truth = knownWords(name, transcript);
  return {
    attention: errorsOf(wordsIn(heard.segments), truth),
    interpolated: errorsOf(interpolated(heard.segments), truth),
    aligned: errorsOf(
      wordsIn(aligned.segments).flatMap((word) => word),
      truth,
    ),
  };
};

const at = (errors: readonly number[], share: number): string => {
  const sorted = errors.toSorted((a, b) => a - b);
  return String(Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN));
};

const row = (label: string, errors: Errors): void => {
  const cells = METHODS.map((method) => [0.5, 0.9, 1].map((share) => at(errors[method], share).padStart(6)).join(""));
  print(`${label.padEnd(18)} ${String(errors.attention.length).padStart(6)}  ${cells.join("  ")}`);
};

const sets = new Map<string, Errors>();
const everything: Errors = { attention: [], interpolated: [], aligned: [] };
for (const { name, set, transcript } of clips) {
  const errors = await measure(name, transcript ?? "");
  const ofSet = sets.get(set) ?? { attention: [], interpolated: [], aligned: [] };
  for (const method of METHODS) {
    ofSet[method].push(...errors[method]);
    everything[method].push(...errors[method]);
  }
  sets.set(set, ofSet);
}
print(`${model}: errors of words' starts and ends in ms (median, 90th percentile, worst)`);
print(`${"set".padEnd(18)} ${"n".padStart(6)}  ${METHODS.map((method) => method.padStart(18)).join("  ")}`);
for (const [set, errors] of sets) row(set, errors);
row("all", everything);
print(`target: median <= ${TARGET_MEDIAN_MS} ms by attention, ${at(everything.attention, 0.5)} measured`);
