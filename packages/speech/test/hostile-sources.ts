import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { encode, FORMATS } from "./encode.ts";
import type { HostileFile } from "./mutants.ts";
import { wavOf } from "./wav.ts";

const SECONDS = 1.5;
const SAMPLE_RATE_HZ = 16_000;

/** A short sound in every format there is an encoder for. */
export const hostileSources = async (folder: string, formats = FORMATS.slice()): Promise<HostileFile[]> => {
  const wav = join(folder, "source.wav");
  const tone = Float32Array.from({ length: SECONDS * SAMPLE_RATE_HZ }, (_, index) => 0.5 * Math.sin(index / 6));
  await writeFile(wav, wavOf(tone));
  const sources: HostileFile[] = [];
  for (const format of formats) {
    const target = join(folder, `source-${format.codec}.${format.extension}`);
    encode(wav, target, format);
    sources.push({ name: `${format.extension} (${format.codec})`, bytes: await readFile(target) });
  }
  return sources;
};
