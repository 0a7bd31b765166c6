// `pnpm openapi:coverage`: which of the documented answers (a route with a status) the tests of the API get. Runs them.
// Fails where one is missing and nothing below says why.
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { buildOpenApiDocument } from "../apps/api/src/http/openapi.ts";

/** Answers that no test makes: `*` stands for any route. */
const UNSEEN: Record<string, string> = {
  "* 500": "a fault of ours: a request that leads to one is a bug to be fixed, not to be kept",
};

const documented = Object.entries(buildOpenApiDocument("0.0.0").paths ?? {}).flatMap(([route, operations]) =>
  Object.entries(operations as Record<string, { responses: object }>).flatMap(([method, { responses }]) =>
    Object.keys(responses).map((status) => `${method.toUpperCase()} ${route} ${status}`),
  ),
);

/** How often the API's tests get each answer, by running them. */
const countAnswers = async (): Promise<Map<string, number>> => {
  const answersDir = await mkdtemp(path.join(tmpdir(), "phonoscene-answers-"));
  const env = { ...process.env, ANSWERS_DIR: answersDir };
  const { status } = spawnSync("vitest", ["run", "apps/api"], { stdio: "inherit", env });
  if (status !== 0) throw new Error("the tests of the API failed: what they have seen is not all there is");
  const counts = new Map<string, number>();
  for (const name of await readdir(answersDir)) {
    // As watchConformance writes it.
    const seen = JSON.parse(await readFile(path.join(answersDir, name), "utf8")) as Record<string, number>;
    for (const [answer, count] of Object.entries(seen)) counts.set(answer, (counts.get(answer) ?? 0) + count);
  }
  await rm(answersDir, { recursive: true });
  return counts;
};

const reasonFor = (answer: string): string | undefined => UNSEEN[answer] ?? UNSEEN[`* ${answer.split(" ").at(-1)}`];

const counts = await countAnswers();
const unseen = documented.filter((answer) => !counts.has(answer));
const missing = unseen.filter((answer) => reasonFor(answer) === undefined);
const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
console.log(
  `${total} answers checked; ${documented.length - unseen.length} of ${documented.length} documented ones seen`,
);
for (const [answer, reason] of Object.entries(UNSEEN)) {
  const excused = unseen.filter(
    (name) => name === answer || (answer.startsWith("*") && name.endsWith(answer.slice(1))),
  );
  console.log(`not seen, ${excused.length} x ${answer}: ${reason}`);
}
for (const answer of missing) console.error(`no test has had ${answer}`);
process.exitCode = missing.length === 0 ? 0 : 1;
