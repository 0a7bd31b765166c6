/**
 * Measures a prompt engine over the texts of `eval/texts`: every metric by kind beside its shuffled baseline, the
 * hand ratings, speed and robustness.
 *
 *   npx pnpm eval [--json] [--show] [--engine local|llm] [--only metrics,ratings,speed,robustness] [--split dev|held]
 *
 * `--show` prints the prompts as well: the figures are blind to role and grammar.
 */
import { execFile } from "node:child_process";
import { execArgv, execPath, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

import { createLocalEngine } from "../src/local/engine.ts";
import type { Storyboard } from "../src/port.ts";
import { createContentReader, promptWords } from "./content.ts";
import { openEngine } from "./engines.ts";
import { hostileTexts } from "./hostile.ts";
import { type Measured, measureText, summarise, type Tools, writeBoard } from "./measure.ts";
import { readRatings, renderRatings, staleRatings } from "./ratings.ts";
import { renderTable } from "./report.ts";
import { randomTexts, testTexts } from "./robustness.ts";
import { KINDS, readTexts, type Text } from "./texts.ts";
import { loadWordNet } from "./wordnet.ts";

const RANDOM_TEXTS = 1000;
const SHOWN_FAULTS = 5;

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    show: { type: "boolean", default: false },
    engine: { type: "string", default: "local" },
    only: { type: "string", default: "metrics,ratings,speed,robustness" },
    split: { type: "string", default: "dev,held" },
  },
});

const parts = new Set(values.only.split(","));
const splits = values.split.split(",");
const print = (line: string) => stdout.write(`${line}\n`);

const measureAll = async (tools: Tools, texts: readonly Text[]): Promise<Measured[]> => {
  const measured: Measured[] = [];
  for (const text of texts) measured.push(await measureText(tools, text));
  return measured;
};

const rowsOf = (measured: readonly Measured[]): { name: string; figures: ReturnType<typeof summarise> }[] => {
  const groups = [
    ...KINDS.map((kind) => ({ name: kind as string, texts: measured.filter(({ text }) => text.kind === kind) })),
    ...["dev", "held"].map((split) => ({
      name: `English, ${split}`,
      texts: measured.filter(({ text }) => text.language === "en" && text.split === split),
    })),
    { name: "English", texts: measured.filter(({ text }) => text.language === "en") },
  ];
  return groups.filter(({ texts }) => texts.length > 0).map(({ name, texts }) => ({ name, figures: summarise(texts) }));
};

const show = ({ text, board }: Measured): void => {
  print(`\n== ${text.name} (${text.split})`);
  for (const prompt of board.prompts) {
    print(`\n${prompt.sceneIndex + 1} > ${prompt.excerpt.replaceAll("\n", " / ")}`);
    print(`  = ${promptWords(prompt)}`);
  }
};

const printMetrics = async (): Promise<void> => {
  const texts = readTexts().filter(({ split }) => splits.includes(split));
  const wordNet = loadWordNet();
  const { engine, note, close } = await openEngine(values.engine);
  const measured = await measureAll({ engine, wordNet, readContent: createContentReader(wordNet) }, texts);
  await close();
  const rows = rowsOf(measured);
  print(values.json ? JSON.stringify({ engine: values.engine, note, rows }) : renderTable(rows));
  if (note !== null && !values.json) print(`\n${note}`);
  if (values.show) measured.forEach(show);
};

const printRatings = async (): Promise<void> => {
  const after = readRatings("after");
  const engine = createLocalEngine();
  const boards = new Map<string, Storyboard>();
  for (const text of readTexts()) boards.set(text.name, await writeBoard(engine, text));
  print(`\nHand ratings of the local engine, before -> after (good / partial / wrong):`);
  print(renderRatings(readRatings("before"), after));
  const stale = staleRatings(after, boards);
  if (stale.length > 0) {
    const names = stale.map(({ text, scene }) => `${text} ${scene}`).join(", ");
    print(`${stale.length} prompts were rated in other words than the engine writes today: ${names}.`);
  }
};

const measureSpeed = promisify(execFile);

const printSpeed = async (): Promise<void> => {
  print("\nSpeed (targets: 50,000 words in <= 3 s and <= 250 MB; 20,000 segments hold the event loop <= 50 ms):");
  for (const kind of ["text", "segments"]) {
    const child = fileURLToPath(new URL("./speed.child.ts", import.meta.url));
    const { stdout: figures } = await measureSpeed(execPath, [...execArgv, child, kind]);
    print(`  ${kind.padEnd(8)} ${figures}`);
  }
};

const printRobustness = async (): Promise<void> => {
  print("\nRobustness (targets: no crash, no injected text, every prompt legal):");
  for (const [name, texts] of [["random", randomTexts(RANDOM_TEXTS)] as const, ["hostile", hostileTexts()] as const]) {
    const found = await testTexts(createLocalEngine(), texts);
    const counts = [found.crashes, found.illegal, found.injected].map(({ length }) => length);
    print(
      `  ${name.padEnd(8)} ${found.texts} texts, ${found.prompts} prompts, ${found.refused} refused; ` +
        `${counts[0]} crashes, ${counts[1]} illegal, ${counts[2]} injected`,
    );
    for (const line of [...found.crashes, ...found.illegal, ...found.injected].slice(0, SHOWN_FAULTS))
      print(`    ${line}`);
  }
};

if (parts.has("metrics")) await printMetrics();
if (parts.has("ratings")) await printRatings();
if (parts.has("speed")) await printSpeed();
if (parts.has("robustness")) await printRobustness();
