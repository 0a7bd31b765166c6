import { ChatOpenAI, type ChatOpenAICallOptions } from "@langchain/openai";
import { z } from "zod";

import type { JsonSchema } from "./assignment.ts";
import { blockedFailure, type Failure, readFailure, tooLongFailure } from "./failures.ts";
import type { Rung } from "./ladder.ts";
import type { Turn } from "./question.ts";

export type ChatSettings = { apiKey: string; baseUrl: string; model: string; requestTimeoutMs: number };

export type ChatCall = {
  system: string;
  turns: Turn[];
  schema: JsonSchema;
  rung: Rung;
  seed: number;
  signal: AbortSignal;
  /** Called for every answer with a token count, also for those that cannot be used. */
  onUsage(usage: { inputTokens: number; outputTokens: number }): void;
};

/** The text of an answer, which should be JSON. */
export type ChatReply = { text: string };

/** One call, no retry. @throws the signal's reason when aborted. */
export type Chat = (call: ChatCall) => Promise<ChatReply | { failure: Failure }>;

const FORM_NAME = "storyboard";

const formOptions = (rung: Rung, schema: JsonSchema): Partial<ChatOpenAICallOptions> => {
  if (rung === "json-mode") return { response_format: { type: "json_object" } };
  if (rung === "json-schema")
    return { response_format: { type: "json_schema", json_schema: { name: FORM_NAME, schema, strict: true } } };
  return {
    tools: [{ type: "function", function: { name: FORM_NAME, description: "Hand in the slots", parameters: schema } }],
    tool_choice: { type: "function", function: { name: FORM_NAME } },
  };
};

/** Some servers send an answer in parts, and the arguments of a function as an object. */
const ContentPart = z.object({ text: z.string().catch("") });
const joinParts = (parts: z.infer<typeof ContentPart>[]): string => parts.map(({ text }) => text).join("");
const Arguments = z.union([z.string(), z.record(z.string(), z.unknown()).transform((json) => JSON.stringify(json))]);

/** The parts of a chat completion that we read. */
const Completion = z.object({
  choices: z.tuple(
    [
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.union([z.string(), z.array(ContentPart).transform(joinParts)]).nullish(),
          refusal: z.string().nullish(),
          tool_calls: z.array(z.object({ function: z.object({ arguments: Arguments }) })).nullish(),
        }),
      }),
    ],
    z.unknown(),
  ),
  usage: z
    .object({ prompt_tokens: z.number().catch(0), completion_tokens: z.number().catch(0) })
    .nullish()
    .catch(null),
});
type Completion = z.infer<typeof Completion>;

const MAX_BODY_BYTES = 8_000_000;

const readWhole = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    // fetch's body yields bytes; its type does not say so.
    chunks.push(chunk as Uint8Array);
    sizeBytes += (chunk as Uint8Array).byteLength;
    if (sizeBytes > MAX_BODY_BYTES) throw new Error(`the answer is larger than ${MAX_BODY_BYTES} bytes`);
  }
  return Buffer.concat(chunks).toString("utf8");
};

/**
 * A `fetch` that hands over only whole answers. The vendor's client stops its clock once the headers are there: read
 * here, the body counts too, is bounded, and a success that is no chat completion (a proxy's page, a cut body) is an
 * error of the connection.
 * @param onCompletion gets each success.
 */
const createFetch =
  (onCompletion: (completion: Completion) => void): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, init);
    const body = await readWhole(response);
    if (response.ok) onCompletion(Completion.parse(JSON.parse(body)));
    return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
  };

const readReply = ({ choices, usage }: Completion, onUsage: ChatCall["onUsage"]): ChatReply | { failure: Failure } => {
  if (usage !== null && usage !== undefined)
    onUsage({ inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens });
  const [{ finish_reason: finishReason, message }] = choices;
  if (finishReason === "content_filter" || (message.refusal ?? "") !== "") return { failure: blockedFailure(200) };
  if (finishReason === "length") return { failure: tooLongFailure(200) };
  // A server may answer a function call in plain words: the reader of the text decides whether that will do.
  return { text: message.tool_calls?.[0]?.function.arguments ?? message.content ?? "" };
};

/** Some servers take the whole form but not the seed: better without it than not at all. */
const refusesSeed = (error: unknown): boolean => {
  const refusal = z.object({ status: z.literal([400, 422]), message: z.string() }).safeParse(error);
  return refusal.success && /\bseed\b/u.test(refusal.data.message);
};

/**
 * Calls through LangChain, and reads the completion itself: LangChain drops refusals, and in its JSON schema mode an
 * answer that is cut, filtered or no JSON is an exception that has lost the token count.
 * @throws whatever LangChain throws where the server sent no completion.
 */
const invoke = async (
  settings: ChatSettings,
  { system, turns, schema, rung, signal }: ChatCall,
  seed: { seed?: number },
): Promise<Completion> => {
  let completion: Completion | undefined;
  const chat = new ChatOpenAI({
    model: settings.model,
    apiKey: settings.apiKey,
    maxRetries: 0,
    timeout: settings.requestTimeoutMs,
    useResponsesApi: false,
    configuration: { baseURL: settings.baseUrl, fetch: createFetch((whole) => (completion = whole)) },
  });
  const messages = [{ role: "system", content: system }, ...turns];
  await chat.invoke(messages, { ...formOptions(rung, schema), ...seed, signal }).catch((error: unknown) => {
    if (completion === undefined) throw error;
  });
  // Without a completion the client has thrown.
  return completion as Completion;
};

/** Runs with a signal of its own: client and LangChain leave their listeners on the signal they are given. */
const withOwnSignal = async <Result>(
  signal: AbortSignal,
  run: (own: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  signal.throwIfAborted();
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await run(controller.signal);
  } finally {
    signal.removeEventListener("abort", abort);
  }
};

/** A chat with any server that speaks OpenAI's chat completions. Does no I/O by itself. */
export const createChat = (settings: ChatSettings): Chat => {
  let sendsSeed = true;
  const chat: Chat = async (call) => {
    const seed = sendsSeed ? { seed: call.seed } : {};
    try {
      const completion = await withOwnSignal(call.signal, (signal) => invoke(settings, { ...call, signal }, seed));
      return readReply(completion, call.onUsage);
    } catch (error) {
      call.signal.throwIfAborted();
      if (!sendsSeed || !refusesSeed(error)) return { failure: readFailure(error) };
      sendsSeed = false;
      return chat(call);
    }
  };
  return chat;
};
