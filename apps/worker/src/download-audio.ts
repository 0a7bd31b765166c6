import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";

import { type Claim, type Database, saveDownloadedAudio } from "@phonoscene/db";
import {
  AppError,
  AUDIO_FORMATS,
  crashPoint,
  MAX_RECORDING_BYTES,
  newId,
  SNIFF_BYTES,
  sniffAudioFormat,
} from "@phonoscene/kernel";
import { type OutboundClient, OutboundError, type OutboundResponse } from "@phonoscene/outbound";
import type { AudioStorage } from "@phonoscene/storage";

type Dependencies = { database: Database; storage: AudioStorage; outbound: OutboundClient };

export type Download = {
  claim: Claim;
  url: string;
  /** Told only where the other side announces a length. */
  onProgress(fraction: number): void;
  signal: AbortSignal;
};

/** Those that ask for another try themselves. */
const isTemporary = (status: number): boolean => status >= 500 || status === 408 || status === 425 || status === 429;

const MAX_RETRY_AFTER_SECONDS = 600;

const checkStatus = ({ status, headers }: OutboundResponse): void => {
  if (status >= 200 && status < 300) return;
  const seconds = Number(headers["retry-after"]);
  const isAsked = Number.isInteger(seconds) && seconds > 0 && seconds <= MAX_RETRY_AFTER_SECONDS;
  throw new AppError("download_failed", {
    detail: `The server of the audioUrl answered with status ${status}: check that the address can be opened without a login.`,
    isRetryable: isTemporary(status),
    ...(isAsked && { retryAfterMs: seconds * 1000 }),
  });
};

/** The last part of the path, as a person would read it. */
const filenameOf = (url: string): string => {
  const { pathname, hostname } = new URL(url);
  const last = pathname.split("/").findLast((part) => part !== "") ?? hostname;
  // Half-encoded names stay as they are; a NUL character cannot be stored.
  const isDecodable = /^(?:[^%]|%[2-7][0-9a-f])*$/i.test(last);
  return (isDecodable ? decodeURIComponent(last) : last).slice(0, 255);
};

type Received = { format: string; sizeBytes: number };

/** Passes the bytes on, unless the first ones show that they are no recording. */
const watch = (response: OutboundResponse, onProgress: Download["onProgress"]) => {
  const received = { format: null as string | null, sizeBytes: 0 };
  async function* inspected() {
    let head = Buffer.alloc(0);
    for await (const chunk of response.body) {
      received.sizeBytes += chunk.length;
      if (head.length < SNIFF_BYTES) {
        head = Buffer.concat([head, chunk.subarray(0, SNIFF_BYTES)]);
        received.format = sniffAudioFormat(head);
        if (head.length >= SNIFF_BYTES && received.format === null) return;
      }
      if (response.contentLengthBytes !== null) onProgress(received.sizeBytes / response.contentLengthBytes);
      yield chunk;
    }
  }
  return { received, inspected };
};

/** @throws AppError "audio_empty" or "audio_unreadable", as for uploads. */
const receiveFile = async (
  response: OutboundResponse,
  filePath: string,
  { onProgress, signal }: Download,
): Promise<Received> => {
  const { received, inspected } = watch(response, onProgress);
  await pipeline(inspected, createWriteStream(filePath), { signal });
  const { format, sizeBytes } = received;
  if (sizeBytes === 0) throw new AppError("audio_empty", { detail: "The audioUrl leads to an empty file." });
  if (format === null) {
    throw new AppError("audio_unreadable", {
      detail: `What the audioUrl leads to is not a recording that can be read: its content is none of ${AUDIO_FORMATS.join(", ")}.`,
    });
  }
  return { format, sizeBytes };
};

/** The file system, or the user's share of it, is full. */
const isFull = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");

const toDownloadFailure = (error: unknown): unknown => {
  if (error instanceof OutboundError) {
    const details = {
      detail: `The audioUrl could not be downloaded. ${error.message}`,
      isRetryable: error.isRetryable,
    };
    return new AppError("download_failed", details, { cause: error });
  }
  if (!isFull(error)) return error;
  const detail = "There is no room left here for the recording at the audioUrl; try again later.";
  return new AppError("storage_full", { detail }, { cause: error });
};

const request = async ({ outbound }: Dependencies, { url, signal }: Download): Promise<OutboundResponse> => {
  const response = await outbound.request({ url, maxBytes: MAX_RECORDING_BYTES, redirects: "follow", signal });
  try {
    checkStatus(response);
    return response;
  } catch (error) {
    await response.discard();
    throw error;
  }
};

/**
 * Streams the recording at a URL into the storage and gives it to the task, so that a later attempt finds it there. Resolves
 * to its storage key; null where the claim is lost, and nothing stays.
 * @throws AppError "download_failed", "storage_full", "audio_empty", "audio_unreadable"; the signal's reason where that aborted.
 */
export const downloadAudio = async (deps: Dependencies, download: Download): Promise<string | null> => {
  const { storage, database } = deps;
  const incomingPath = path.join(storage.incomingDir, newId());
  try {
    const received = await receiveFile(await request(deps, download), incomingPath, download);
    const storageKey = `${newId()}.${received.format}`;
    await storage.adopt(incomingPath, storageKey);
    crashPoint("download/stored");
    const audio = { id: newId(), filename: filenameOf(download.url), ...received, storageKey };
    if (await saveDownloadedAudio(database.db, download.claim, audio)) return storageKey;
    await storage.delete(storageKey);
    return null;
  } catch (error) {
    throw toDownloadFailure(error);
  } finally {
    await rm(incomingPath, { force: true });
  }
};
