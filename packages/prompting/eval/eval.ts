/**
 * Measures a prompt engine over the texts of `eval/texts`: every metric by kind beside its shuffled baseline, the
 * hand ratings, speed and robustness.
 *
 *   npx pnpm eval [--json] [--show] [--engine local] [--only metrics,ratings,speed,robustness] [--split dev|held]
 *
 * `--show` prints the prompts as well: the figures are blind to role and grammar.
 */
import { stdout } from "node:process";
import { parseArgs } from "node:util";

import { createLocalEngine } from "../src/local/engine.ts";
import type { PromptEngine, Storyboard } from "../src/port.ts";
import { createContentReader, promptWords } from "./content.ts";
import { type Measured, measureText, summarise, type Tools, writeBoard } from "./measure.ts";
import { readRatings, renderRatings, staleRatings } from "./ratings.ts";
import { renderTable } from "./report.ts";
import { KINDS, readTexts, type Text } from "./texts.ts";
import { loadWordNet } from "./wordnet.ts";

const ENGINES: Readonly<Record<string, () => PromptEngine>> = { local: createLocalEngine };

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

const engineOf = (name: string): PromptEngine => {
  const create = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined;
  if (create === undefined) throw new Error(`No engine "${name}": there are ${Object.keys(ENGINES).join(", ")}.`);
  return create();
};

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

const createTools = (): Tools => {
  const wordNet = loadWordNet();
  return { engine: engineOf(values.engine), wordNet, readContent: createContentReader(wordNet) };
};

const printMetrics = async (): Promise<void> => {
  const texts = readTexts().filter(({ split }) => splits.includes(split));
  const measured = await measureAll(createTools(), texts);
  const rows = rowsOf(measured);
  print(values.json ? JSON.stringify({ engine: values.engine, rows }) : renderTable(rows));
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

if (parts.has("metrics")) await printMetrics();
if (parts.has("ratings")) await printRatings();
