import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { DAY, MINUTE, SECOND } from "../../packages/kernel/src/index.ts";
import { BOTH, type Row, type RowContext, type RowOutcome } from "./row.ts";
import { withWorld } from "./world.ts";

const SKEWS_MS: readonly number[] = [5 * MINUTE, -5 * MINUTE, DAY, -DAY];
const TASKS = 8;

/** The library that lies about the time, where Debian's and others' packages put it; null without one. */
const findFaketime = async (): Promise<string | null> => {
  const folders = (await readdir("/usr/lib").catch(() => [])).map((name) => join("/usr/lib", name, "faketime"));
  for (const folder of ["/usr/lib/faketime", ...folders]) {
    const names = await readdir(folder).catch((): string[] => []);
    if (names.includes("libfaketimeMT.so.1")) return join(folder, "libfaketimeMT.so.1");
  }
  return null;
};

/** The wall clock only: a monotonic clock does not jump on a machine whose time is wrong either. */
const skewed = (library: string, skewMs: number): Record<string, string> => ({
  LD_PRELOAD: library,
  FAKETIME: `${skewMs > 0 ? "+" : ""}${skewMs / SECOND}s`,
  FAKETIME_DONT_FAKE_MONOTONIC: "1",
  DONT_FAKE_MONOTONIC: "1",
});

const run = (context: RowContext, library: string): Promise<RowOutcome> =>
  withWorld(context, { answerMs: 300 }, async (world, tally) => {
    const { api } = world;
    for (let trial = 0; trial < context.trials; trial += 1) {
      await tally.trial(async () => {
        const skewMs = SKEWS_MS[trial % SKEWS_MS.length] ?? MINUTE;
        const workers = await Promise.all([world.start("worker"), world.start("worker", skewed(library, skewMs))]);
        const asked = world.vendors.prompts.requests.length;
        const ids = await api.createTexts(TASKS);
        const { id } = await api.createAudio();
        if (id !== null) ids.push(id);
        await world.untilCompleted(ids);
        const calls = world.vendors.prompts.requests.length - asked;
        if (calls > ids.length)
          tally.fail(`with ${skewMs} ms of skew ${calls} calls were paid for ${ids.length} tasks`);
        for (const worker of workers) await worker.stop();
      });
    }
  });

export const row13: Row = {
  number: 13,
  promise: "clock skew is harmless",
  backends: BOTH,
  trials: { full: 40, short: 2 },
  run: async (context) => {
    const library = await findFaketime();
    if (library !== null) return run(context, library);
    return { trials: 0, failures: [], slowestRecoveryMs: null, skipped: "faketime is not installed" };
  },
};
