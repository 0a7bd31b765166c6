import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import type { Endpoint, StreamedText } from "@phonoscene/contracts";
import type { Request, Response } from "express";

/** Small pieces are sent together. */
const CHUNK_CHARACTERS = 16_384;

async function* inLargerPieces(chunks: StreamedText["chunks"]): AsyncGenerator<string> {
  let held = "";
  for await (const chunk of chunks) {
    held += chunk;
    if (held.length < CHUNK_CHARACTERS) continue;
    yield held;
    held = "";
  }
  if (held !== "") yield held;
}

const charsetOf = (mediaType: string): string => (mediaType.startsWith("text/") ? "; charset=utf-8" : "");

const isHangUp = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";

/**
 * Sends a streamed answer no faster than the client reads it; a client that hangs up ends it.
 * @throws Error when the media type is not one of the contract's, or when the source fails midway.
 */
export const sendStream = async (
  { contract, request, response }: { contract: Endpoint; request: Request; response: Response },
  { mediaType, chunks }: StreamedText,
): Promise<void> => {
  if (contract.streams?.[mediaType] === undefined) {
    throw new Error(`${contract.operationId} answers ${mediaType}, which its contract does not list`);
  }
  response.status(contract.status).setHeader("Content-Type", `${mediaType}${charsetOf(mediaType)}`);
  try {
    // Events go out as they come.
    const pieces = mediaType === "text/event-stream" ? chunks : inLargerPieces(chunks);
    await pipeline(Readable.from(pieces), response);
  } catch (error) {
    if (!isHangUp(error)) throw error;
    request.log.info("the client hung up");
  }
};
