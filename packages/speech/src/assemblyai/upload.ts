import { createReadStream } from "node:fs";
import { Transform } from "node:stream";

import { z } from "zod";

import { postStream } from "../streamed-request.ts";
import { failures, type ProviderAccess, rejection, unusable } from "./responses.ts";

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

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unusable(cause);
  }
};

/**
 * Streams a file to the provider and gives its address there. The SDK's own upload holds the whole file in memory.
 * @throws AppError "provider_rejected", "provider_unavailable".
 */
export const uploadFile = async (upload: Upload): Promise<string> => {
  const { baseUrl, apiKey, filePath, sizeBytes, idleTimeoutMs, signal } = upload;
  const file = createReadStream(filePath);
  const counted = counting(sizeBytes, upload.onProgress);
  file.on("error", (error) => counted.destroy(error)).pipe(counted);
  try {
    const { status, text, retryAfter } = await postStream({
      url: new URL("v2/upload", baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`),
      headers: { authorization: apiKey, "content-type": "application/octet-stream", "content-length": sizeBytes },
      body: counted,
      idleTimeoutMs,
      signal,
      failures,
    });
    if (status >= 400) throw rejection(status, text, retryAfter);
    const parsed = Uploaded.safeParse(parseJson(text));
    if (!parsed.success) throw unusable(parsed.error);
    return parsed.data.upload_url;
  } finally {
    file.destroy();
  }
};
