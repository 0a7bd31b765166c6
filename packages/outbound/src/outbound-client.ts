import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

import { HOUR, SECOND } from "@phonoscene/kernel";

import { type Deadline, startDeadline, type Timeouts } from "./deadline.ts";
import { exchange, type Message } from "./exchange.ts";
import type { AddressPolicy } from "./networks.ts";
import { OutboundError, toOutboundError } from "./outbound-error.ts";
import { parseOutboundUrl } from "./outbound-url.ts";
import { type Resolve, resolveChecked, systemResolve } from "./resolve-host.ts";

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Identity: what is not compressed needs no unpacking, and so cannot be a bomb. */
const HEADERS = { "user-agent": "phonoscene", accept: "*/*", "accept-encoding": "identity" };

const DEFAULT_TIMEOUTS: Timeouts = {
  connectMs: 10 * SECOND,
  headersMs: 30 * SECOND,
  idleMs: 30 * SECOND,
  totalMs: HOUR,
};

export type OutboundRequest = {
  url: string;
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  body?: string;
  /** Past so many bytes of body the answer is broken off. */
  maxBytes: number;
  /** `follow`: each address anew under the same rules, at most five, as GET. `refuse`: a redirect is an error. */
  redirects: "follow" | "refuse";
  httpsOnly?: boolean;
  timeouts?: Partial<Timeouts>;
  signal: AbortSignal;
};

export type OutboundResponse = {
  status: number;
  headers: IncomingHttpHeaders;
  /** As the other side announced it. */
  contentLengthBytes: number | null;
  /** The bytes as they were sent: never decompressed. Throws an OutboundError, or the signal's reason. Read it, or `discard`. */
  body: AsyncGenerator<Buffer, void>;
  /** Closes the connection. */
  discard(): Promise<void>;
};

/** The one way by which this service asks for an address that a user named. */
export type OutboundClient = {
  /** @throws OutboundError that says what went wrong; the signal's reason where that aborted. Any status is an answer. */
  request(request: OutboundRequest): Promise<OutboundResponse>;
};

export type OutboundClientOptions = { isAllowed: AddressPolicy; resolve?: Resolve };

type Course = { deadline: Deadline; maxBytes: number; host: string };

/** What a failure really was: the deadline's or the caller's own reason comes before what it did to the connection. */
const explain = (error: unknown, { deadline, host }: Course): unknown =>
  deadline.signal.aborted ? deadline.signal.reason : toOutboundError(error, host);

async function* readBody(response: IncomingMessage, course: Course): AsyncGenerator<Buffer, void> {
  const { deadline, maxBytes } = course;
  let received = 0;
  try {
    deadline.begin("idle");
    for await (const chunk of response as AsyncIterable<Buffer>) {
      deadline.pause();
      received += chunk.length;
      if (received > maxBytes) throw new OutboundError("too-large", `It is larger than ${maxBytes} bytes.`);
      yield chunk;
      deadline.begin("idle");
    }
  } catch (error) {
    throw explain(error, course);
  } finally {
    deadline.end();
    response.destroy();
  }
}

const lengthOf = ({ headers }: IncomingMessage): number | null =>
  headers["content-length"] === undefined ? null : Number(headers["content-length"]);

const toResponse = (response: IncomingMessage, course: Course): OutboundResponse => {
  const contentLengthBytes = lengthOf(response);
  if (contentLengthBytes !== null && contentLengthBytes > course.maxBytes) {
    response.destroy();
    throw new OutboundError("too-large", `It has ${contentLengthBytes} bytes; ${course.maxBytes} are taken at most.`);
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    contentLengthBytes,
    body: readBody(response, course),
    discard: async () => {
      course.deadline.end();
      response.destroy();
    },
  };
};

/** Where an answer redirects to, or null. */
const redirectOf = ({ statusCode = 0, headers }: IncomingMessage): string | null =>
  REDIRECTS.has(statusCode) ? (headers.location ?? null) : null;

const nextUrl = (location: string, from: URL): string => {
  if (URL.canParse(location, from.href)) return new URL(location, from).href;
  throw new OutboundError("redirect", `${from.hostname} redirects to something that is no address.`);
};

/** A name that is being looked up cannot be called back; whoever waits for it can. */
const untilAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });

/** Asks, and asks on where that is allowed; every address is checked as the first one was. */
const pursue = async (
  { isAllowed, resolve = systemResolve }: OutboundClientOptions,
  { url: first, redirects, httpsOnly = false, ...request }: OutboundRequest,
  course: Course,
): Promise<IncomingMessage> => {
  let message: Message = {
    method: request.method ?? "GET",
    headers: { ...HEADERS, ...request.headers },
    body: request.body ?? null,
  };
  let url = parseOutboundUrl(first, { isAllowed, httpsOnly });
  for (let followed = 0; ; followed += 1) {
    course.host = url.hostname;
    course.deadline.begin("connect");
    const addresses = await untilAborted(resolveChecked(url, { resolve, isAllowed }), course.deadline.signal);
    const response = await exchange(url, message, { addresses, deadline: course.deadline });
    const location = redirectOf(response);
    if (location === null) return response;
    response.destroy();
    if (redirects === "refuse") {
      throw new OutboundError("redirect", `${url.hostname} answered with a redirect (${response.statusCode ?? 0}).`);
    }
    if (followed === MAX_REDIRECTS) {
      throw new OutboundError("redirect", `It redirects more than ${MAX_REDIRECTS} times.`);
    }
    url = parseOutboundUrl(nextUrl(location, url), { isAllowed, httpsOnly });
    // What was meant for the first address stays there.
    message = { method: "GET", headers: HEADERS, body: null };
  }
};

/** The client; see ADR 009. */
export const createOutboundClient = (options: OutboundClientOptions): OutboundClient => ({
  request: async (request) => {
    // A deadline names the host that is asked for; it is not known before the URL is.
    const { hostname } = parseOutboundUrl(request.url, { ...options, httpsOnly: request.httpsOnly ?? false });
    const timeouts = { ...DEFAULT_TIMEOUTS, ...request.timeouts };
    const deadline = startDeadline(timeouts, { host: hostname, caller: request.signal });
    const course = { deadline, maxBytes: request.maxBytes, host: hostname };
    try {
      const response = await pursue(options, request, course);
      deadline.pause();
      return toResponse(response, course);
    } catch (error) {
      deadline.end();
      throw explain(error, course);
    }
  },
});
