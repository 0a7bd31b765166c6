import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BESIDE_THE_REPOSITORY = fileURLToPath(new URL("../../../../shared/corpus", import.meta.url));

/** Real speech for tests: the folder that PHONOSCENE_CORPUS names, else `../shared/corpus` beside the repository. */
export const corpusDir = process.env["PHONOSCENE_CORPUS"] ?? BESIDE_THE_REPOSITORY;
export const hasCorpus = existsSync(join(corpusDir, "manifest.json"));
if (!hasCorpus)
  process.stderr.write("Skipped: tests with real speech; PHONOSCENE_CORPUS names no folder with a manifest.json\n");

export const corpusFile = (name: string): string => join(corpusDir, name);

/** What is said in a recording. */
export const transcriptOf = (name: string): string => {
  // The manifest's fields, as its own README describes them.
  const entries = JSON.parse(readFileSync(corpusFile("manifest.json"), "utf8")) as {
    name: string;
    transcript: string;
  }[];
  const entry = entries.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`The corpus has no ${name}`);
  return entry.transcript;
};
