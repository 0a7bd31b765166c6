import type { Figures } from "./measure.ts";

const figure = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : "-");

type Column = { name: string; target: string; width: number; value(figures: Figures): string };

const pair = (key: "coverage" | "faithfulness" | "anchoring" | "action", name: string, target: string): Column => ({
  name,
  target,
  width: 9,
  value: (figures) => `${figure(figures[key].own)}/${figure(figures[key].shuffled)}`,
});

const single = (name: string, target: string, read: (figures: Figures) => number): Column => ({
  name,
  target,
  width: 6,
  value: (figures) => figure(read(figures)),
});

const COLUMNS: readonly Column[] = [
  { name: "scenes", target: "", width: 6, value: ({ scenes }) => String(scenes) },
  pair("coverage", "coverage", ">=.65"),
  pair("faithfulness", "faithful", ">=.80"),
  pair("anchoring", "anchored", ">=.90"),
  pair("action", "action", ">=.80"),
  single("dist-2", ">=.80", ({ distinct2 }) => distinct2),
  single("J mean", "<=.15", ({ jaccardMean }) => jaccardMean),
  single("J max", "<=.40", ({ jaccardMax }) => jaccardMax),
  single("style", "1", ({ style }) => style),
  single("copied", "<=.30", ({ copying }) => copying),
  single("slots", "1", ({ slots }) => slots),
  single("faulty", "0", ({ validity }) => validity),
  single("same", "1", ({ determinism }) => determinism),
  single("other", ">=.9", ({ otherSeedDiffers }) => otherSeedDiffers),
];

const NAME_WIDTH = 16;

const row = (name: string, cells: (column: Column) => string): string =>
  [name.padEnd(NAME_WIDTH), ...COLUMNS.map((column) => cells(column).padStart(column.width))].join(" ").trimEnd();

/** The table a person reads: own figure and shuffled baseline, target above. */
export const renderTable = (rows: readonly { name: string; figures: Figures }[]): string =>
  [
    row("own/shuffled", ({ name }) => name),
    row("target", ({ target }) => target),
    ...rows.map(({ name, figures }) => row(name, ({ value }) => value(figures))),
  ].join("\n");
