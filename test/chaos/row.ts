/*
 * The shape of a row of the table of faults, which `pnpm chaos` runs. To add one:
 *
 *   1. write `row-NN.ts` beside this file: `export const rowNN: Row = { ... run: (context) => withWorld(context, ...) }`;
 *   2. add it to the list in `rows.ts`.
 *
 * `withWorld` (world.ts) opens processes and stores of the row's own, hands over the world and a tally, and checks the
 * invariants (invariants.ts) at the end; every task that `world.api` saw acknowledged is held to them. A row counts its
 * trials with `tally.trial`; whatever a trial throws is a failure, and the next trial goes on.
 * `chaos.test.ts` runs each row with `trials.short`, the command with `trials.full` unless told otherwise: short must
 * take seconds, not minutes.
 */
import type { BackendKind } from "../../packages/queue/src/index.ts";

/** Where databases are made: a server, and on it a migrated, empty database to copy. */
export type DatabaseServer = { url: string; template: string };

export type RowContext = {
  backend: BackendKind;
  trials: number;
  /** Of all that is random; the same seed plays the same faults, as far as the processes' timing allows. */
  seed: number;
  databaseServer: DatabaseServer;
  onProgress(done: number, total: number): void;
};

export type RowOutcome = {
  trials: number;
  /** One line each; empty: the promise was kept. */
  failures: string[];
  /** Figures that a row measured. */
  notes?: string[];
  /** The longest time from a fault until the service had made up for it; null where nothing had to recover. */
  slowestRecoveryMs: number | null;
  /** Why nothing was tried: a program that this machine lacks. */
  skipped?: string;
};

export type Row = {
  /** As in the table of promises. */
  number: number;
  promise: string;
  backends: readonly BackendKind[];
  trials: { full: number; short: number };
  run(context: RowContext): Promise<RowOutcome>;
};

export const BOTH: readonly BackendKind[] = ["redis", "postgres"];
