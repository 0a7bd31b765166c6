import { setTimeout as delay } from "node:timers/promises";

/** Counts a row's trials and failures. */
export type Tally = {
  /** Runs one trial; what it throws is a failure of the promise. */
  trial(work: () => Promise<void>): Promise<void>;
  fail(line: string): void;
  /** A figure to print, which is no verdict. */
  note(line: string): void;
  /** So long it took until a fault was made up for. */
  recovered(tookMs: number): void;
  trials(): number;
  failures: string[];
  notes: string[];
  slowestRecoveryMs(): number | null;
};

const textOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${textOf(error.cause)})`;
};

export const createTally = (onTrial: (done: number) => void): Tally => {
  const failures: string[] = [];
  const notes: string[] = [];
  let done = 0;
  let slowest: number | null = null;
  return {
    failures,
    notes,
    trial: async (work) => {
      const number = done + 1;
      try {
        await work();
      } catch (error) {
        failures.push(`trial ${number}: ${textOf(error)}`);
      }
      done += 1;
      onTrial(done);
    },
    fail: (line) => void failures.push(line),
    note: (line) => void notes.push(line),
    recovered: (tookMs) => void (slowest = Math.max(slowest ?? 0, tookMs)),
    trials: () => done,
    slowestRecoveryMs: () => slowest,
  };
};

/** Asks again and again until the answer is not null. @throws Error with `what` when the time is over. */
export const until = async <Answer>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<Answer | null>,
): Promise<Answer> => {
  for (const deadline = performance.now() + timeoutMs; ;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await delay(50);
  }
};
