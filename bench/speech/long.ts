import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createLocalSpeechEngine } from "../../packages/speech/src/index.ts";
import { openDecoder } from "../../packages/speech/src/local/decode.ts";
import { identifyMedia } from "../../packages/speech/src/local/media-kind.ts";
import { mixDown } from "../../packages/speech/src/local/mix.ts";
import type { ModelName } from "../../packages/speech/src/local/model-files.ts";
import { wavOf } from "../../packages/speech/test/wav.ts";
import type { Clip } from "./corpus.ts";
import { measure } from "./measure.ts";
import { megabytes, sparkline, times } from "./table.ts";
import { peakOf, watchMemory } from "./usage.ts";

const HOUR_MS = 3_600_000;
const SAMPLE_RATE_HZ = 16_000;
const MAX_BYTES = 800 * 1024 * 1024;
const WAV_HEADER_BYTES = 44;
const CURVE_WIDTH = 72;

type LongRun = {
  model: ModelName;
  hours: number;
  clips: readonly Clip[];
  /** Where to write the memory as CSV. */
  curve: string | null;
  print(line: string): void;
};

export type LongReport = {
  hours: number;
  wallMs: number;
  cpuMs: number;
  peakBytes: number;
  outcome: string;
  longestSilenceMs: number;
  isMonotonic: boolean;
};

const pcmOf = async ({ filePath }: Clip): Promise<Buffer[]> => {
  const media = await identifyMedia(filePath);
  const { size: sizeBytes } = await stat(filePath);
  const { blocks } = openDecoder({ filePath, media, sizeBytes, ffmpegPath: undefined, maxDurationMs: HOUR_MS });
  const parts: Buffer[] = [];
  for await (const block of blocks) parts.push(wavOf(mixDown(block)).subarray(WAV_HEADER_BYTES));
  return parts;
};

/** The corpus over and over: a WAV of this length, whose header claims no length, as of a program that streams. */
const writeLong = async (target: string, { clips, hours }: LongRun): Promise<void> => {
  const parts = (await Promise.all(clips.map(pcmOf))).flat();
  const output = createWriteStream(target);
  const header = wavOf(new Float32Array(0));
  const totalBytes = hours * 3600 * SAMPLE_RATE_HZ * 2;
  header.writeUInt32LE(totalBytes, WAV_HEADER_BYTES - 4);
  output.write(header);
  let written = 0;
  for (let at = 0; written < totalBytes; at = (at + 1) % parts.length) {
    const part = parts[at]?.subarray(0, totalBytes - written) ?? Buffer.alloc(0);
    written += part.length;
    if (!output.write(part)) await once(output, "drain");
  }
  output.end();
  await once(output, "close");
};

/** Transcribes the corpus made as long as asked, and follows memory and progress. */
export const measureLong = async (run: LongRun): Promise<LongReport> => {
  const { model, hours, curve, print } = run;
  const folder = await mkdtemp(join(tmpdir(), "bench-speech-"));
  try {
    const filePath = join(folder, "long.wav");
    await writeLong(filePath, run);
    const told: { atMs: number; fraction: number }[] = [];
    const memory = watchMemory();
    const engine = createLocalSpeechEngine({ model, maxDurationMs: (hours + 1) * HOUR_MS });
    const measured = await measure(engine, filePath, (fraction) => told.push({ atMs: performance.now(), fraction }));
    const samples = memory.stop();
    if (curve !== null)
      await writeFile(curve, samples.map(({ atMs, bytes }) => `${Math.round(atMs)},${bytes}\n`).join(""));
    const gaps = told.slice(1).map(({ atMs }, index) => atMs - (told[index]?.atMs ?? atMs));
    const report = {
      hours,
      wallMs: measured.wallMs,
      cpuMs: measured.cpuMs,
      peakBytes: peakOf(samples),
      outcome: measured.failure ?? `${measured.result?.segments.length ?? 0} segments`,
      longestSilenceMs: Math.max(0, ...gaps),
      isMonotonic: told.every(({ fraction }, index) => fraction > (told[index - 1]?.fraction ?? -1)),
    };
    const audioMs = hours * HOUR_MS;
    print(
      `\n${hours} h with ${model}: ${report.outcome}; ${times(audioMs / report.wallMs)} real time, ${times(audioMs / report.cpuMs)} by CPU`,
    );
    print(
      `progress ${told.length} times, ${report.isMonotonic ? "always rising" : "NOT RISING"}, at most ${(report.longestSilenceMs / 1000).toFixed(1)} s apart`,
    );
    print(
      `memory of all processes of the job: at most ${megabytes(report.peakBytes)} (target ${megabytes(MAX_BYTES)}); the curve, from 0 to the target:`,
    );
    print(
      sparkline(
        samples.map(({ bytes }) => bytes),
        CURVE_WIDTH,
        MAX_BYTES,
      ),
    );
    return report;
  } finally {
    await rm(folder, { recursive: true });
  }
};
