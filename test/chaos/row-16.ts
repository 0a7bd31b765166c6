import fc from "fast-check";

import { MINUTE, SECOND } from "../../packages/kernel/src/index.ts";
import { COMMANDS } from "./history-commands.ts";
import { type History, settle } from "./history-model.ts";
import { BOTH, type Row } from "./row.ts";
import { withWorld } from "./world.ts";

/** What is spent on the whole row, however many histories that makes. */
const LIMIT_MS = { full: 30 * MINUTE, short: 30 * SECOND };
const FULL_TRIALS = 400;

export const row16: Row = {
  number: 16,
  promise: "history is consistent",
  backends: BOTH,
  trials: { full: FULL_TRIALS, short: 1 },
  run: (context) =>
    withWorld(context, { answerMs: 100 }, async (world, tally) => {
      const real: History = {
        world,
        apiProcess: world.firstApi,
        workers: await world.startWorkers(2),
        isDisturbed: false,
      };
      const maxCommands = context.trials < FULL_TRIALS ? 10 : 25;
      const property = fc.asyncProperty(fc.commands([...COMMANDS], { maxCommands, size: "max" }), async (commands) => {
        const model = { tasks: new Map() };
        await fc.asyncModelRun(() => ({ model, real }), commands);
        const startedAt = performance.now();
        await settle(model, real);
        tally.recovered(performance.now() - startedAt);
        await tally.trial(async () => undefined);
      });
      const limitMs = context.trials < FULL_TRIALS ? LIMIT_MS.short : LIMIT_MS.full;
      const details = await fc.check(property, {
        seed: context.seed,
        numRuns: context.trials,
        // A smaller counterexample would take as long again for each step.
        endOnFailure: true,
        interruptAfterTimeLimit: limitMs,
        markInterruptAsFailure: false,
      });
      if (!details.failed) return;
      const error =
        details.errorInstance instanceof Error ? details.errorInstance.message : String(details.errorInstance);
      tally.fail(
        `--seed ${details.seed}, history ${details.numRuns}: ${fc.stringify(details.counterexample)}: ${error}`,
      );
    }),
};
