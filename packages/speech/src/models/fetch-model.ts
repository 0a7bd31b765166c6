import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

import { AppError } from "@phonoscene/kernel";

import { isIntact } from "./files.ts";
import { type ModelFile, sizeOf, type SpeechModel } from "./registry.ts";

export const MODEL_HUB_URL = "https://huggingface.co";

export type FetchOptions = {
  cacheDir: string;
  /** A mirror in place of `MODEL_HUB_URL`. */
  hubUrl?: string;
  /** Bytes that are there, of `sizeOf(model)`. */
  onProgress?(bytes: number): void;
  signal: AbortSignal;
};

export type HubModel = SpeechModel & { source: { kind: "hub" } };
export const isHubModel = (model: SpeechModel): model is HubModel => model.source.kind === "hub";

/** Where a fetched model's files are. */
export const modelFolder = ({ id }: SpeechModel, cacheDir: string): string => join(cacheDir, id);

/** How to get a model whose files are missing or not what they should be. */
export const repairOf = ({ id }: SpeechModel): string =>
  `run pnpm models fetch ${id} where the internet is in reach, or copy the folder ${id} of a machine that has it into the folder that WHISPER_CACHE_DIR names`;

const notFetched = (model: SpeechModel, fault: string, cause?: unknown): AppError =>
  new AppError(
    "model_not_installed",
    { detail: `The speech model ${model.id} is not on this machine, and ${fault}: ${repairOf(model)}.` },
    { cause },
  );

const reasonOf = (error: unknown): string => {
  const source = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return source instanceof Error ? source.message : String(source);
};

type Download = { model: HubModel; file: ModelFile; options: FetchOptions; onBytes(count: number): void };

const open = async ({ model, file, options }: Download): Promise<Readable> => {
  const { repository, revision } = model.source;
  const { hubUrl = MODEL_HUB_URL, signal } = options;
  const url = `${hubUrl.replace(/\/+$/, "")}/${repository}/resolve/${revision}/${file.path}`;
  const answer = await fetch(url, { signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw notFetched(model, `${new URL(url).host} cannot be reached (${reasonOf(cause)})`, cause);
  });
  if (answer.ok && answer.body !== null) return Readable.fromWeb(answer.body);
  await answer.body?.cancel();
  throw notFetched(model, `${url} answers ${answer.status}`);
};

/** The file appears under its name only when it is whole and what was published. */
const download = async (work: Download): Promise<void> => {
  const { model, file, options, onBytes } = work;
  const target = join(modelFolder(model, options.cacheDir), file.path);
  const partial = `${target}.${randomUUID()}.partial`;
  const hash = createHash("sha256");
  const count = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      onBytes(chunk.length);
      done(null, chunk);
    },
  });
  const source = await open(work);
  await mkdir(dirname(target), { recursive: true });
  let failure: unknown = null;
  source.once("error", (error) => (failure = error));
  try {
    await pipeline(source, count, createWriteStream(partial), { signal: options.signal });
    if (hash.digest("hex") !== file.sha256) throw notFetched(model, `${file.path} came with another SHA-256`);
    await rename(partial, target);
  } catch (error) {
    options.signal.throwIfAborted();
    throw error === failure ? notFetched(model, `the connection broke (${reasonOf(error)})`, error) : error;
  } finally {
    await rm(partial, { force: true });
  }
};

/**
 * Brings what is missing or damaged of a model into the cache, each file verified; gives their folder. A download that
 * broke goes on with the file at which it did.
 * @throws AppError "model_not_installed" naming the fix; the signal's reason when aborted.
 */
export const fetchModel = async (model: HubModel, options: FetchOptions): Promise<string> => {
  const folder = modelFolder(model, options.cacheDir);
  const total = sizeOf(model);
  let bytes = 0;
  const onBytes = (count: number): void => {
    bytes = Math.min(total, bytes + count);
    options.onProgress?.(bytes);
  };
  for (const file of model.files) {
    if (await isIntact(folder, file)) onBytes(file.sizeBytes);
    else await download({ model, file, options, onBytes });
  }
  return folder;
};
