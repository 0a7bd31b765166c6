import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The requests that a script can be written for. */
export type AssemblyAiRoute = "upload" | "submit" | "get" | "delete";

/** What the next request of a route meets. */
export type AssemblyAiBehaviour =
  | { kind: "status"; status: number; error?: string; retryAfter?: string }
  /** As `status`, without reading what is being uploaded. */
  | { kind: "early-status"; status: number; error?: string }
  /** A 200 with this body, which need not be JSON. */
  | { kind: "body"; body: string }
  /** A 200 with a body of this many bytes. */
  | { kind: "flood"; sizeBytes: number }
  /** Half of a good answer, then the connection breaks. */
  | { kind: "cut" }
  /** Never answers. */
  | { kind: "hang" }
  /** Does the work, and never answers. */
  | { kind: "accept-and-hang" }
  /** Headers at once, then a byte now and then, never the end. */
  | { kind: "drip" }
  | { kind: "reset" };

export type AssemblyAiWord = { text: string; start: number; end: number; confidence: number; speaker?: string };

/** How a transcript ends; the rest of its fields are filled in. */
export type AssemblyAiOutcome = {
  text?: string;
  words?: AssemblyAiWord[];
  languageCode?: string;
  languageConfidence?: number;
  /** Of the recording; the end of the last word when left out. */
  durationMs?: number;
  /** Ends in status `error` with this message. */
  error?: string;
};

export type AssemblyAiOptions = {
  /** Other keys get a 401; any key will do when left out. */
  apiKey?: string;
  outcome?: AssemblyAiOutcome;
  /** How often a transcript is still `processing` when asked for. */
  pollsUntilDone?: number;
};

export type FakeAssemblyAi = {
  baseUrl: string;
  /** Bodies of the submits, in order. */
  submits: Record<string, unknown>[];
  /** Sizes of the uploads that arrived whole. */
  uploadedBytes: number[];
  /** How often each route was asked. */
  counts: Record<AssemblyAiRoute, number>;
  /** Ids that were given out, and not deleted. */
  transcriptIds(): string[];
  /** Queues behaviours for a route, one a request; with none left the server answers well. */
  script(route: AssemblyAiRoute, ...behaviours: AssemblyAiBehaviour[]): void;
  /** Forgets what was scripted and not met. */
  clearScripts(): void;
  /** Ends a transcript, and calls its `webhook_url` as the provider does; resolves to the status of the answer. */
  callBack(id: string): Promise<number>;
  /** What the transcripts submitted from now on end as. */
  end(outcome: AssemblyAiOutcome): void;
  close(): Promise<void>;
};

type Stored = { id: string; pollsLeft: number; outcome: AssemblyAiOutcome; submitted: Record<string, unknown> };
type Answer = { status: number; body: unknown };

const DEFAULT_TEXT = "The old fisherman rowed out at dawn, past the lighthouse. By noon a storm had covered the sea.";
const WORD_MS = 400;
const DRIP_MS = 20;

const wordsOf = ({ text = DEFAULT_TEXT, words }: AssemblyAiOutcome): AssemblyAiWord[] =>
  words ??
  text
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word, index) => ({
      text: word,
      start: index * WORD_MS,
      end: (index + 1) * WORD_MS - 50,
      confidence: 0.97,
    }));

const render = ({ id, pollsLeft, outcome, submitted }: Stored): Record<string, unknown> => {
  const base = { id, audio_url: submitted["audio_url"], language_code: null, words: null, error: null };
  if (pollsLeft > 0) return { ...base, status: "processing" };
  if (outcome.error !== undefined) return { ...base, status: "error", error: outcome.error };
  const words = wordsOf(outcome);
  return {
    ...base,
    status: "completed",
    language_code: outcome.languageCode ?? submitted["language_code"] ?? "en_us",
    speech_model_used: "universal-2",
    text: words.map(({ text }) => text).join(" "),
    words,
    confidence: 0.97,
    audio_duration: Math.round((outcome.durationMs ?? words.at(-1)?.end ?? 0) / 1000),
    language_confidence: submitted["language_detection"] === true ? (outcome.languageConfidence ?? 0.99) : null,
  };
};

const routeOf = (method: string, path: string): AssemblyAiRoute | "sentences" | null => {
  if (method === "POST" && path === "/v2/upload") return "upload";
  if (method === "POST" && path === "/v2/transcript") return "submit";
  if (method === "DELETE" && /^\/v2\/transcript\/[^/]+$/.test(path)) return "delete";
  if (method === "GET" && /^\/v2\/transcript\/[^/]+\/sentences$/.test(path)) return "sentences";
  return method === "GET" && /^\/v2\/transcript\/[^/]+$/.test(path) ? "get" : null;
};

const drip = (response: ServerResponse): void => {
  response.writeHead(200, { "content-type": "application/json" });
  response.write("{");
  const timer = setInterval(() => response.write(" "), DRIP_MS);
  response.on("close", () => clearInterval(timer));
};

const sendJson = (response: ServerResponse, { status, body }: Answer, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
};

const misbehave = (behaviour: AssemblyAiBehaviour, response: ServerResponse): void => {
  if (behaviour.kind === "hang" || behaviour.kind === "accept-and-hang") return;
  if (behaviour.kind === "reset") response.destroy();
  else if (behaviour.kind === "drip") drip(response);
  else if (behaviour.kind === "cut") {
    response.writeHead(200, { "content-type": "application/json", "content-length": 1000 });
    response.write('{"id": "', () => response.destroy());
  } else if (behaviour.kind === "body" || behaviour.kind === "flood") {
    const body = behaviour.kind === "body" ? behaviour.body : Buffer.alloc(behaviour.sizeBytes, " ");
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  } else {
    const retryAfter = behaviour.kind === "status" ? behaviour.retryAfter : undefined;
    const answer = { status: behaviour.status, body: { error: behaviour.error ?? "Scripted" } };
    sendJson(response, answer, retryAfter === undefined ? {} : { "retry-after": retryAfter });
  }
};

const readBody = async (incoming: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part);
  return Buffer.concat(parts);
};

type World = Pick<FakeAssemblyAi, "submits" | "uploadedBytes" | "counts"> & {
  options: AssemblyAiOptions;
  stored: Map<string, Stored>;
  scripts: Record<AssemblyAiRoute, AssemblyAiBehaviour[]>;
};

const NOT_FOUND = { status: 404, body: { error: "Transcript lookup error, transcript id not found" } };

const submit = (world: World, body: Buffer): Answer => {
  // Only our own engine calls this server, and a test reads what it sent.
  const submitted = JSON.parse(body.toString("utf8")) as Record<string, unknown>;
  if (!Array.isArray(submitted["speech_models"]))
    return { status: 400, body: { error: "speech_models must be a non-empty list" } };
  world.submits.push(submitted);
  const { outcome = {}, pollsUntilDone = 1 } = world.options;
  const transcript = { id: `transcript-${world.submits.length}`, pollsLeft: pollsUntilDone, outcome, submitted };
  world.stored.set(transcript.id, transcript);
  return { status: 200, body: { ...render(transcript), status: "queued" } };
};

const look = (transcript: Stored): Answer => {
  const body = render(transcript);
  transcript.pollsLeft -= 1;
  return { status: 200, body };
};

const answer = (world: World, route: AssemblyAiRoute | "sentences", request: { id: string; body: Buffer }): Answer => {
  if (route === "upload") {
    world.uploadedBytes.push(request.body.length);
    return { status: 200, body: { upload_url: `https://cdn.example/upload/${world.uploadedBytes.length}` } };
  }
  if (route === "submit") return submit(world, request.body);
  const transcript = world.stored.get(request.id);
  if (transcript === undefined) return NOT_FOUND;
  if (route === "get") return look(transcript);
  if (route === "delete") world.stored.delete(request.id);
  const words = wordsOf(transcript.outcome);
  const sentence = { text: words.map(({ text }) => text).join(" "), start: 0, end: words.at(-1)?.end ?? 0, words };
  return { status: 200, body: route === "delete" ? render(transcript) : { id: request.id, sentences: [sentence] } };
};

const BAD_KEY = { status: 401, body: { error: "Authentication error, API token missing/invalid" } };

const serve = async (world: World, incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
  const path = incoming.url ?? "";
  const route = routeOf(incoming.method ?? "", path);
  if (route === null) return sendJson(response, { status: 404, body: { error: `No route ${path}` } });
  if (route !== "sentences") world.counts[route] += 1;
  const behaviour = route === "sentences" ? undefined : world.scripts[route].shift();
  if (behaviour?.kind === "early-status") return misbehave(behaviour, response);
  const body = await readBody(incoming);
  const { apiKey } = world.options;
  if (apiKey !== undefined && incoming.headers.authorization !== apiKey) return sendJson(response, BAD_KEY);
  const request = { id: decodeURIComponent(path.split("/")[3] ?? ""), body };
  if (behaviour?.kind === "accept-and-hang") answer(world, route, request);
  if (behaviour !== undefined) return misbehave(behaviour, response);
  return sendJson(response, answer(world, route, request));
};

/** The body is not more than this: id and status. */
const callBack = async (world: World, id: string): Promise<number> => {
  const transcript = world.stored.get(id);
  if (transcript === undefined) throw new Error(`No transcript ${id}`);
  transcript.pollsLeft = 0;
  const { webhook_url: url, webhook_auth_header_name: name, webhook_auth_header_value: value } = transcript.submitted;
  const answered = await fetch(String(url), {
    method: "POST",
    headers: { "content-type": "application/json", [String(name)]: String(value) },
    body: JSON.stringify({ transcript_id: id, status: transcript.outcome.error === undefined ? "completed" : "error" }),
  });
  return answered.status;
};

/**
 * A server on this machine that speaks AssemblyAI's HTTP API, version 2, so that the real client runs. A transcript is
 * `processing` for a while and then done, unless a script says otherwise.
 */
export const startAssemblyAi = async (options: AssemblyAiOptions = {}): Promise<FakeAssemblyAi> => {
  const world: World = {
    options: { ...options },
    submits: [],
    uploadedBytes: [],
    stored: new Map(),
    counts: { upload: 0, submit: 0, get: 0, delete: 0 },
    scripts: { upload: [], submit: [], get: [], delete: [] },
  };
  const server = createServer((incoming, response) => {
    // A client that hangs up while it sends, or sends no JSON, gets its connection closed.
    serve(world, incoming, response).catch((error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    // A server that listens on a port has an address object.
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    submits: world.submits,
    uploadedBytes: world.uploadedBytes,
    counts: world.counts,
    transcriptIds: () => [...world.stored.keys()],
    script: (route, ...behaviours) => void world.scripts[route].push(...behaviours),
    clearScripts: () => {
      for (const script of Object.values(world.scripts)) script.length = 0;
    },
    callBack: (id) => callBack(world, id),
    end: (outcome) => void (world.options.outcome = outcome),
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
};
