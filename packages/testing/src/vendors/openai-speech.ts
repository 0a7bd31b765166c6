import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the next request meets; with nothing scripted the server answers well. */
export type OpenAiSpeechBehaviour =
  | { kind: "status"; status: number; message?: string; code?: string; retryAfter?: string }
  /** As `status`, without reading what is being uploaded. */
  | { kind: "early-status"; status: number }
  /** A 200 with this body, which need not be JSON. */
  | { kind: "body"; body: string }
  /** A 200 with a body of this many bytes. */
  | { kind: "flood"; sizeBytes: number }
  /** Half of an answer, then the connection breaks. */
  | { kind: "cut" }
  /** Never answers. */
  | { kind: "hang" }
  /** Headers at once, then a byte now and then, never the end. */
  | { kind: "drip" }
  | { kind: "reset" };

export type OpenAiSpeechRequest = {
  authorization: string | undefined;
  /** Every value that a field had. */
  fields: Record<string, string[]>;
  filename: string;
  /** The first bytes of the file. */
  head: Buffer;
  sizeBytes: number;
  /** Of a WAV file of 16 kHz and 16 bit mono: its length. */
  wavMs: number;
};

export type OpenAiSpeechOptions = {
  /** Other keys get a 401; any key will do when left out. */
  apiKey?: string;
  /** What is heard in the n-th request, from 0. */
  textOf?(index: number, request: OpenAiSpeechRequest): string;
  /** As the server words it: a code or an English name. */
  language?: string;
  /** Of recordings that are not WAV. */
  durationMs?: number;
  /** Without `words`, as models that have no times of words. */
  hasWords?: boolean;
};

export type FakeOpenAiSpeech = {
  baseUrl: string;
  /** Those whose body arrived whole, in order. */
  requests: OpenAiSpeechRequest[];
  /** Requests that were begun. */
  count(): number;
  script(...behaviours: OpenAiSpeechBehaviour[]): void;
  close(): Promise<void>;
};

type World = {
  options: OpenAiSpeechOptions;
  requests: OpenAiSpeechRequest[];
  scripts: OpenAiSpeechBehaviour[];
  count: number;
};

const WAV_HEADER_BYTES = 44;
const WAV_BYTES_PER_MS = 32;
const DRIP_MS = 20;

const parseMultipart = (body: Buffer, boundary: string): Omit<OpenAiSpeechRequest, "authorization"> => {
  const parsed = {
    fields: {} as Record<string, string[]>,
    filename: "",
    head: Buffer.alloc(0),
    sizeBytes: 0,
    wavMs: 0,
  };
  const mark = Buffer.from(`--${boundary}`);
  for (let at = body.indexOf(mark); at !== -1;) {
    const next = body.indexOf(mark, at + mark.length);
    if (next === -1) break;
    const part = body.subarray(at + mark.length + 2, next - 2);
    const split = part.indexOf("\r\n\r\n");
    const headers = part.toString("latin1", 0, split);
    const content = part.subarray(split + 4);
    const name = /name="([^"]*)"/.exec(headers)?.[1] ?? "";
    const filename = /filename="([^"]*)"/.exec(headers)?.[1];
    if (filename === undefined) parsed.fields[name] = [...(parsed.fields[name] ?? []), content.toString("utf8")];
    else {
      const wavMs = Math.round((content.length - WAV_HEADER_BYTES) / WAV_BYTES_PER_MS);
      Object.assign(parsed, { filename, head: content.subarray(0, 64), sizeBytes: content.length, wavMs });
    }
    at = next;
  }
  return parsed;
};

const timedWords = (text: string, durationMs: number) => {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const each = durationMs / 1000 / Math.max(1, words.length);
  return words.map((word, index) => ({ word, start: index * each, end: (index + 0.9) * each }));
};

const answerOf = ({ options, requests }: World, request: OpenAiSpeechRequest): unknown => {
  const { textOf = () => "The old fisherman rowed out at dawn.", language = "english", hasWords = true } = options;
  const text = textOf(requests.length - 1, request);
  if (request.fields["response_format"]?.[0] !== "verbose_json") return { text };
  const durationMs = request.filename.endsWith(".wav") ? request.wavMs : (options.durationMs ?? 10_000);
  const words = timedWords(text, durationMs);
  const sentence = {
    id: 0,
    start: 0,
    end: durationMs / 1000,
    text: ` ${text}`,
    avg_logprob: -0.1,
    no_speech_prob: 0.01,
  };
  return {
    task: "transcribe",
    language,
    duration: durationMs / 1000,
    text,
    segments: text === "" ? [] : [sentence],
    ...(hasWords && { words: words.map((word) => ({ ...word, word: word.word.replaceAll(/[.,]/g, "") })) }),
  };
};

type Answer = { status: number; body: unknown; headers?: Record<string, string> };

const sendJson = (response: ServerResponse, { status, body, headers = {} }: Answer): void => {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
};

const drip = (response: ServerResponse): void => {
  response.writeHead(200, { "content-type": "application/json" });
  response.write("{");
  const timer = setInterval(() => response.write(" "), DRIP_MS);
  response.on("close", () => clearInterval(timer));
};

const misbehave = (behaviour: OpenAiSpeechBehaviour, response: ServerResponse): void => {
  if (behaviour.kind === "hang") return;
  if (behaviour.kind === "reset") response.destroy();
  else if (behaviour.kind === "drip") drip(response);
  else if (behaviour.kind === "cut") {
    response.writeHead(200, { "content-type": "application/json", "content-length": 1000 });
    response.write('{"text": "', () => response.destroy());
  } else if (behaviour.kind === "body" || behaviour.kind === "flood") {
    const body = behaviour.kind === "body" ? behaviour.body : Buffer.alloc(behaviour.sizeBytes, " ");
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  } else {
    const details = behaviour.kind === "status" ? behaviour : { message: undefined, code: undefined };
    const error = { message: details.message ?? "Scripted", type: "error", param: null, code: details.code ?? null };
    const retryAfter = behaviour.kind === "status" ? behaviour.retryAfter : undefined;
    sendJson(response, {
      status: behaviour.status,
      body: { error },
      headers: retryAfter === undefined ? {} : { "retry-after": retryAfter },
    });
  }
};

const readBody = async (incoming: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part);
  return Buffer.concat(parts);
};

const serve = async (world: World, incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
  if (incoming.method !== "POST" || incoming.url !== "/v1/audio/transcriptions") {
    return sendJson(response, { status: 404, body: { error: { message: `No route ${incoming.url}` } } });
  }
  world.count += 1;
  const behaviour = world.scripts.shift();
  if (behaviour?.kind === "early-status") return misbehave(behaviour, response);
  const body = await readBody(incoming);
  const boundary = /boundary=(.+)$/.exec(incoming.headers["content-type"] ?? "")?.[1] ?? "";
  const request = { authorization: incoming.headers.authorization, ...parseMultipart(body, boundary) };
  world.requests.push(request);
  const { apiKey } = world.options;
  if (apiKey !== undefined && request.authorization !== `Bearer ${apiKey}`) {
    return sendJson(response, {
      status: 401,
      body: { error: { message: "Incorrect API key provided", code: "invalid_api_key" } },
    });
  }
  if (behaviour !== undefined) return misbehave(behaviour, response);
  return sendJson(response, { status: 200, body: answerOf(world, request) });
};

/** A server on this machine that speaks OpenAI's `/audio/transcriptions`, so that the real client's HTTP runs. */
export const startOpenAiSpeech = async (options: OpenAiSpeechOptions = {}): Promise<FakeOpenAiSpeech> => {
  const world: World = { options, requests: [], scripts: [], count: 0 };
  const server = createServer((incoming, response) => {
    // A client that hangs up while it sends gets its connection closed.
    serve(world, incoming, response).catch((error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    // A server that listens on a port has an address object.
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests: world.requests,
    count: () => world.count,
    script: (...behaviours) => void world.scripts.push(...behaviours),
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
};
