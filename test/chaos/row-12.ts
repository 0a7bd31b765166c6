import { SECOND } from "../../packages/kernel/src/index.ts";
import { TEXT } from "./api-client.ts";
import { startFleet } from "./fleet.ts";
import { BOTH, type Row } from "./row.ts";
import { withWorld } from "./world.ts";

const GRACE_MS = 300;
/** The grace, two seconds for jobs to stop, and closing: a supervisor kills later than this. */
const EXIT_MS = GRACE_MS + 6 * SECOND;
const RECOVERY_MS = 30 * SECOND;

export const row12: Row = {
  number: 12,
  promise: "a rolling worker restart loses nothing",
  backends: BOTH,
  trials: { full: 30, short: 1 },
  run: (context) =>
    // The language model takes longer than the grace.
    withWorld(context, { answerMs: 600 }, async (world, tally) => {
      const env = { WORKER_CONCURRENCY: "1", WORKER_GRACE_MS: String(GRACE_MS) };
      const fleet = await startFleet(world, 2, env);
      for (let trial = 0; trial < context.trials; trial += 1) {
        await tally.trial(async () => {
          const word = `Lighthouse${trial}x`;
          const { id } = await world.api.createText({ text: `${TEXT} Her name was ${word}.` });
          if (id === null) throw new Error("a create was not accepted");
          const holder = await fleet.holderOf(word, 60 * SECOND);
          const toldAt = performance.now();
          const replaced = fleet.replace(holder, "SIGTERM");
          const { signal, code } = await holder.ended;
          const tookMs = performance.now() - toldAt;
          if (code !== 0) throw new Error(`the worker ended with ${signal ?? code}`);
          if (tookMs > EXIT_MS) throw new Error(`the worker took ${Math.round(tookMs)} ms to exit`);
          await world.untilCompleted([id], RECOVERY_MS);
          tally.recovered(performance.now() - toldAt);
          await replaced;
          const { rows } = await world.client.query<{ attempt: number }>("SELECT attempt FROM tasks WHERE id = $1", [
            id,
          ]);
          if (rows[0]?.attempt !== 1) throw new Error(`the restart was counted as attempt ${rows[0]?.attempt}`);
        });
      }
    }),
};
