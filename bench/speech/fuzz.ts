/**
 * Hostile recordings: mutants of a sound in every format, and files that pretend to be recordings. Each must end in
 * sound or in a typed refusal, in time; a mutant of whose number ends in 00 goes through the whole engine.
 *
 *   npx pnpm fuzz:media [--count 1000] [--from 0] [--parallel 2]
 *
 * The same number is always the same mutant: `--from N --count 1` tries one again.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { createLocalSpeechEngine } from "../../packages/speech/src/index.ts";
import { endOfFile } from "../../packages/speech/test/end-of-file.ts";
import { hostileSources } from "../../packages/speech/test/hostile-sources.ts";
import { type HostileFile, mutant } from "../../packages/speech/test/mutants.ts";
import { polyglots } from "../../packages/speech/test/polyglots.ts";
import { measure } from "./measure.ts";
import { tableOf } from "./table.ts";

/** The decoder's own watch is a minute: what takes longer hangs. */
const DEADLINE_MS = 150_000;
const WHOLE_EVERY = 100;
const HOUR_MS = 3_600_000;

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000" },
    from: { type: "string", default: "0" },
    parallel: { type: "string", default: "2" },
  },
});
const [count, from, parallel] = [values.count, values.from, values.parallel].map(Number);
if (count === undefined || from === undefined || parallel === undefined) throw new Error("three numbers were due");

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const ends = new Map<string, number>();
const faults: string[] = [];
let slowestMs = 0;

const engine = createLocalSpeechEngine({ model: "tiny", maxDurationMs: HOUR_MS });
const endOf = async (filePath: string, isWhole: boolean): Promise<string> => {
  if (isWhole) {
    const { failure } = await measure(engine, filePath);
    return `whole: ${failure ?? "a transcript"}`;
  }
  const end = await endOfFile(filePath, DEADLINE_MS);
  return end.kind === "decoded" ? "sound" : end.code;
};

const folder = await mkdtemp(join(tmpdir(), "fuzz-media-"));
const tryFile = async ({ name, bytes }: HostileFile, isWhole: boolean): Promise<void> => {
  const filePath = join(folder, `${name.replaceAll(/\W+/g, "-")}.mp3`);
  await writeFile(filePath, bytes);
  const startedAt = performance.now();
  try {
    const end = await endOf(filePath, isWhole);
    ends.set(end, (ends.get(end) ?? 0) + 1);
    if (end.endsWith("internal")) faults.push(`${name}: ${end}`);
  } catch (error) {
    faults.push(`${name}: ${String(error)}`);
  }
  slowestMs = Math.max(slowestMs, performance.now() - startedAt);
  await rm(filePath);
};

try {
  const sources = await hostileSources(folder);
  for (const file of polyglots(join(folder, "source.wav"))) await tryFile(file, false);
  print(`${polyglots("").length} pretenders: ${JSON.stringify(Object.fromEntries(ends))}`);
  let next = from;
  const work = async (): Promise<void> => {
    while (next < from + count) {
      const number = next;
      next += 1;
      const file = mutant(number, sources);
      await tryFile({ ...file, name: `${number} ${file.name}` }, number % WHOLE_EVERY === 0);
      if ((number + 1) % WHOLE_EVERY === 0) print(`${number + 1 - from} of ${count} mutants, ${faults.length} faults`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
} finally {
  await rm(folder, { recursive: true });
}
print(tableOf([["end", "files"], ...[...ends].map(([end, files]) => [end, String(files)])]));
print(`the slowest took ${(slowestMs / 1000).toFixed(1)} s; ${faults.length} crashes, hangs or untyped errors`);
for (const fault of faults) print(fault);
if (faults.length > 0) process.exitCode = 1;
