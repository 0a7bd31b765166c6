import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { FORMATS } from "../../test/encode.ts";
import { endOfFile, type FileEnd } from "../../test/end-of-file.ts";
import { hostileSources } from "../../test/hostile-sources.ts";
import { type HostileFile, mutant } from "../../test/mutants.ts";
import { polyglots } from "../../test/polyglots.ts";

const MUTANTS = 12;
const DEADLINE_MS = 60_000;
const ENDS = new Set(["sound", "audio_unreadable", "audio_empty", "audio_too_long"]);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostile-"));
});
afterAll(() => rm(folder, { recursive: true }));

const endOf = async ({ name, bytes }: HostileFile): Promise<FileEnd> => {
  const filePath = join(folder, `${name.replaceAll(/\W+/g, "-")}.mp3`);
  await writeFile(filePath, bytes);
  return endOfFile(filePath, DEADLINE_MS);
};

test("mutated recordings end in sound or in a typed refusal; pnpm fuzz:media tries a thousand", async () => {
  const sources = await hostileSources(folder, [FORMATS[1], FORMATS[2], FORMATS[5]]);
  const ends: string[] = [];
  for (let number = 0; number < MUTANTS; number += 1) {
    const end = await endOf(mutant(number, sources));
    ends.push(end.kind === "decoded" ? "sound" : end.code);
  }
  expect(ends.filter((end) => !ENDS.has(end))).toEqual([]);
  expect(new Set(ends).size).toBeGreaterThan(1);
});

test("no playlist, and nothing that pretends to be a recording, leads to another file", async () => {
  const neighbour = join(folder, "source.wav");
  const files = polyglots(neighbour);
  expect(files).toHaveLength(31);
  const decoded: string[] = [];
  for (const file of files.filter(({ name }) => name !== "a WAV that claims 100 hours")) {
    if ((await endOf(file)).kind === "decoded") decoded.push(file.name);
  }
  expect(decoded).toEqual([]);
});
