/**
 * Breaks things on purpose, and says which promises of the service held.
 *
 *   npx pnpm chaos [--row N] [--backend redis|postgres] [--trials N|full|short] [--seed N] [--json]
 *
 * Exit code 1 on any failure. TEST_DATABASE_URL names a server on which databases may be made; one is started without.
 * How a row is added is told in row.ts.
 */
import { stderr, stdout } from "node:process";
import { parseArgs } from "node:util";

import pc from "picocolors";

import { createProgress } from "../../bench/api/progress.ts";
import type { BackendKind } from "../../packages/queue/src/index.ts";
import { openDatabaseServer } from "./database-server.ts";
import type { Row, RowOutcome } from "./row.ts";
import { ROWS } from "./rows.ts";

const { values } = parseArgs({
  options: {
    row: { type: "string", multiple: true },
    backend: { type: "string" },
    trials: { type: "string", default: "full" },
    seed: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

const fail = (words: string): never => {
  stderr.write(`${words}\n`);
  process.exit(2);
};

const wholeNumber = (name: string, text: string): number => {
  const number = Number(text);
  return Number.isInteger(number) && number >= 0 ? number : fail(`--${name} takes a whole number, not "${text}".`);
};

const chooseRows = (): readonly Row[] => {
  const numbers = values.row?.map((text) => wholeNumber("row", text));
  const unknown = numbers?.find((number) => !ROWS.some((row) => row.number === number));
  if (unknown !== undefined)
    fail(`There is no row ${unknown}. There are: ${ROWS.map((row) => row.number).join(", ")}.`);
  return numbers === undefined ? ROWS : ROWS.filter((row) => numbers.includes(row.number));
};

const trialsOf = ({ trials }: Row): number => {
  if (values.trials === "full" || values.trials === "short") return trials[values.trials];
  return Math.max(1, wholeNumber("trials", values.trials));
};

const isChosen = (backend: BackendKind): boolean => values.backend === undefined || values.backend === backend;

type Line = RowOutcome & { row: number; promise: string; backend: BackendKind; seed: number };

const print = (line: Line): void => {
  const { failures, slowestRecoveryMs, skipped } = line;
  const recovery = slowestRecoveryMs === null ? "-" : `${(slowestRecoveryMs / 1000).toFixed(1)} s`;
  const verdict = failures.length === 0 ? pc.green("0 failures") : pc.red(`${failures.length} failures`);
  const result =
    skipped === undefined ? `${String(line.trials).padStart(5)} trials  ${verdict}` : pc.yellow(`skipped: ${skipped}`);
  const head = `${String(line.row).padStart(2)}  ${line.promise.padEnd(52)}  ${line.backend.padEnd(8)}`;
  stdout.write(`${head}  ${result}  slowest recovery ${recovery}  seed ${line.seed}\n`);
  for (const note of line.notes ?? []) stdout.write(`      ${note}\n`);
  for (const failure of failures.slice(0, 20)) stdout.write(`      ${failure}\n`);
};

const runAll = async (): Promise<Line[]> => {
  const rows = chooseRows();
  if (values.backend !== undefined && values.backend !== "redis" && values.backend !== "postgres")
    fail(`--backend is redis or postgres, not "${values.backend}".`);
  const seed = values.seed === undefined ? Date.now() % 2 ** 31 : wholeNumber("seed", values.seed);
  const { server, stop } = await openDatabaseServer(process.env["TEST_DATABASE_URL"]);
  const lines: Line[] = [];
  try {
    for (const row of rows) {
      for (const backend of row.backends.filter(isChosen)) {
        const progress = createProgress(stderr);
        const onProgress = (done: number, total: number): void =>
          progress.show(`row ${row.number} on ${backend}`, done, total);
        const context = { backend, seed, trials: trialsOf(row), databaseServer: server, onProgress };
        onProgress(0, context.trials);
        const line = { row: row.number, promise: row.promise, backend, seed, ...(await row.run(context)) };
        progress.end();
        lines.push(line);
        if (!values.json) print(line);
      }
    }
  } finally {
    await stop();
  }
  return lines;
};

const lines = await runAll();
if (values.json) stdout.write(`${JSON.stringify(lines)}\n`);
process.exit(lines.some(({ failures }) => failures.length > 0) ? 1 : 0);
