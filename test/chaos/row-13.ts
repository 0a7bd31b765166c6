import { DAY, MINUTE } from "../../packages/kernel/src/index.ts";
import { BOTH, type Row } from "./row.ts";
import { withWorld } from "./world.ts";

const SKEWS_MS: readonly number[] = [5 * MINUTE, -5 * MINUTE, DAY, -DAY];
const TASKS = 8;
/** The bible is read, then the prompts are written. */
const CALLS_A_TASK = 2;

export const row13: Row = {
  number: 13,
  promise: "clock skew is harmless",
  backends: BOTH,
  trials: { full: 40, short: 2 },
  run: (context) =>
    withWorld(context, { answerMs: 300 }, async (world, tally) => {
      const { api, vendors } = world;
      await world.start("worker");
      for (let trial = 0; trial < context.trials; trial += 1) {
        await tally.trial(async () => {
          const skewMs = SKEWS_MS[(context.seed + trial) % SKEWS_MS.length] ?? MINUTE;
          const skewed = await world.start("worker", { CHAOS_CLOCK_SKEW_MS: String(skewMs) });
          const asked = vendors.prompts.requests.length;
          const ids = await api.createTexts(TASKS);
          const { id } = await api.createAudio();
          if (id !== null) ids.push(id);
          await world.untilCompleted(ids);
          const calls = vendors.prompts.requests.length - asked;
          if (calls > CALLS_A_TASK * ids.length)
            tally.fail(`with ${skewMs} ms of skew ${calls} calls were paid for ${ids.length} tasks`);
          await skewed.stop();
        });
      }
    }),
};
