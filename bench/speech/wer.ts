/**
 * Word error rate and speed of the local engine over a corpus of real speech.
 * `npx pnpm bench:speech [base|tiny] [corpus folder] [name filter]`; the corpus is PHONOSCENE_CORPUS unless named.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { z } from "zod";

import { createLocalSpeechEngine } from "../../packages/speech/src/index.ts";
import { wordErrors } from "../../packages/speech/test/word-error-rate.ts";

const Manifest = z.array(
  z.object({
    name: z.string(),
    kind: z.string(),
    lang: z.string().nullable(),
    seconds: z.number(),
    transcript: z.string().nullish(),
  }),
);

const DEFAULT_CORPUS =
  process.env["PHONOSCENE_CORPUS"] ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));

const { positionals } = parseArgs({ allowPositionals: true });
const [modelName = "base", corpus = DEFAULT_CORPUS, filter = ""] = positionals;
const model = z.enum(["base", "tiny"]).parse(modelName);
const clips = Manifest.parse(JSON.parse(await readFile(join(corpus, "manifest.json"), "utf8"))).filter(
  ({ kind, lang, name }) => kind === "speech" && lang === "en" && name.includes(filter),
);

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const percent = (errors: number, words: number): string => `${((100 * errors) / words).toFixed(1)} %`;

const engine = createLocalSpeechEngine({ model, maxDurationMs: 4 * 3_600_000 });
const sum = { errors: 0, words: 0, seconds: 0, elapsedMs: 0 };
for (const { name, seconds, transcript } of clips) {
  const startedAt = performance.now();
  const result = await engine.transcribe({
    filePath: join(corpus, name),
    language: "en",
    providerJobId: null,
    onProviderJobId: () => Promise.resolve(),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  const elapsedMs = performance.now() - startedAt;
  const { errors, words } = wordErrors(transcript ?? "", result.segments.map(({ text }) => text).join(" "));
  sum.errors += errors;
  sum.words += words;
  sum.seconds += seconds;
  sum.elapsedMs += elapsedMs;
  print(
    `${name.padEnd(44)} ${percent(errors, words).padStart(8)}  ${((1000 * seconds) / elapsedMs).toFixed(1)} x real time`,
  );
}
print(
  `${clips.length} files, ${sum.words} words: ${percent(sum.errors, sum.words)} wrong, ${((1000 * sum.seconds) / sum.elapsedMs).toFixed(1)} x real time, with loading the model for each file`,
);
