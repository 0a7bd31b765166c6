import { stat } from "node:fs/promises";

import type { SpeechWord } from "../port.ts";
import { type Chunk, createChunker, spanMs } from "./chunks.ts";
import { openDecoder } from "./decode.ts";
import { identifyMedia } from "./media-kind.ts";
import type { AlignmentJob } from "./messages.ts";
import { mixDown } from "./mix.ts";
import type { Moonshine } from "./moonshine.ts";
import { openEnglishModels } from "./open-models.ts";
import { SAMPLE_RATE_HZ } from "./pcm-format.ts";
import { fractionDone } from "./progress.ts";
import { level, onRecordingsClock } from "./recogniser.ts";
import type { Listener } from "./transcribe-file.ts";
import { cutToVoice } from "./word-times.ts";

const middleMs = ({ startMs, endMs }: SpeechWord): number => (startMs + endMs) / 2;

/** The words of a chunk, exactly placed; as they were where the model cannot tell. */
const placed = async (moonshine: Moonshine, chunk: Chunk, rough: readonly SpeechWord[]): Promise<SpeechWord[]> => {
  if (rough.length === 0) return [];
  level(chunk.samples);
  const words = await moonshine.place(
    chunk.samples,
    rough.map(({ text }) => text),
  );
  return words === null ? [...rough] : cutToVoice(onRecordingsClock(words, chunk), chunk.voiced.map(spanMs));
};

/** Hands out the words in order, each once: those before a moment, and those after it up to another. */
const createQueue = (words: readonly SpeechWord[]) => {
  let next = 0;
  return {
    takeBefore: (ms: number): SpeechWord[] => {
      const from = next;
      while (
        next < words.length &&
        middleMs(words[next] ?? { startMs: ms, endMs: ms, text: "", confidence: null }) < ms
      ) {
        next += 1;
      }
      return words.slice(from, next);
    },
  };
};

/**
 * Decodes the recording again and puts given words, whose rough places are known, exactly where they are spoken.
 * @throws what `openDecoder` throws.
 */
export const alignFile = async (job: AlignmentJob, listener: Listener) => {
  const media = await identifyMedia(job.filePath);
  const { size: sizeBytes } = await stat(job.filePath);
  const { moonshine, newVoiceDetector } = await openEnglishModels(job);
  const decoding = openDecoder({ ...job, media, sizeBytes });
  const chunker = createChunker(newVoiceDetector());
  const queue = createQueue(job.given);
  const pass = async (chunks: readonly Chunk[]): Promise<void> => {
    for (const chunk of chunks) {
      const { startMs, endMs } = spanMs(chunk.frames);
      await listener.onWords([
        ...queue.takeBefore(startMs),
        ...(await placed(moonshine, chunk, queue.takeBefore(endMs))),
      ]);
    }
  };
  let samples = 0;
  for await (const block of decoding.blocks) {
    const mixed = mixDown(block);
    samples += mixed.length;
    await pass(await chunker.push(mixed));
    await listener.onProgress(fractionDone(samples, decoding.notes()));
  }
  await pass(await chunker.flush());
  await listener.onWords(queue.takeBefore(Number.POSITIVE_INFINITY));
  return { durationMs: Math.round((samples * 1000) / SAMPLE_RATE_HZ), isTruncated: false };
};
