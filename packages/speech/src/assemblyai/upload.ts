import { createReadStream } from "node:fs";
import http from "node:http";
import https from "node:https";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

import { z } from "zod";

import { type ProviderAccess, readBody, rejection, unusable } from "./responses.ts";

const Uploaded = z.object({ upload_url: z.url() });

export type Upload = ProviderAccess & {
  filePath: string;
  sizeBytes: number;
  /** The connection may be idle for this long. */
  idleTimeoutMs: number;
  onProgress(fraction: number): void;
  signal: AbortSignal;
};

const counting = (totalBytes: number, onProgress: (fraction: number) => void): Transform => {
  let sent = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      sent += chunk.length;
      onProgress(sent / totalBytes);
      done(null, chunk);
    },
  });
};

type Exchange = { response: http.IncomingMessage; text: string };

/** A provider may answer before it has read everything (a wrong key): what is left of the file then stays here. */
const exchange = async (request: http.ClientRequest, upload: Upload): Promise<Exchange> => {
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.on("response", resolve).on("error", reject);
  });
  // Whatever breaks the pipeline destroys the request, which then rejects `answered` with the same error.
  const sent = Promise.allSettled([
    pipeline(createReadStream(upload.filePath), counting(upload.sizeBytes, upload.onProgress), request),
  ]);
  try {
    const response = await answered;
    return { response, text: await readBody(response) };
  } finally {
    request.destroy();
    await sent;
  }
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unusable(cause);
  }
};

/**
 * Streams a file to the provider and gives its address there. The SDK's own upload, like any fetch, holds the whole
 * file in memory: 800 MB for an 800 MB file, against 38 MB here.
 * @throws AppError "provider_rejected", "provider_unavailable".
 */
export const uploadFile = async (upload: Upload): Promise<string> => {
  const { baseUrl, apiKey, sizeBytes, idleTimeoutMs, signal } = upload;
  const url = new URL("v2/upload", baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
  const request = (url.protocol === "http:" ? http : https).request(url, {
    method: "POST",
    headers: { authorization: apiKey, "content-type": "application/octet-stream", "content-length": sizeBytes },
    signal,
  });
  request.setTimeout(idleTimeoutMs, () =>
    request.destroy(new DOMException("The provider took no bytes for too long", "TimeoutError")),
  );
  const { response, text } = await exchange(request, upload);
  const status = response.statusCode ?? 0;
  if (status >= 400) throw rejection(status, text, response.headers["retry-after"]);
  const parsed = Uploaded.safeParse(parseJson(text));
  if (!parsed.success) throw unusable(parsed.error);
  return parsed.data.upload_url;
};
