import type { Failure } from "./failures.ts";
import type { AskOptions, Ladder } from "./ladder.ts";
import { createRepair, type Question } from "./question.ts";

/** An answer as far as it can be used, and what was wrong with the rest, for the model. */
export type Reading<Value> = { value: Value; faults: string[] };

type Asking<Value> = {
  question: Question;
  read(text: string): Reading<Value>;
  /** What is right in either of two answers. */
  join(first: Value, second: Value): Value;
};

/** Asks, and once more with the faults when the answer has any. Null where there was no answer. */
export const askAndRepair = async <Value>(
  ladder: Ladder,
  { question, read, join }: Asking<Value>,
  options: AskOptions,
): Promise<{ value: Value | null; failure: Failure | null }> => {
  const reply = await ladder(question, options);
  if ("failure" in reply) return { value: null, failure: reply.failure };
  const first = read(reply.text);
  if (first.faults.length === 0) return { value: first.value, failure: null };
  const repaired = await ladder(createRepair(question, reply.text, first.faults), options);
  if ("failure" in repaired) return { value: first.value, failure: repaired.failure };
  return { value: join(first.value, read(repaired.text).value), failure: null };
};

/** Down or denied: the next question would fare no better. */
export const endsRun = (failure: Failure | null): boolean =>
  failure !== null && ["denied", "transient", "unsupported"].includes(failure.kind);
