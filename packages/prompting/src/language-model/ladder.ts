import type { Logger, ProviderAnswer, ProviderGate, ProviderUsage } from "@phonoscene/kernel";

import type { Chat, ChatCall, ChatReply } from "./chat.ts";
import { type Failure, readRefusal } from "./failures.ts";
import { describeSchema, type Question } from "./question.ts";

/** The forms a question can be put in, best first. */
const RUNGS = ["json-schema", "function-calling", "json-mode"] as const;
export type Rung = (typeof RUNGS)[number];

export type AskOptions = Pick<ChatCall, "seed" | "signal" | "onUsage"> & { gate: ProviderGate };

/** Puts a question in the best form that the server takes. @throws the signal's reason when aborted. */
export type Ladder = (question: Question, options: AskOptions) => Promise<ChatReply | { failure: Failure }>;

type Outcome = Awaited<ReturnType<Chat>>;

/** A model that thinks writes more than its answer. */
const OUTPUT_TOKENS = 4000;

/** Two characters a token is more than any language needs. */
const estimate = ({ system, turns, schema }: ChatCall): ProviderUsage => {
  const characters = JSON.stringify([system, turns, schema]).length;
  return { audioMs: null, inputTokens: Math.ceil(characters / 2), outputTokens: OUTPUT_TOKENS };
};

/** One request. @throws the failure's error where the request may be made again. */
const askOnce = async (
  chat: Chat,
  call: ChatCall,
  onFailure: (failure: Failure) => void,
): Promise<ProviderAnswer<Outcome>> => {
  let usage: ProviderUsage | null = null;
  const onUsage: ChatCall["onUsage"] = (used) => {
    usage = { audioMs: null, ...used };
    call.onUsage(used);
  };
  const value = await chat({ ...call, onUsage });
  if (!("failure" in value)) return { value, usage: usage ?? { audioMs: null, inputTokens: null, outputTokens: null } };
  onFailure(value.failure);
  if (value.failure.kind === "transient") throw value.failure.error;
  return { value, usage };
};

/**
 * Climbs down from JSON schema over function calling to JSON mode when the server refuses a form, and remembers the
 * form that worked. A refusal alone is not remembered: where every form is refused, the question was at fault.
 */
export const createLadder = (chat: Chat, { model, logger }: { model: string; logger?: Logger | undefined }): Ladder => {
  let best = 0;
  const ask = async (call: ChatCall, gate: ProviderGate): Promise<Outcome> => {
    const { rung, signal } = call;
    const log = ({ kind, status, error }: Failure): void =>
      logger?.warn({ rung, kind, status, code: error.code }, "language model call failed");
    const asked = { provider: "openai", model, operation: "write", estimate: estimate(call), takesSlot: true, signal };
    try {
      return await gate.run(asked, () => askOnce(chat, call, log));
    } catch (error) {
      signal.throwIfAborted();
      return { failure: readRefusal(error) };
    }
  };
  return async ({ system, turns, schema }, { gate, ...options }) => {
    let refused: { failure: Failure } | null = null;
    for (const [index, rung] of RUNGS.entries()) {
      if (index < best) continue;
      const orders = rung === "json-mode" ? `${system}\n\n${describeSchema(schema)}` : system;
      const outcome = await ask({ system: orders, turns, schema, rung, ...options }, gate);
      if ("failure" in outcome && outcome.failure.kind === "unsupported") {
        refused = outcome;
        continue;
      }
      if (!("failure" in outcome)) best = Math.max(best, index);
      return outcome;
    }
    // The loop runs at least for the last form, so it has returned or been refused.
    return refused as { failure: Failure };
  };
};
