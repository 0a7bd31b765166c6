import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { answerSchema, findJson, findScenes, type Schema } from "./openai-answer.ts";

/** The form of a question: how the request asks for structure. */
export type OpenAiForm = "json_schema" | "tools" | "json_object" | "text";

/** What the next request meets. */
export type OpenAiBehaviour =
  /**
   * A good answer; `edit` may change its JSON before it goes out. `shape` is how some servers send it: a message in parts,
   * or a function's arguments as an object.
   */
  | { kind: "answer"; edit?: (json: string) => string; shape?: "parts" | "object" }
  /** An answer with this text, whatever was asked: garbage, or JSON of another schema. */
  | { kind: "content"; content: string }
  | { kind: "status"; status: number; code?: string; message?: string; retryAfter?: string }
  /** The model declines in its message. */
  | { kind: "refusal" }
  /** The provider's filter stops the answer. */
  | { kind: "content-filter" }
  /** The answer is cut at the token limit. */
  | { kind: "truncated" }
  /** A 200 with this body, which need not be JSON. */
  | { kind: "body"; body: string }
  /** A 200 with a body of this many bytes. */
  | { kind: "flood"; sizeBytes: number }
  /** Half of a good answer, then the connection breaks. */
  | { kind: "cut" }
  /** Never answers. */
  | { kind: "hang" }
  /** Headers at once, then a byte now and then, never the end. */
  | { kind: "drip" }
  | { kind: "reset" };

type Message = { role: string; content: string };

export type OpenAiBody = {
  model: string;
  messages: Message[];
  response_format?: { type: string; json_schema?: { schema: Schema; strict?: boolean } };
  tools?: { function: { name: string; parameters: Schema } }[];
  seed?: number;
};

export type OpenAiRequest = {
  headers: IncomingHttpHeaders;
  body: OpenAiBody;
  form: OpenAiForm;
  /** The client hung up before the answer was out. */
  isAborted: boolean;
};

export type OpenAiOptions = {
  /** Other keys get a 401; any key will do when left out. */
  apiKey?: string;
  /** Forms of question that the server takes; the others get a 400. */
  forms?: readonly OpenAiForm[];
  /** How long an answer takes; none when left out. */
  answerAfterMs?: number;
};

export type FakeOpenAi = {
  baseUrl: string;
  /** Every request, in order of arrival. */
  requests: OpenAiRequest[];
  abortedCount(): number;
  /** The most requests that were under way at one moment. */
  mostAtOnce(): number;
  /** Queues behaviours, one a request; with none left the server answers well. */
  script(...behaviours: OpenAiBehaviour[]): void;
  /** Drops the behaviours that no request has met, so that a test does not leave them to the next one. */
  forgetScript(): void;
  close(): Promise<void>;
};

const formOf = (body: OpenAiBody): OpenAiForm => {
  if (body.tools !== undefined) return "tools";
  const type = body.response_format?.type;
  return type === "json_schema" || type === "json_object" ? type : "text";
};

const schemaOf = (body: OpenAiBody): Schema => {
  const [tool] = body.tools ?? [];
  const sent = tool?.function.parameters ?? body.response_format?.json_schema?.schema;
  // JSON mode: the schema stands in the system message.
  return sent ?? findJson(body.messages[0]?.content ?? "") ?? {};
};

const answerWell = (body: OpenAiBody): string => {
  const data = body.messages.find(({ role }) => role === "user")?.content ?? "";
  const scenes = findScenes(findJson(data));
  // Without the delimiter, which is random: the same question gets the same answer.
  const text = scenes.length === 0 ? data : scenes.map((scene) => scene.text).join(" ");
  return JSON.stringify(answerSchema(schemaOf(body), { scenes, text, path: "" }));
};

type Choice = { finish_reason: string; message: Record<string, unknown> };

const choiceOf = (behaviour: OpenAiBehaviour, { body, form }: OpenAiRequest): Choice => {
  const message = { role: "assistant", content: null, refusal: null };
  if (behaviour.kind === "refusal")
    return { finish_reason: "stop", message: { ...message, refusal: "I'm sorry, I can't help with that." } };
  if (behaviour.kind === "content-filter") return { finish_reason: "content_filter", message };
  if (behaviour.kind === "content")
    return { finish_reason: "stop", message: { ...message, content: behaviour.content } };
  const whole = answerWell(body);
  const edit = behaviour.kind === "answer" ? behaviour.edit : undefined;
  const isTruncated = behaviour.kind === "truncated";
  const content = isTruncated ? whole.slice(0, whole.length / 2) : (edit?.(whole) ?? whole);
  const shape = behaviour.kind === "answer" ? behaviour.shape : undefined;
  if (form !== "tools") {
    const sent = shape === "parts" ? [{ type: "text", text: content }] : content;
    return { finish_reason: isTruncated ? "length" : "stop", message: { ...message, content: sent } };
  }
  const name = body.tools?.[0]?.function.name;
  const call = {
    id: "call_1",
    type: "function",
    function: { name, arguments: shape === "object" ? (JSON.parse(content) as unknown) : content },
  };
  return { finish_reason: isTruncated ? "length" : "stop", message: { ...message, tool_calls: [call] } };
};

const tokens = (text: string): number => Math.ceil(text.length / 4);

const completion = (choice: Choice, { body }: OpenAiRequest): string => {
  const inputTokens = tokens(JSON.stringify(body.messages));
  const outputTokens = tokens(JSON.stringify(choice.message));
  return JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_700_000_000,
    model: body.model,
    choices: [{ index: 0, logprobs: null, ...choice }],
    usage: {
      prompt_tokens: inputTokens,
      completion_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
    },
  });
};

const sendError = (response: ServerResponse, behaviour: Extract<OpenAiBehaviour, { kind: "status" }>): void => {
  const { status, code = null, message = "Scripted", retryAfter } = behaviour;
  response.writeHead(status, {
    "content-type": "application/json",
    ...(retryAfter === undefined ? {} : { "retry-after": retryAfter }),
  });
  response.end(JSON.stringify({ error: { message, type: "scripted", param: null, code } }));
};

const DRIP_MS = 20;

const drip = (response: ServerResponse): void => {
  response.writeHead(200, { "content-type": "application/json" });
  response.write("{");
  const timer = setInterval(() => response.write(" "), DRIP_MS);
  response.on("close", () => clearInterval(timer));
};

const cut = (response: ServerResponse, body: string): void => {
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), () => response.destroy());
};

const bodyOf = (behaviour: OpenAiBehaviour, request: OpenAiRequest): string | Buffer => {
  if (behaviour.kind === "body") return behaviour.body;
  if (behaviour.kind === "flood") return Buffer.alloc(behaviour.sizeBytes, " ");
  return completion(choiceOf(behaviour, request), request);
};

const respond = (behaviour: OpenAiBehaviour, request: OpenAiRequest, response: ServerResponse): void => {
  if (behaviour.kind === "hang") return;
  if (behaviour.kind === "reset") response.destroy();
  else if (behaviour.kind === "drip") drip(response);
  else if (behaviour.kind === "status") sendError(response, behaviour);
  else if (behaviour.kind === "cut") cut(response, completion(choiceOf({ kind: "answer" }, request), request));
  else {
    const body = bodyOf(behaviour, request);
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  }
};

const readBody = async (incoming: IncomingMessage): Promise<OpenAiBody> => {
  let text = "";
  for await (const chunk of incoming.setEncoding("utf8")) text += String(chunk);
  // Only our own engine calls this server, and a test reads what it sent.
  return JSON.parse(text) as OpenAiBody;
};

/** What the server says by itself, before any script: nothing, when key and form are right. */
const objection = (request: OpenAiRequest, options: OpenAiOptions): OpenAiBehaviour | null => {
  if (options.apiKey !== undefined && request.headers.authorization !== `Bearer ${options.apiKey}`)
    return { kind: "status", status: 401, code: "invalid_api_key", message: "Incorrect API key provided" };
  if (options.forms !== undefined && !options.forms.includes(request.form))
    return { kind: "status", status: 400, message: `'${request.form}' is not supported with this model` };
  return null;
};

/**
 * A server on this machine that speaks OpenAI's chat completions, so that the real client runs. It answers with JSON that
 * fits the schema of the request, made of the scenes' words, unless a script says otherwise.
 */
export const startOpenAi = async (options: OpenAiOptions = {}): Promise<FakeOpenAi> => {
  const requests: OpenAiRequest[] = [];
  const queue: OpenAiBehaviour[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(incoming);
    mostAtOnce = Math.max(mostAtOnce, (atOnce += 1));
    response.on("close", () => (atOnce -= 1));
    const request: OpenAiRequest = { headers: incoming.headers, body, form: formOf(body), isAborted: false };
    requests.push(request);
    if (incoming.url !== "/v1/chat/completions")
      return sendError(response, { kind: "status", status: 404, message: `No route ${incoming.url}` });
    const behaviour = objection(request, options) ?? queue.shift() ?? { kind: "answer" };
    const isOurs = behaviour.kind === "reset" || behaviour.kind === "cut";
    response.on("close", () => (request.isAborted = !response.writableEnded && !isOurs));
    if (options.answerAfterMs !== undefined) await sleep(options.answerAfterMs);
    respond(behaviour, request, response);
  };
  const server = createServer((incoming, response) => {
    // A client that hangs up while it sends, or sends no JSON, gets its connection closed.
    serve(incoming, response).catch((error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    // A server that listens on a port has an address object.
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    mostAtOnce: () => mostAtOnce,
    abortedCount: () => requests.filter(({ isAborted }) => isAborted).length,
    script: (...behaviours) => void queue.push(...behaviours),
    forgetScript: () => void queue.splice(0),
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
};
