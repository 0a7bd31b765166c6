import { describe, expect, inject, it } from "vitest";

import { SECOND } from "../../packages/kernel/src/index.ts";
import type { BackendKind } from "../../packages/queue/src/index.ts";
import "../../packages/testing/src/index.ts";
import type { Row } from "./row.ts";
import { ROWS } from "./rows.ts";

/** The same faults on every run, so that a failure can be looked at. */
const SEED = 20_261;

const databaseServer = { url: inject("databaseServerUrl"), template: inject("templateDatabase") };

/** The command runs each row on each of its backends; here they take turns. */
const backendsOf = (row: Row): readonly BackendKind[] =>
  row.backends.filter((_, index) => index === row.number % row.backends.length);

const cases = ROWS.flatMap((row) => backendsOf(row).map((backend) => [row.number, row.promise, backend, row] as const));

// Two at a time (`maxConcurrency`): most of a row is waiting for leases to end and processes to start.
describe.concurrent("what the service promises, while it is broken", () => {
  it.each(cases)("%i: %s (%s)", { timeout: 240 * SECOND }, async (_number, _promise, backend, row) => {
    const trials = row.trials.short;
    const context = { backend, trials, seed: SEED, databaseServer, onProgress: () => undefined };
    const outcome = await row.run(context);
    expect(outcome.failures).toEqual([]);
    expect(outcome.skipped === undefined ? outcome.trials : trials).toBeGreaterThan(0);
  });
});
