import { stat } from "node:fs/promises";

import { AppError } from "@phonoscene/kernel";

import { type Chunk, type Chunker, createChunker, spanMs } from "./chunks.ts";
import { type DecodeRequest, openDecoder } from "./decode.ts";
import type { DecoderNotes } from "./decoder-notes.ts";
import { identifyMedia } from "./media-kind.ts";
import type { GivenChunk, HeardChunk, LocalJob, LocalSummary } from "./messages.ts";
import { amplify, mixDown, peakOf } from "./mix.ts";
import { type Models, openModels } from "./open-models.ts";
import { SAMPLE_RATE_HZ } from "./pcm-format.ts";
import { placeWords } from "./place-words.ts";
import { fractionDone } from "./progress.ts";
import { hear } from "./recogniser.ts";
import { toSegments } from "./to-segments.ts";

/** What a caller of `transcribeFile` is told on the way; each must have been taken before the work goes on. */
export type Listener = {
  onHeard(chunk: HeardChunk): Promise<void>;
  onProgress(fraction: number): Promise<void>;
};

/**
 * A recording whose loudest sample is below this is quiet: the voice detector misses much of it. Recognition waits
 * until a sample is louder. Where none is by the end (or by the time the memory for waiting is full), the recording is
 * read once more, amplified.
 */
const QUIET_PEAK = 0.05;
const SILENT_PEAK = 1e-4;
const AMPLIFIED_PEAK = 0.5;
const MAX_WAITING_SAMPLES = 300 * SAMPLE_RATE_HZ;

type Pass = {
  gain: number;
  peak: number;
  samples: number;
  /** Too quiet to be worth recognising as it is. */
  isQuiet: boolean;
  /** A word was heard. */
  hasWords: boolean;
  notes: DecoderNotes;
};

/** Holds chunks back while the recording has been quiet so far. */
const createQueue = (isWaiting: boolean) => {
  let waiting: Chunk[] | null = isWaiting ? [] : null;
  return {
    /** The chunks to recognise now. */
    push: (chunks: Chunk[], peak: number): Chunk[] => {
      if (waiting === null) return chunks;
      waiting.push(...chunks);
      if (peak < QUIET_PEAK) return [];
      const released = waiting;
      waiting = null;
      return released;
    },
    isWaiting: (): boolean => waiting !== null,
    isFull: (): boolean => (waiting ?? []).reduce((sum, { samples }) => sum + samples.length, 0) > MAX_WAITING_SAMPLES,
  };
};

type Recording = DecodeRequest & {
  models: Models;
  known: readonly HeardChunk[];
  given?: readonly GivenChunk[];
  listener: Listener;
};

const hearChunk = async (chunk: Chunk, { models, known, given }: Recording): Promise<HeardChunk> => {
  const { startMs, endMs } = spanMs(chunk.frames);
  const isThis = (one: { startMs: number; endMs: number }): boolean => one.startMs === startMs && one.endMs === endMs;
  if (given !== undefined) {
    const segments = await placeWords(models.recogniser, chunk, given.find(isThis)?.words ?? []);
    return { startMs, endMs, segments, evidence: [], language: null };
  }
  const earlier = known.find(isThis);
  if (earlier !== undefined) return earlier;
  const heard = await hear(models.recogniser, chunk);
  const evidence = heard.map(({ tokens, logProbability }) => ({ tokens, logProbability }));
  const language = models.recogniser.language?.() ?? null;
  return { startMs, endMs, segments: heard.flatMap(toSegments), evidence, language };
};

const recognise = async (chunks: Chunk[], pass: Pass, recording: Recording): Promise<void> => {
  for (const chunk of chunks) {
    const heard = await hearChunk(chunk, recording);
    pass.hasWords ||= heard.segments.length > 0;
    await recording.listener.onHeard(heard);
  }
};

const listen = async (block: Float32Array, pass: Pass, chunker: Chunker): Promise<Chunk[]> => {
  const samples = mixDown(block);
  pass.peak = Math.max(pass.peak, peakOf(samples));
  pass.samples += samples.length;
  amplify(samples, pass.gain);
  return chunker.push(samples);
};

/** Reads the recording once, at this gain; at gain 1 it may find it too quiet and give up. */
const readOnce = async (recording: Recording, gain: number): Promise<Pass> => {
  const decoding = openDecoder(recording);
  const chunker = createChunker(recording.models.newVoiceDetector());
  const queue = createQueue(gain === 1);
  const pass: Pass = { gain, peak: 0, samples: 0, isQuiet: false, hasWords: false, notes: decoding.notes() };
  for await (const block of decoding.blocks) {
    await recognise(queue.push(await listen(block, pass, chunker), pass.peak), pass, recording);
    if (queue.isFull()) break;
    await recording.listener.onProgress(fractionDone(pass.samples, decoding.notes()));
  }
  pass.notes = decoding.notes();
  pass.isQuiet = queue.isWaiting() && pass.peak > SILENT_PEAK;
  if (!queue.isWaiting()) await recognise(await chunker.flush(), pass, recording);
  return pass;
};

/** A header's duration that the samples fall short of by more than this was cut. */
const TOLERANCE_MS = 1000;
const TOLERANCE_SHARE = 0.02;

const isShort = (durationMs: number, { durationMs: claimedMs, isEstimate }: DecoderNotes): boolean =>
  claimedMs !== null && !isEstimate && claimedMs - durationMs > Math.max(TOLERANCE_MS, TOLERANCE_SHARE * claimedMs);

/**
 * Decodes a recording, finds the speech and recognises it, chunk by chunk.
 * @throws AppError "no_speech", "model_not_installed", and what `openDecoder` throws.
 */
export const transcribeFile = async (job: LocalJob, listener: Listener): Promise<LocalSummary> => {
  const media = await identifyMedia(job.filePath);
  const { size: sizeBytes } = await stat(job.filePath);
  const recording = { ...job, media, sizeBytes, listener, models: await openModels(job) };
  const first = await readOnce(recording, 1);
  const pass = first.isQuiet ? await readOnce(recording, AMPLIFIED_PEAK / first.peak) : first;
  if (!pass.hasWords) {
    const detail = "No speech was found in the recording: send one in which somebody speaks, or louder.";
    throw new AppError("no_speech", { detail });
  }
  const durationMs = Math.round((pass.samples * 1000) / SAMPLE_RATE_HZ);
  return {
    durationMs,
    isTruncated: media.isCut || pass.notes.isCut || isShort(durationMs, pass.notes),
  };
};
