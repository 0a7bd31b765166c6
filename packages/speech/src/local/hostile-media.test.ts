import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { FORMATS } from "../../test/encode.ts";
import { endOfFile, type FileEnd } from "../../test/end-of-file.ts";
import { hostileSources } from "../../test/hostile-sources.ts";
import { type HostileFile, mutant } from "../../test/mutants.ts";
import { polyglots } from "../../test/polyglots.ts";
import { identifyMedia } from "./media-kind.ts";

const MUTANTS = 16;
const DEADLINE_MS = 60_000;
const CODES = ["audio_unreadable", "audio_empty", "audio_too_long"];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostile-"));
});
afterAll(() => rm(folder, { recursive: true }));

const endOf = async ({ bytes }: HostileFile): Promise<FileEnd> => {
  const filePath = join(folder, "hostile.mp3");
  await writeFile(filePath, bytes);
  return endOfFile(filePath, DEADLINE_MS);
};

test("mutated recordings end in sound or in a typed refusal; pnpm fuzz:media tries a thousand", async () => {
  const sources = await hostileSources(folder, [FORMATS[1], FORMATS[2], FORMATS[5]]);
  for (let number = 0; number < MUTANTS; number += 1) {
    const file = mutant(number, sources);
    const end = await endOf(file);
    if (end.kind === "refused") expect(CODES, file.name).toContain(end.code);
    else expect(end.samples, file.name).toBeGreaterThan(0);
  }
});

test("no playlist, and nothing that pretends to be a recording, leads to another file", async () => {
  const neighbour = join(folder, "source.wav");
  const files = polyglots(neighbour);
  expect(files).toHaveLength(31);
  for (const file of files) {
    const filePath = join(folder, "pretender.mp3");
    await writeFile(filePath, file.bytes);
    // Most are refused by their first bytes; what passes is given to a decoder, which finds no sound in it.
    const isKnown = await identifyMedia(filePath).then(
      () => true,
      () => false,
    );
    if (isKnown && file.name !== "a WAV that claims 100 hours") {
      expect(await endOf(file), file.name).toMatchObject({ kind: "refused" });
    }
  }
});
