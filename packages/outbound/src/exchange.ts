import http from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";

import type { Deadline } from "./deadline.ts";

export type Message = { method: "GET" | "POST"; headers: Record<string, string>; body: string | null };

/** Hands out the addresses that were checked, whatever it is asked for. */
const pinned =
  (addresses: readonly string[]): LookupFunction =>
  (_hostname, options, done) => {
    const entries = addresses.map((address) => ({ address, family: isIP(address) }));
    const [first = { address: "", family: 0 }] = entries;
    if (options.all === true) done(null, entries);
    else done(null, first.address, first.family);
  };

/**
 * Sends one request to one of the addresses given, under the URL's own name (Host, TLS server name, certificate). Resolves with
 * the head of the answer. An agent of its own: no connection is shared or kept, and no proxy of the environment steps in.
 */
export const exchange = (
  url: URL,
  { method, headers, body }: Message,
  { addresses, deadline }: { addresses: readonly string[]; deadline: Deadline },
): Promise<http.IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { request, Agent } = url.protocol === "https:" ? https : http;
    const outgoing = request(url, {
      method,
      headers: { ...headers, ...(body !== null && { "content-length": String(Buffer.byteLength(body)) }) },
      agent: new Agent({ keepAlive: false }),
      lookup: pinned(addresses),
      signal: deadline.signal,
    });
    outgoing.once("socket", (socket) => {
      const connected = url.protocol === "https:" ? "secureConnect" : "connect";
      socket.once(connected, () => deadline.begin("headers"));
    });
    outgoing.once("error", reject);
    outgoing.once("response", (response) => {
      // The body has an ear of its own from here on.
      outgoing.on("error", () => undefined);
      resolve(response);
    });
    outgoing.end(body ?? undefined);
  });
