import { HOUR } from "../../packages/kernel/src/index.ts";
import { BOTH, type Row } from "./row.ts";
import { type Tally, until } from "./tally.ts";
import { type World, withWorld } from "./world.ts";

const FULL_TRIALS = 10_000;
const WORKERS = 2;
/** Some hundreds of calls, or a few. */
const CAP_USD = { full: 1, short: 0.01 };
const MILLION = 1_000_000;
const PRICES = { "openai/gpt-test": { usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 4 } };

/** In millionths of a dollar. */
type Ledger = { spent: number; dearest: number; calls: number };

const readLedger = async ({ client }: World): Promise<Ledger> => {
  const { rows } = await client.query<Ledger>(`
    SELECT coalesce(sum(cost_micro_usd), 0)::int AS spent, count(*)::int AS calls,
      coalesce(max(cost_micro_usd), 0)::int AS dearest
    FROM provider_calls WHERE state IN ('settled', 'unknown')`);
  return rows[0] ?? { spent: 0, dearest: 0, calls: 0 };
};

const checkSpending = async (world: World, tally: Tally, capUsd: number): Promise<void> => {
  const { spent, dearest, calls } = await readLedger(world);
  const asked = world.vendors.prompts.requests.length;
  if (spent > capUsd * MILLION + dearest) tally.fail(`${spent} were spent, with a cap of ${capUsd * MILLION}`);
  if (asked !== calls) tally.fail(`the provider was asked ${asked} times, and ${calls} calls are written down`);
  tally.note(`$${spent / MILLION} of $${capUsd} were spent in ${calls} calls, the dearest $${dearest / MILLION}`);
};

export const row17: Row = {
  number: 17,
  promise: "one user's spending ends at the cap",
  backends: BOTH,
  trials: { full: FULL_TRIALS, short: 20 },
  run: (context) => {
    const capUsd = context.trials < FULL_TRIALS ? CAP_USD.short : CAP_USD.full;
    const prices = { OPENAI_MODEL: "gpt-test", PROVIDER_PRICES: JSON.stringify(PRICES) };
    const env = { ...prices, SPEND_CAP_USER_USD_PER_DAY: String(capUsd), WORKER_CONCURRENCY: "10" };
    return withWorld(context, { answerMs: 1, env }, async (world, tally) => {
      const ids = await world.api.createTexts(context.trials);
      await world.startWorkers(WORKERS);
      await until("the end of every task", 4 * HOUR, async () => {
        const { rowCount } = await world.client.query("SELECT FROM tasks WHERE completed_at IS NULL LIMIT 1");
        return rowCount === 0 ? true : null;
      });
      const { rows } = await world.client.query<{ id: string; engine: string | null }>(
        `SELECT id, prompt_engine AS engine FROM tasks WHERE status = 'completed'`,
      );
      const engines = new Map(rows.map(({ id, engine }) => [id, engine]));
      for (const id of ids)
        await tally.trial(async () => {
          if (!engines.has(id)) throw new Error(`task ${id} is not completed`);
        });
      if (![...engines.values()].some((engine) => engine?.startsWith("local") === true))
        tally.fail("the cap was never reached: the model wrote everything");
      await checkSpending(world, tally, capUsd);
    });
  },
};
