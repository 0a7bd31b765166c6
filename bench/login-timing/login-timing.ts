/**
 * Prints how long a login with a wrong password takes for an account that exists and for one that does not, over HTTP, by
 * turns. Medians less than 5 % apart tell nobody which emails are registered.
 *
 *   npx pnpm bench:login-timing [--rounds N]      2,000 rounds unless told; a round is a login of each kind
 */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { argv, exit, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { type ApiWorld, startApiWorld } from "../../apps/api/src/test-world.ts";
import { startEmbeddedPostgres } from "../../packages/db/src/embedded-postgres.ts";
import { migrate } from "../../packages/db/src/migrate.ts";
import { migrateQueue } from "../../packages/queue/src/index.ts";

const KNOWN = "ada@example.com";
const WARM_UP_ROUNDS = 10;
const MAX_APART = 0.05;

const { values } = parseArgs({ args: argv.slice(2), options: { rounds: { type: "string", default: "2000" } } });
const ROUNDS = Number(values.rounds);
if (!Number.isInteger(ROUNDS) || ROUNDS < 1) throw new Error(`--rounds is a whole number from 1, not ${values.rounds}`);

const logInMs = async (world: ApiWorld, email: string): Promise<number> => {
  const startedAtMs = performance.now();
  const json = { email, password: "not the password" };
  const answer = await world.request("/v1/auth/login", { method: "POST", json });
  await answer.text();
  if (answer.status !== 401) throw new Error(`a wrong password was answered with ${answer.status}`);
  return performance.now() - startedAtMs;
};

const medianOf = (times: readonly number[]): number =>
  [...times].toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

const measure = async (world: ApiWorld): Promise<{ knownMs: number; unknownMs: number }> => {
  const known: number[] = [];
  const unknown: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const knownMs = await logInMs(world, KNOWN);
    const unknownMs = await logInMs(world, `nobody${round}@example.com`);
    if (round < 0) continue;
    known.push(knownMs);
    unknown.push(unknownMs);
  }
  return { knownMs: medianOf(known), unknownMs: medianOf(unknown) };
};

const dataDir = await mkdtemp(join(tmpdir(), "phonoscene-bench-"));
const server = await startEmbeddedPostgres({ dataDir, ephemeral: true });
const url = server.url("postgres");
await migrate(url, fileURLToPath(new URL("../../prisma/migrations", import.meta.url)));
await migrateQueue(url);
const world = await startApiWorld(url);
await world.newUser(KNOWN);
const { knownMs, unknownMs } = await measure(world);
await world.close();
await server.stop();
const apart = Math.abs(unknownMs / knownMs - 1);
stdout.write(
  `${ROUNDS} rounds: known ${knownMs.toFixed(1)} ms, unknown ${unknownMs.toFixed(1)} ms (medians), ` +
    `ratio ${(unknownMs / knownMs).toFixed(3)}, ${(apart * 100).toFixed(1)} % apart (target: under ${MAX_APART * 100} %)\n`,
);
exit(apart < MAX_APART ? 0 : 1);
