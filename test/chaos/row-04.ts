import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { startEmbeddedPostgres } from "../../packages/db/src/embedded-postgres.ts";
import { SECOND } from "../../packages/kernel/src/index.ts";
import { prepareDatabase } from "./database-server.ts";
import { whileRunning } from "./fleet.ts";
import { createRandom } from "./random.ts";
import { BOTH, type Row } from "./row.ts";
import { type Tally, until } from "./tally.ts";
import { type World, withWorld } from "./world.ts";

const RECOVERY_MS = 60 * SECOND;
const LANES = 4;

/** A server of the row's own, that keeps what it has acknowledged: an ephemeral one does not. */
const startServer = async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "phonoscene-chaos-postgres-"));
  const server = await startEmbeddedPostgres({ dataDir });
  await prepareDatabase(server.url("postgres"));
  return {
    url: server.url("postgres"),
    /** What `pg_ctl -m immediate stop` does: no checkpoint, so the next start recovers from the log. */
    crash: async (): Promise<void> => {
      const [pid] = (await readFile(join(dataDir, "cluster", "postmaster.pid"), "utf8")).split("\n");
      process.kill(Number(pid), "SIGQUIT");
    },
    stop: server.stop,
  };
};

const terminateBackends = async ({ client }: World): Promise<void> => {
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
  );
};

/** Callers that create all the time: an answer is 202 or 503, and there is one. */
const createUnderLoad = async ({ api }: World, during: Promise<unknown>, tally: Tally): Promise<void> => {
  const caller = () =>
    whileRunning(during, async () => {
      const { status } = await api.createText();
      if (status !== 202 && status !== 503) tally.fail(`a create was answered ${status}`);
      await delay(20);
    });
  await Promise.all(Array.from({ length: LANES }, caller));
};

const untilServing = (world: World): Promise<number> =>
  until("the API accepting again", RECOVERY_MS, async () => {
    const { status } = await world.api.createText();
    return status === 202 ? status : null;
  });

export const row04: Row = {
  number: 4,
  promise: "a Postgres restart is safe",
  backends: BOTH,
  trials: { full: 40, short: 2 },
  run: async (context) => {
    const server = await startServer();
    const random = createRandom(context.seed);
    try {
      return await withWorld(context, { databaseUrl: server.url, answerMs: 5 }, async (world, tally) => {
        await world.startWorkers(2);
        for (let trial = 0; trial < context.trials; trial += 1) {
          await tally.trial(async () => {
            const fault = async (): Promise<void> => {
              await delay(random.whole(200, 1200));
              await (trial % 2 === 0 ? server.crash() : terminateBackends(world));
              await delay(SECOND);
            };
            const startedAt = performance.now();
            await createUnderLoad(world, fault(), tally);
            await untilServing(world);
            await until("the database answering", RECOVERY_MS, () => world.client.query("SELECT 1").catch(() => null));
            await world.untilCompleted([...world.api.acknowledged], RECOVERY_MS);
            tally.recovered(performance.now() - startedAt);
          });
        }
      });
    } finally {
      await server.stop();
    }
  },
};
