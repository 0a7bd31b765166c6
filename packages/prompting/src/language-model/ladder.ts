import type { Logger } from "@phonoscene/kernel";

import type { Chat, ChatCall, ChatReply } from "./chat.ts";
import type { Failure } from "./failures.ts";
import { describeSchema, type Question } from "./question.ts";
import { withRetry } from "./retry.ts";

/** The forms a question can be put in, best first. */
const RUNGS = ["json-schema", "function-calling", "json-mode"] as const;
export type Rung = (typeof RUNGS)[number];

export type AskOptions = Pick<ChatCall, "seed" | "signal" | "onUsage">;

/** Puts a question in the best form that the server takes. @throws the signal's reason when aborted. */
export type Ladder = (question: Question, options: AskOptions) => Promise<ChatReply | { failure: Failure }>;

/**
 * Climbs down from JSON schema over function calling to JSON mode when the server refuses a form, and remembers the
 * form that worked. A refusal alone is not remembered: where every form is refused, the question was at fault.
 */
export const createLadder = (chat: Chat, options: { baseDelayMs: number; logger?: Logger | undefined }): Ladder => {
  let best = 0;
  return async ({ system, turns, schema }, { seed, signal, onUsage }) => {
    let refused: { failure: Failure } | null = null;
    for (const [index, rung] of RUNGS.entries()) {
      if (index < best) continue;
      const orders = rung === "json-mode" ? `${system}\n\n${describeSchema(schema)}` : system;
      const outcome = await withRetry(() => chat({ system: orders, turns, schema, rung, seed, signal, onUsage }), {
        baseDelayMs: options.baseDelayMs,
        signal,
        onFailure: ({ kind, status, error }, tries) =>
          options.logger?.warn({ rung, kind, status, code: error.code, tries }, "language model call failed"),
      });
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
