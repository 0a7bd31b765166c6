import { AppError, MINUTE, OPEN_GATE, type ProviderAnswer, SECOND } from "@phonoscene/kernel";
import { z } from "zod";

import { KeptSegments } from "../kept-segments.ts";
import { openDecoder } from "../local/decode.ts";
import type { MediaKind } from "../local/media-kind.ts";
import { readRecordingLength, type RecordingLength } from "../local/recording-length.ts";
import { interpolateWords } from "../local/word-times.ts";
import type { SpeechEngine, SpeechRequest, SpeechResult, SpeechSegment } from "../port.ts";
import { onlyRising } from "../rising.ts";
import { type SpeechServer, transcribeSound } from "./client.ts";
import { failures } from "./failures.ts";
import { fromAnswer, toHint } from "./languages.ts";
import { cutAtPauses, isSilent, type Piece, toWav, voicedSpans, WAV_BYTES_PER_MS, WAV_HEADER_BYTES } from "./pieces.ts";
import { toSegments } from "./to-segments.ts";

export type OpenAiSpeechConfig = {
  apiKey: string;
  baseUrl?: string;
  model: string;
  /** For each request. */
  requestTimeoutMs: number;
  maxDurationMs: number;
  /** In place of the ffmpeg on PATH. */
  ffmpegPath?: string;
  /** Files up to this go as they are; OpenAI's limit, less the form around the file, unless told. */
  maxUploadBytes?: number;
  /** Recordings up to this go as they are, longer ones in pieces of at most this; 10 min unless told. */
  pieceMs?: number;
};

/** Apart from the language model's: it may be another server, with limits of its own. */
const PROVIDER = "openai-speech";
const BASE_URL = "https://api.openai.com/v1";
const MAX_UPLOAD_BYTES = 25 * 1024 * 1024 - 64 * 1024;
const LONGEST_WHOLE_MS = 20 * MINUTE;
const PIECE_MS = 10 * MINUTE;
/** Without times of its own a model is asked about as much as can be placed by its pauses. */
const PIECE_WITHOUT_TIMES_MS = 28 * SECOND;
/** Whisper looks at 224 tokens of what came before. */
const CONTEXT_CHARACTERS = 500;

/** OpenAI's newer models answer with the text alone; everything else that speaks this API is a Whisper. */
const hasTimes = (model: string): boolean => !/gpt-.*transcribe/i.test(model);

/** What the API reads, by our name of it. */
const EXTENSIONS: Partial<Record<MediaKind["demuxer"], string>> = {
  mp3: "mp3",
  wav: "wav",
  flac: "flac",
  ogg: "ogg",
  mov: "m4a",
  matroska: "webm",
};

type Run = {
  request: SpeechRequest;
  config: OpenAiSpeechConfig;
  server: SpeechServer;
  name: string;
  hint: string | null;
  onProgress(fraction: number): void;
};

type HeardPiece = {
  startMs: number;
  endMs: number;
  result: { language: string | null; segments: SpeechSegment[] };
};

const StoredResult = z.object({ language: z.string().nullable(), segments: KeptSegments });

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === "TimeoutError";

type Asked = Piece | { startMs: number; endMs: number; file: { extension: string; sizeBytes: number } };

/** One request through the gate. */
const hear = (run: Run, asked: Asked, context: string): Promise<HeardPiece> => {
  const { request, server } = run;
  const { gate = OPEN_GATE, signal } = request;
  const estimate = { audioMs: asked.endMs - asked.startMs, inputTokens: null, outputTokens: null };
  return gate.run(
    { provider: PROVIDER, model: server.model, operation: "transcribe", estimate, takesSlot: true, signal },
    () => hearOnce(run, asked, context),
  );
};

const hearOnce = async (run: Run, asked: Asked, context: string): Promise<ProviderAnswer<HeardPiece>> => {
  const { request, server, hint } = run;
  const { startMs } = asked;
  const sound =
    "samples" in asked
      ? { kind: "bytes" as const, bytes: toWav(asked.samples), extension: "wav" }
      : { kind: "file" as const, filePath: request.filePath, ...asked.file };
  const deadline = AbortSignal.timeout(server.requestTimeoutMs);
  const signal = AbortSignal.any([request.signal, deadline]);
  try {
    const answer = await transcribeSound(server, { sound, language: hint, context, signal });
    // A header may claim less than there is.
    const endMs = "file" in asked ? Math.max(asked.endMs, Math.round((answer.duration ?? 0) * 1000)) : asked.endMs;
    const voiced = "samples" in asked ? voicedSpans(asked) : [{ startMs, endMs }];
    const result = {
      language: fromAnswer(answer.language),
      segments: toSegments(answer, { startMs, endMs, voiced }),
    };
    const usage = { audioMs: endMs - startMs, inputTokens: null, outputTokens: null };
    return { value: { startMs, endMs, result }, usage };
  } catch (error) {
    request.signal.throwIfAborted();
    if (error instanceof AppError) throw error;
    throw deadline.aborted || isTimeout(error) ? failures.tookTooLong(error) : failures.unreachable(error);
  }
};

const tailOf = (piece: HeardPiece | undefined): string => {
  const text = (piece?.result.segments ?? []).map((segment) => segment.text).join(" ");
  return text.length <= CONTEXT_CHARACTERS ? text : text.slice(-CONTEXT_CHARACTERS).replace(/^\S*\s/, "");
};

/** What an earlier run was paid for, by the start of the piece. */
const findHeard = async ({ request }: Run, engine: string): Promise<Map<number, HeardPiece>> => {
  const stored = (await request.pieces?.find(engine)) ?? [];
  return new Map(stored.map((piece) => [piece.startMs, { ...piece, result: StoredResult.parse(piece.result) }]));
};

/** Who hears and how: what was heard otherwise is of no use. */
const keyOf = ({ name, hint }: Run, how: string): string => `${name}, ${hint ?? "auto"}, ${how}`;

const longestPieceMs = ({ config, server }: Run): number => {
  const { pieceMs = PIECE_MS, maxUploadBytes = MAX_UPLOAD_BYTES } = config;
  const fittingMs = Math.floor((maxUploadBytes - WAV_HEADER_BYTES) / WAV_BYTES_PER_MS);
  return Math.min(pieceMs, fittingMs, server.hasTimes ? pieceMs : PIECE_WITHOUT_TIMES_MS);
};

const nothing = ({ startMs, endMs }: Piece): HeardPiece => ({
  startMs,
  endMs,
  result: { language: null, segments: [] },
});

const hearPieces = async (run: Run, { media, sizeBytes, durationMs }: RecordingLength): Promise<HeardPiece[]> => {
  const { request, config } = run;
  const { maxDurationMs, ffmpegPath } = config;
  const maxMs = longestPieceMs(run);
  const engine = keyOf(run, `pieces of ${maxMs} ms`);
  const known = await findHeard(run, engine);
  const { blocks } = openDecoder({ filePath: request.filePath, media, ffmpegPath, maxDurationMs, sizeBytes });
  const heard: HeardPiece[] = [];
  for await (const piece of cutAtPauses(blocks, { maxMs, searchMs: Math.min(MINUTE, maxMs / 3) })) {
    request.signal.throwIfAborted();
    const earlier = known.get(piece.startMs);
    if (earlier?.endMs === piece.endMs) heard.push(earlier);
    else if (isSilent(piece)) heard.push(nothing(piece));
    else {
      const fresh = await hear(run, piece, tailOf(heard.at(-1)));
      await request.pieces?.save(engine, fresh);
      heard.push(fresh);
    }
    if (durationMs !== null) run.onProgress(Math.min(0.99, piece.endMs / durationMs));
  }
  return heard;
};

const extensionOf = (run: Run, { media, sizeBytes, durationMs }: RecordingLength): string | null => {
  const { maxUploadBytes = MAX_UPLOAD_BYTES, pieceMs } = run.config;
  const isShort = durationMs !== null && durationMs <= Math.min(LONGEST_WHOLE_MS, pieceMs ?? LONGEST_WHOLE_MS);
  const fits = isShort && sizeBytes <= maxUploadBytes && run.server.hasTimes;
  return fits ? (EXTENSIONS[media.demuxer] ?? null) : null;
};

const hearAll = async (run: Run, length: RecordingLength): Promise<HeardPiece[]> => {
  const extension = extensionOf(run, length);
  if (extension === null) return hearPieces(run, length);
  const { durationMs, sizeBytes } = length;
  const endMs = Math.round(durationMs ?? 0);
  const engine = keyOf(run, "whole");
  const known = (await findHeard(run, engine)).get(0);
  if (known !== undefined) return [known];
  const whole = await hear(run, { startMs: 0, endMs, file: { extension, sizeBytes } }, "");
  await run.request.pieces?.save(engine, whole);
  return [whole];
};

const mostSpoken = (pieces: readonly HeardPiece[]): string | null => {
  const characters = new Map<string, number>();
  for (const { result } of pieces) {
    if (result.language === null) continue;
    const spoken = result.segments.reduce((sum, { text }) => sum + text.length, 0);
    characters.set(result.language, (characters.get(result.language) ?? 0) + spoken);
  }
  return [...characters].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
};

const hasWords = ({ words = null }: SpeechSegment): boolean => words !== null;

const transcribe = async (run: Run): Promise<SpeechResult> => {
  const { request, config } = run;
  const { maxDurationMs, ffmpegPath } = config;
  const heard = await hearAll(
    run,
    await readRecordingLength({ filePath: request.filePath, ffmpegPath, maxDurationMs }),
  );
  const segments = heard.flatMap(({ result }) => result.segments);
  if (segments.length === 0) {
    const detail = "The speech service found no speech in the recording: send one in which somebody speaks.";
    throw new AppError("no_speech", { detail });
  }
  run.onProgress(1);
  return {
    // A task in the language `auto` is asked about once more by whoever reads the words.
    language: request.language === "auto" ? (mostSpoken(heard) ?? "auto") : request.language,
    durationMs: heard.at(-1)?.endMs ?? 0,
    wordTiming: segments.every(hasWords) ? "provider" : "interpolated",
    segments: segments.map((segment) =>
      hasWords(segment) ? segment : { ...segment, words: interpolateWords(segment, [segment]) },
    ),
    engine: run.name,
    warnings: [],
  };
};

/**
 * Any server that speaks OpenAI's `/audio/transcriptions`: the recording leaves this machine. Small files go as they are;
 * others are decoded here and go in pieces, cut at pauses, each kept once it is heard, so that a restart pays for none
 * twice. Nothing is retried here: the gate does that.
 */
export const createOpenAiSpeechEngine = (config: OpenAiSpeechConfig): SpeechEngine<SpeechResult> => {
  const { apiKey, baseUrl = BASE_URL, model, requestTimeoutMs } = config;
  const name = `openai/${model}`;
  const server = { apiKey, baseUrl, model, hasTimes: hasTimes(model), requestTimeoutMs };
  return {
    name,
    transcribe: async (request) => {
      request.signal.throwIfAborted();
      const hint = toHint(request.language);
      const run = { request, config, server, name, hint, onProgress: onlyRising(request.onProgress) };
      return transcribe(run);
    },
  };
};
