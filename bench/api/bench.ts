/**
 * Holds the API, as it runs in production, against the shortest program that does the same with the same database
 * (floor.ts), both loaded by turns in the same run. Prints each row when it is measured, and a table with the targets at
 * the end. Exits 1 where one is missed.
 *
 *   npx pnpm bench [--quick] [--json] [--upload] [--only requests|pages|bulk|upload|login] [--profile DIR]
 *
 * It makes a database of 200,000 tasks and 800,000 prompts (--quick: a tenth) and throws it away; DATABASE_URL names a
 * server to make it on, else one is started that flushes nothing to disk, so that the programs count and not the disk.
 */
import { env, exitCode, stderr, stdout } from "node:process";
import { parseArgs } from "node:util";

import { bulkRows } from "./bulk.ts";
import { loginRow } from "./login.ts";
import { createProgress } from "./progress.ts";
import { isMet, lineOf, type Row, tableOf, valueOf } from "./report.ts";
import { deepPageRow, type Effort, requestRows } from "./requests.ts";
import { uploadRow } from "./upload.ts";
import { openWorld, type World } from "./world.ts";

const PARTS: Record<string, (world: World, effort: Effort) => AsyncGenerator<Row>> = {
  requests: requestRows,
  pages: deepPageRow,
  bulk: bulkRows,
  upload: uploadRow,
  login: loginRow,
};

/** Each takes minutes: only on demand. */
const onDemand = (name: string): boolean => name === "login" || (name === "upload" && !options.upload);

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    upload: { type: "boolean", default: false },
    only: { type: "string" },
    profile: { type: "string" },
  },
});

const progress = createProgress(stderr);
const tasks = options.quick ? 20_000 : 200_000;
const effort: Effort = { tasks, rounds: 5, seconds: options.quick ? 2 : 5, onRound: progress.show };
const world = await openWorld({ tasks, progress, databaseUrl: env["DATABASE_URL"], profileDir: options.profile });
const rows: Row[] = [];
try {
  for (const [name, part] of Object.entries(PARTS)) {
    const isAsked = options.only === undefined ? !onDemand(name) : options.only === name;
    if (!isAsked) continue;
    for await (const row of part(world, effort)) {
      rows.push(row);
      // At once: a run that is cut keeps what it has measured.
      progress.say(lineOf(row));
    }
  }
} finally {
  await world.close();
  progress.end();
}
stdout.write(
  options.json
    ? `${JSON.stringify(rows.map((row) => ({ ...row, ratio: valueOf(row), isMet: isMet(row) })))}\n`
    : `${tableOf(rows)}\n`,
);
process.exitCode = exitCode ?? (rows.every(isMet) ? 0 : 1);
