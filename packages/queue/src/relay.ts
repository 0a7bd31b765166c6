import { type Logger, pause, SECOND } from "@phonoscene/kernel";

import { isJobName } from "./catalog.ts";
import type { JobRequest, Producer } from "./producer.ts";

export type OutboxRow = { job: string; payload: unknown };

export type Relay = {
  /** A row was just committed: look now instead of at the next poll. */
  wake(): void;
  /** Ends after the round under way. */
  stop(): Promise<void>;
};

export type RelayOptions = {
  /**
   * Takes the oldest rows, hands them to `send`, and deletes them once `send` resolves: a crash between the two sends
   * them again, which the jobs' keys make harmless. Resolves to the number of rows.
   */
  drain(send: (rows: readonly OutboxRow[]) => Promise<void>): Promise<number>;
  producer: Producer;
  /** Whether this process looks without being woken: where several run, one does (see `startLeaseHolder`). */
  mayPoll?(): boolean;
  logger: Logger;
  pollMs?: number;
};

/**
 * After a round that sent something, so that the next one finds more than one row: a round is four statements, as many as
 * a task's two stages take. The first row after a rest is sent at once.
 */
const GATHER_MS = 10;

/**
 * Moves rows from the outbox to the queue, for ever. Any number of relays may run at once, in any process: a round
 * skips the rows that another holds, so each row is sent by one. Only one of them need poll, for the rows of a process
 * that died between its commit and its wake. A relay that its own process has woken drains whoever polls: waiting for
 * the poll would add up to a second to every task, and gain nothing. It owes that round until one has succeeded.
 * Failures cost time only: the rows stay, and the next round comes after a pause that grows to five seconds.
 */
export const startRelay = ({ drain, producer, mayPoll = () => true, logger, pollMs = SECOND }: RelayOptions): Relay => {
  const stopped = new AbortController();
  let wakeUp: AbortController = new AbortController();
  let isWoken = false;

  const send = async (rows: readonly OutboxRow[]): Promise<void> => {
    const known: JobRequest[] = [];
    for (const row of rows) {
      if (isJobName(row.job)) known.push({ name: row.job, payload: row.payload });
      else logger.error({ job: row.job }, "outbox row names an unknown job; dropped");
    }
    await producer.enqueue(known);
  };

  const rest = async (ms: number): Promise<void> => {
    if (isWoken) return;
    wakeUp = new AbortController();
    await pause(ms, AbortSignal.any([wakeUp.signal, stopped.signal]));
  };

  const run = async (): Promise<void> => {
    let failures = 0;
    let owesRound = true;
    while (!stopped.signal.aborted) {
      owesRound ||= isWoken;
      isWoken = false;
      try {
        const sent: number = owesRound || mayPoll() ? await drain(send) : 0;
        failures = 0;
        owesRound = sent > 0;
        await (sent === 0 ? rest(pollMs) : pause(GATHER_MS, stopped.signal));
      } catch (error) {
        failures += 1;
        logger.warn({ err: error, failures }, "outbox relay failed; the rows stay");
        isWoken = false;
        await rest(Math.min(5 * SECOND, 100 * 2 ** Math.min(failures, 6)));
      }
    }
  };

  const running = run();
  return {
    wake: () => {
      isWoken = true;
      wakeUp.abort();
    },
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
};
