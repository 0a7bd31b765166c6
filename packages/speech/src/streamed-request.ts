import http from "node:http";
import https from "node:https";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import type { VendorFailures } from "./vendor-failures.ts";

export type StreamedRequest = {
  url: URL;
  headers: Record<string, string | number>;
  /** Made by the caller, read once. */
  body: Readable;
  /** The connection may be idle for this long. */
  idleTimeoutMs: number;
  signal: AbortSignal;
  failures: VendorFailures;
};

export type StreamedAnswer = { status: number; text: string; retryAfter: string | undefined };

/**
 * POSTs a stream in constant memory: any `fetch` holds the whole body (800 MB for an 800 MB file, against 38 MB here).
 * A server may answer before it has read everything (a wrong key): what is left of the body then stays here.
 */
export const postStream = async (options: StreamedRequest): Promise<StreamedAnswer> => {
  const { url, headers, body, idleTimeoutMs, signal, failures } = options;
  const request = (url.protocol === "http:" ? http : https).request(url, { method: "POST", headers, signal });
  request.setTimeout(idleTimeoutMs, () =>
    request.destroy(new DOMException("The provider took no bytes for too long", "TimeoutError")),
  );
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.on("response", resolve).on("error", reject);
  });
  // Whatever breaks the pipeline destroys the request, which then rejects `answered` with the same error.
  const sent = Promise.allSettled([pipeline(body, request)]);
  try {
    const response = await answered;
    const text = await failures.readBody(response);
    return { status: response.statusCode ?? 0, text, retryAfter: response.headers["retry-after"] };
  } finally {
    request.destroy();
    await sent;
  }
};
